import { type RestResponse, memoryTier } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'

const alpha = testConnector({ name: 'alpha' })

async function openMarket(options: Partial<GatewayOptions> = {}, rest: Record<string, unknown> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha], assets: { alpha: ['BTC', 'ETH'] }, ...options }, rest)
  onTestFinished(market.stop)
  return market
}

const iso = (ms: number): string => new Date(ms).toISOString()

describe('the age of a price', () => {
  test('marks it stale past the freshness limit, not at it', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    await market.clock.advanceAsync(30_000)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ cache_age_seconds: 30, stale: false })
    await market.clock.advanceAsync(1)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ cache_age_seconds: 30.001, stale: true, freshness_limit_seconds: 30 })
  })

  test('is held to a freshness limit of the asset where one is set', async () => {
    const market = await openMarket({ parameters: { assetFreshnessSeconds: { ETH: 5 } } })
    market.trade('alpha', 'BTC-USD', '5')
    market.trade('alpha', 'ETH-USD', '5')
    await market.clock.advanceAsync(6000)
    expect((await market.get('/price?asset=eth')).body).toMatchObject({ freshness_limit_seconds: 5, stale: true })
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ freshness_limit_seconds: 30, stale: false })
  })

  test('past 300 s keeps it from being served: 503 with Retry-After', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    await market.clock.advanceAsync(300_000)
    expect((await market.get('/price?asset=btc')).status).toBe(200)
    await market.clock.advanceAsync(1)
    const answer = await market.get('/price?asset=btc')
    expect(answer.body).toMatchObject({ status_code: 503, error: { code: 'TRN_PRICE_STALE' } })
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    const bulk = await market.post('/prices', { assets: ['btc'] })
    expect(bulk.body).toMatchObject({ status_code: 200, errors: [{ asset: 'BTC', code: 'TRN_PRICE_STALE' }] })
  })

  test('is held to max_age, from 0 to 300 s', async () => {
    const market = await openMarket()
    const ask = async (maxAge: string): Promise<unknown> => {
      const { status, body } = await market.get(`/price?asset=btc&max_age=${maxAge}`)
      return status === 200 ? 200 : (body.error as Record<string, unknown>).code
    }
    market.trade('alpha', 'BTC-USD', '5')
    expect(await ask('0')).toBe(200)
    await market.clock.advanceAsync(2000)
    expect(await ask('0')).toBe('TRN_PRICE_STALE')
    expect(await ask('1')).toBe('TRN_PRICE_STALE')
    expect(await ask('2')).toBe(200)
    expect(await ask('300')).toBe(200)
    for (const bad of ['301', '-1', '1.5', 'ten', '1e2', '', '%201', '1&max_age=2']) expect(await ask(bad), bad).toBe('TRN_BAD_REQUEST')
  })
})

describe('evidence by REST', () => {
  const last = 'http://alpha.test/last'

  test('without trade time is served with a null timestamp, as L3_REST', async () => {
    const market = await openMarket({}, { [last]: { rows: [{ s: 'BTC-USD', p: '7.70' }] } })
    const { body } = await market.get('/price?asset=btc')
    expect(body).toMatchObject({
      price: 7.7,
      price_text: '7.70',
      timestamp: null,
      confirmed_at: iso(market.clock.now()),
      cache_tier: 'L3_REST',
      stale: false,
    })
  })

  test('with a trade time keeps it, and is confirmed as of when it was asked for', async () => {
    const market = await openMarket()
    const at = market.clock.now() - 60_000
    market.rest.set(last, { rows: [{ s: 'BTC-USD', p: '7.70', at, id: '3' }] })
    await market.clock.advanceAsync(21_000)
    const { body } = await market.get('/price?asset=btc')
    expect(body).toMatchObject({ price_text: '7.70', timestamp: iso(at), cache_tier: 'L3_REST' })
    expect(Date.parse(String(body.confirmed_at))).toBeGreaterThan(market.clock.now() - 2000)
  })

  test('of the same value confirms the live price, whose text and time stay', async () => {
    const market = await openMarket({}, { [last]: { rows: [] } })
    const at = market.clock.now()
    market.trade('alpha', 'BTC-USD', '60000.40000', { at })
    market.rest.set(last, { rows: [{ s: 'BTC-USD', p: '60000.4' }] })
    await market.clock.advanceAsync(25_000)
    const { body } = await market.get('/price?asset=btc')
    expect(body).toMatchObject({ price_text: '60000.40000', timestamp: iso(at), cache_tier: 'L3_REST', stale: false })
    expect(body.cache_age_seconds).toBeLessThan(6)
  })

  test('without trade time replaces nothing when the feed has spoken since it was asked for, be it a repeat', async () => {
    const market = await openMarket({ assets: { alpha: ['BTC'] } }, { [last]: { rows: [] } })
    const first = { at: market.clock.now(), id: '1' }
    market.trade('alpha', 'BTC-USD', '5.00', first)
    let answer = (_response: RestResponse): void => undefined
    market.transport.answer = () => new Promise((resolve) => (answer = resolve))
    await market.clock.advanceAsync(25_000)
    market.trade('alpha', 'BTC-USD', '5.00', first)
    answer({ status: 200, body: JSON.stringify({ rows: [{ s: 'BTC-USD', p: '4.00' }] }) })
    await market.clock.advanceAsync(0)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '5.00', cache_tier: 'L1_MEMORY' })
  })

  test('without trade time replaces the price of a feed that was cut, however young', async () => {
    const market = await openMarket({}, { [last]: { rows: [{ s: 'BTC-USD', p: '6' }] } })
    market.trade('alpha', 'BTC-USD', '5')
    market.socket('alpha').close()
    await market.clock.advanceAsync(1000)
    await market.openSockets()
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '6', timestamp: null, cache_tier: 'L3_REST' })
  })

  test('keeps an idle listing confirmed at the pace of the venue, with one reading for all', async () => {
    const market = await openMarket(
      {},
      {
        [last]: {
          rows: [
            { s: 'BTC-USD', p: '5' },
            { s: 'ETH-USD', p: '6' },
          ],
        },
      },
    )
    const before = market.transport.requests.length
    for (let minute = 0; minute < 10; minute++) {
      await market.clock.advanceAsync(60_000)
      expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '5', stale: false })
      expect((await market.get('/price?asset=eth')).body).toMatchObject({ price_text: '6', stale: false })
    }
    const readings = market.transport.requests.slice(before).filter(({ what }) => what.url === last)
    expect(readings.length).toBeGreaterThanOrEqual(28)
    expect(readings.length).toBeLessThanOrEqual(31)
  })

  test('is asked for at once after every reopening of the feed', async () => {
    const market = await openMarket({}, { [last]: { rows: [{ s: 'BTC-USD', p: '5' }] } })
    for (let round = 0; round < 3; round++) {
      market.trade('alpha', 'BTC-USD', '5', { id: String(round) })
      market.socket('alpha').close()
      await market.clock.advanceAsync(5000)
      const before = market.transport.requests.length
      await market.openSockets()
      expect(market.transport.requests.slice(before).map(({ what }) => what.url)).toEqual([last])
    }
  })
})

describe('evidence of another node', () => {
  test('is served as L2_VALKEY with the time at which it was proved there', async () => {
    const base = await openMarket()
    const tier = memoryTier({ ttlMs: 600_000, maxEntries: 10, clock: base.clock })
    const market = await openMarket({ tiers: [{ tier, evidence: 'L2_VALKEY' }] })
    const now = market.clock.now()
    await tier.write(new Map([['alpha BTC-USD', { price: '9.90', at: now - 4000, id: '1', confirmedAt: now - 3000, tier: 'L1_MEMORY' }]]))
    await market.clock.advanceAsync(1000)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({
      price_text: '9.90',
      timestamp: iso(now - 4000),
      confirmed_at: iso(now - 3000),
      cache_tier: 'L2_VALKEY',
      cache_age_seconds: 4,
    })
  })
})
