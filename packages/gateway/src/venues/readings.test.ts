import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { type TestVenue, frames, testConnector } from '../../test-support/test-connector.fixture.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'

const listUrl = 'http://alpha.test/list'
const lastUrl = 'http://alpha.test/last'

async function openMarket(facts: Partial<TestVenue> = {}, assets: readonly string[] = ['SUPER']): Promise<FakeMarket> {
  const listed = { rows: assets.map((asset) => ({ s: `${asset}-USD`, on: true })) }
  const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha', ...facts })], assets: { alpha: assets } }, { [listUrl]: listed })
  onTestFinished(market.stop)
  return market
}

const price = async (market: FakeMarket, asset = 'super'): Promise<Record<string, unknown>> => (await market.get(`/price?asset=${asset}`)).body

/** How far `confirmed_at` lies back, seconds. */
const confirmedAgo = (market: FakeMarket, body: Record<string, unknown>): number =>
  (market.clock.now() - Date.parse(String(body.confirmed_at))) / 1000

const resubscriptions = (market: FakeMarket): number =>
  market
    .socket('alpha')
    .sent.slice(1)
    .filter(({ what }) => String(what).includes('"subscribe"')).length

async function status(market: FakeMarket): Promise<string> {
  const [first] = exchangesAnswer.parse((await market.get('/exchanges')).body).exchanges
  return `${first?.state}: ${first?.why}`
}

describe('a REST body that its venue made before the feed’s last trade', () => {
  test('never replaces that, proves nothing newer than itself, and no symbol is asked for again because of it', async () => {
    const market = await openMarket({ bodyAgeMs: 20_000 })
    market.trade('alpha', 'SUPER-USD', '0.5000', { id: '11' })
    await market.clock.advanceAsync(4000)
    market.trade('alpha', 'SUPER-USD', '0.5400', { id: '12' })
    market.rest.set(lastUrl, { rows: [{ s: 'SUPER-USD', p: '0.5000' }] })
    const tradedAt = market.clock.now()
    for (let seconds = 0; seconds < 28; seconds++) {
      await market.clock.advanceAsync(1000)
      const body = await price(market)
      expect(body).toMatchObject({ price_text: '0.5400', cache_tier: 'L1_MEMORY', stale: false })
      expect(confirmedAgo(market, body)).toBe((market.clock.now() - tradedAt) / 1000)
    }
    expect(market.requestsTo(lastUrl)).toBeGreaterThanOrEqual(2)
    market.rest.set(lastUrl, { rows: [{ s: 'SUPER-USD', p: '0.5400' }] })
    await market.clock.advanceAsync(22_000)
    const body = await price(market)
    expect(body).toMatchObject({ price_text: '0.5400', cache_tier: 'L3_REST', stale: false })
    expect(confirmedAgo(market, body)).toBeGreaterThanOrEqual(20)
    expect(resubscriptions(market)).toBe(0)
  })

  test('is judged by the time in it, where it has one', async () => {
    const market = await openMarket()
    market.trade('alpha', 'SUPER-USD', '0.5400', { id: '12' })
    const madeAt = market.clock.now() - 15_000
    market.rest.set(lastUrl, { rows: [{ s: 'SUPER-USD', p: '0.5000', madeAt }] })
    await market.clock.advanceAsync(25_000)
    expect(await price(market)).toMatchObject({ price_text: '0.5400', cache_age_seconds: 25, cache_tier: 'L1_MEMORY' })
    market.rest.set(lastUrl, { rows: [{ s: 'SUPER-USD', p: '0.5400', madeAt: market.clock.now() }] })
    await market.clock.advanceAsync(20_000)
    const body = await price(market)
    expect(body).toMatchObject({ price_text: '0.5400', cache_tier: 'L3_REST', stale: false })
    expect(body.cache_age_seconds).toBe(20)
  })

  test('is shown where the feed has shown nothing since, as old as it is', async () => {
    const market = await openMarket({ bodyAgeMs: 20_000 })
    market.trade('alpha', 'SUPER-USD', '0.5000', { id: '11' })
    market.rest.set(lastUrl, { rows: [{ s: 'SUPER-USD', p: '0.6000' }] })
    market.socket('alpha').close()
    await market.clock.advanceAsync(60_000)
    const body = await price(market)
    expect(body).toMatchObject({ price_text: '0.6000', cache_tier: 'L3_REST', timestamp: null })
    expect(confirmedAgo(market, body)).toBeGreaterThanOrEqual(20)
    expect(body.cache_age_seconds).toBe(confirmedAgo(market, body))
  })
})

describe('a refusal in a body of HTTP 200', () => {
  test('has the pause of a 429 and one line in the log, and the price ages honestly', async () => {
    const market = await openMarket()
    market.trade('alpha', 'SUPER-USD', '0.5400')
    market.rest.set(lastUrl, { refused: 'EAPI:Rate limit exceeded' })
    await market.clock.advanceAsync(55_000)
    const readAt = market.transport.requests.filter(({ what }) => what.url === lastUrl).map(({ at }) => at)
    // The first was when the feed opened.
    const pauses = readAt.slice(2).map((at, i) => at - (readAt[i + 1] ?? 0))
    expect(pauses.length).toBeGreaterThan(0)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(30_000)
    expect(market.log.filter((line) => line.includes('EAPI:Rate limit exceeded'))).toHaveLength(1)
    expect(await price(market)).toMatchObject({ price_text: '0.5400', stale: true, cache_age_seconds: 55 })
    market.rest.set(lastUrl, { rows: [{ s: 'SUPER-USD', p: '0.5500' }] })
    await market.clock.advanceAsync(40_000)
    expect(await price(market)).toMatchObject({ price_text: '0.5500', stale: false })
  })
})

describe('a connection that acknowledges, beats and brings no trade although REST shows some', () => {
  test('is replaced with overlap after two requests in vain; prices come by REST meanwhile, and /exchanges says so', async () => {
    const market = await openMarket({ silenceMs: 5000 }, ['SUPER', 'BTC'])
    let tick = 0
    const isDeaf = new WeakSet([market.socket('alpha')])
    /** A second in which REST moves and sockets answer and beat; deaf ones bring no trade. */
    const second = async (): Promise<void> => {
      const rows = ['SUPER', 'BTC'].map((asset) => ({ s: `${asset}-USD`, p: `${100 + tick}`, at: market.clock.now(), id: String(1000 + tick) }))
      tick++
      market.rest.set(lastUrl, { rows })
      for (const socket of market.transport.alive) {
        if (socket.state === 'connecting') socket.open()
        for (const frame of socket.takeSent()) {
          const { op, symbols } = JSON.parse(String(frame)) as { op: string; symbols: readonly string[] }
          if (op === 'subscribe') for (const symbol of symbols) socket.deliver(frames.ack(symbol))
        }
        socket.deliver(frames.beat())
        if (!isDeaf.has(socket)) socket.deliver(frames.trade(...rows))
      }
      await market.clock.advanceAsync(1000)
    }
    let told = 0
    let unanswered = 0
    let most = 0
    for (let seconds = 0; seconds < 180; seconds++) {
      await second()
      most = Math.max(most, market.transport.alive.length)
      if ((await status(market)).includes('stream silent, prices by REST')) told++
      if (seconds > 30 && (await price(market, 'btc')).stale !== false) unanswered++
    }
    expect(told).toBeGreaterThan(20)
    expect(unanswered).toBe(0)
    expect(most).toBe(2)
    expect(market.transport.sockets).toHaveLength(2)
    expect(resubscriptions({ ...market, socket: () => market.transport.sockets[0] ?? market.socket('alpha') })).toBeGreaterThanOrEqual(2)
    expect(await status(market)).toBe('ok: ')
    expect(await price(market, 'btc')).toMatchObject({ cache_tier: 'L1_MEMORY', stale: false })
  })
})
