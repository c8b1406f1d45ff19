import type { RestResponse } from '@trinity/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT', 'USD'] })
const gamma = testConnector({ name: 'gamma', quotes: ['USDT'] })
const last = { alpha: 'http://alpha.test/last', beta: 'http://beta.test/last', gamma: 'http://gamma.test/last' }

const listed = (...symbols: readonly string[]) => ({ rows: symbols.map((s) => ({ s, state: 'trading' })) })
const prices = (of: Readonly<Record<string, string>>) => ({ rows: Object.entries(of).map(([s, p]) => ({ s, p })) })

const rest = {
  'http://alpha.test/list': listed('BTC-USD', 'ETH-USD'),
  'http://beta.test/list': listed('BTC-USDT', 'BTC-USD', 'ETH-USDT', 'SOL-USDT'),
  'http://gamma.test/list': listed('BTC-USDT', 'ETH-USDT'),
  [last.beta]: prices({ 'BTC-USD': '101', 'BTC-USDT': '102', 'ETH-USDT': '11', 'SOL-USDT': '7' }),
  [last.gamma]: prices({ 'BTC-USDT': '103', 'ETH-USDT': '12' }),
}

/** BTC and ETH are alpha's in USD; beta has BTC in USD too, and gamma nothing in USD. Each venue has a feed that is open. */
async function openMarket(more: Readonly<Record<string, unknown>> = {}, options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket(
    { connectors: [alpha, beta, gamma], assets: { alpha: ['BTC', 'ETH'], beta: ['SOL'] }, ...options },
    { ...rest, ...more },
  )
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '100')
  market.trade('alpha', 'ETH-USD', '10')
  market.trade('beta', 'SOL-USDT', '7')
  return market
}

/** Time passes; venues but those that are down trade what they list every five seconds, one price after another. */
async function pass(market: FakeMarket, seconds: number, down: readonly string[] = ['alpha']): Promise<void> {
  for (let left = seconds; left > 0; left -= 5) {
    await market.clock.advanceAsync(Math.min(left, 5) * 1000)
    if (!down.includes('alpha')) {
      market.trade('alpha', 'BTC-USD', '100')
      market.trade('alpha', 'ETH-USD', '10')
    }
    if (!down.includes('beta')) market.trade('beta', 'SOL-USDT', '7')
  }
}

const price = async (market: FakeMarket, query = 'btc'): Promise<Record<string, unknown>> => (await market.get(`/price?asset=${query}`)).body

async function standIns(market: FakeMarket): Promise<readonly string[]> {
  const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
  const kept = new Set(['BTC-USD alpha', 'ETH-USD alpha', 'SOL-USDT beta'])
  return exchanges.flatMap(({ id, listings }) => listings.map(({ symbol }) => `${symbol} ${id}`)).filter((line) => !kept.has(line))
}

describe('an asset whose venue is down', () => {
  test('is answered by another venue in the same currency, as soon as its own price is stale', async () => {
    const market = await openMarket()
    await pass(market, 30)
    expect(await price(market)).toMatchObject({ price_text: '100', source: 'alpha-ws', stale: false })
    const before = market.requestsTo(last.beta)
    await pass(market, 1)
    expect(await price(market)).toMatchObject({ price_text: '101', source: 'beta-ws', currency: 'USD', stale: false, cached: false })
    expect(await price(market)).toMatchObject({ price_text: '101', source: 'beta-ws', cached: true, cache_tier: 'L3_REST' })
    expect(market.requestsTo(last.beta)).toBe(before + 1)
    expect(market.requestsTo(last.gamma)).toBe(0)
    expect(await standIns(market)).toEqual(['BTC-USD beta'])
  })

  test('costs one reading for 100 callers at once', async () => {
    const market = await openMarket()
    await pass(market, 35)
    const plain = market.transport.answer
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const before = market.requestsTo(last.beta)
    market.transport.answer = async (request): Promise<RestResponse> => {
      if (request.url === last.beta) await held
      return plain(request)
    }
    const asked = Array.from({ length: 100 }, async (_, i) => price(market, i % 2 === 0 ? 'btc' : 'btc&quote=USD'))
    await vi.waitFor(() => expect(market.requestsTo(last.beta)).toBe(before + 1))
    await market.get('/live')
    release()
    // Whoever is answered while somebody else's request is under way gets the old price, marked as stale.
    const answers = new Set((await Promise.all(asked)).map(({ price_text, stale }) => `${String(price_text)} ${String(stale)}`))
    expect(answers).toContain('101 false')
    expect([...answers].filter((answer) => answer !== '101 false' && answer !== '100 true')).toEqual([])
    expect(market.requestsTo(last.beta)).toBe(before + 1)
  })

  test('stays answered for as long as somebody asks and the outage lasts, with at most one reading in 20 s', async () => {
    const market = await openMarket({}, { parameters: { onDemandIdleSeconds: 70 } })
    await pass(market, 35)
    const before = market.requestsTo(last.beta)
    for (let seconds = 0; seconds < 600; seconds += 5) {
      expect(await price(market)).toMatchObject({ price_text: '101', source: 'beta-ws', stale: false })
      await pass(market, 5)
    }
    const readAt = market.transport.requests.filter(({ what }) => what.url === last.beta).map(({ at }) => at)
    const pauses = readAt.slice(before).map((at, i, all) => at - (all[i - 1] ?? -Infinity))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(20_000)
    expect(pauses.length).toBeGreaterThanOrEqual(25)
  })

  test('is not asked for again at a venue that does not answer, before its reading interval is over', async () => {
    const market = await openMarket({ [last.beta]: { refused: 'maintenance' } })
    await pass(market, 35)
    const before = market.requestsTo(last.beta)
    for (let seconds = 0; seconds < 60; seconds++) {
      expect(await price(market)).toMatchObject({ price_text: '100', source: 'alpha-ws', stale: true })
      await market.clock.advanceAsync(1000)
    }
    expect(market.requestsTo(last.beta) - before).toBeLessThanOrEqual(3)
  })

  test('returns to its venue once that was fresh for 10 s, and half a minute later nothing is left of the stand-in', async () => {
    const market = await openMarket()
    await pass(market, 35)
    expect(await price(market)).toMatchObject({ source: 'beta-ws' })
    market.trade('alpha', 'BTC-USD', '100.5')
    expect(await price(market)).toMatchObject({ source: 'beta-ws' })
    await pass(market, 10, [])
    expect(await price(market)).toMatchObject({ source: 'alpha-ws', price_text: '100', stale: false })
    expect(await standIns(market)).toEqual(['BTC-USD beta'])
    await pass(market, 45, [])
    expect(await standIns(market)).toEqual([])
    const before = market.transport.outgoing
    await pass(market, 600, [])
    expect(await price(market)).toMatchObject({ source: 'alpha-ws' })
    expect(market.transport.outgoing).toEqual(before)
  })

  test('keeps its stand-in through a venue that comes and goes', async () => {
    const market = await openMarket()
    await pass(market, 35)
    await price(market)
    for (let round = 0; round < 4; round++) {
      await pass(market, 15, [])
      await pass(market, 35)
      expect(await price(market)).toMatchObject({ source: 'beta-ws', stale: false })
    }
    expect(await standIns(market)).toEqual(['BTC-USD beta'])
  })

  test('gives its stand-in up when nobody has asked for a while', async () => {
    const market = await openMarket({}, { parameters: { onDemandIdleSeconds: 60 } })
    await pass(market, 35)
    await price(market)
    await pass(market, 70)
    expect(await standIns(market)).toEqual([])
    expect(await price(market)).toMatchObject({ price_text: '101', source: 'beta-ws', stale: false })
  })

  test('never changes its currency: with nobody else in USD its old price ages', async () => {
    const market = await openMarket()
    await pass(market, 35)
    const before = market.transport.outgoing
    expect(await price(market, 'eth')).toMatchObject({ price_text: '10', currency: 'USD', source: 'alpha-ws', stale: true })
    await pass(market, 300)
    expect(await price(market, 'eth')).toMatchObject({ error: { code: 'TRN_PRICE_STALE' } })
    expect(market.requestsTo(last.gamma)).toBe(0)
    expect(market.transport.outgoing.connects).toBe(before.connects)
  })

  test('is answered within 35 s also when its venue never came up', async () => {
    const market = await openFakeMarket({ connectors: [alpha, beta, gamma], assets: { alpha: ['BTC'], beta: ['SOL'] } }, rest)
    onTestFinished(market.stop)
    const before = market.requestsTo(last.beta)
    expect(await price(market)).toMatchObject({ error: { code: 'TRN_PRICE_UNAVAILABLE' } })
    // Its own venue gets a moment before another one is read in its place.
    expect(market.requestsTo(last.beta)).toBe(before)
    await pass(market, 10)
    expect(await price(market)).toMatchObject({ price_text: '101', source: 'beta-ws', currency: 'USD', stale: false })
  })

  test('has one reading for all who wait, whatever they ask for', async () => {
    const market = await openFakeMarket({ connectors: [alpha, beta, gamma], assets: { alpha: ['BTC'], beta: ['SOL'] } }, rest)
    onTestFinished(market.stop)
    await pass(market, 10)
    const plain = market.transport.answer
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const before = market.requestsTo(last.beta)
    market.transport.answer = async (request): Promise<RestResponse> => {
      await held
      return plain(request)
    }
    const asked = ['btc', 'btc&quote=USD', 'btc&source=beta'].map(async (query) => price(market, query))
    await vi.waitFor(() => expect(market.requestsTo(last.beta)).toBe(before + 1))
    await market.get('/live')
    release()
    for (const body of await Promise.all(asked)) expect(body).toMatchObject({ price_text: '101', source: 'beta-ws' })
    expect(market.requestsTo(last.beta)).toBe(before + 1)
  })

  test('is answered to every kind of caller: POST /prices, and a quote that is its own', async () => {
    const market = await openMarket()
    await pass(market, 35)
    expect((await market.post('/prices', { assets: ['btc'] })).body).toMatchObject({ count: 1, prices: [{ price_text: '101', source: 'beta-ws' }] })
    expect(await price(market, 'btc&quote=USD')).toMatchObject({ price_text: '101', source: 'beta-ws' })
    expect(await price(market, 'btc&source=alpha')).toMatchObject({ price_text: '100', source: 'alpha-ws', stale: true })
  })
})

describe('nothing is read elsewhere', () => {
  test('for assets whose venue is up, whatever is asked', async () => {
    const market = await openMarket()
    const before = market.transport.outgoing
    for (let seconds = 0; seconds < 60; seconds += 5) {
      for (const query of ['btc', 'btc&max_age=0', 'btc&quote=USD', 'btc&source=alpha', 'eth', 'sol']) await price(market, query)
      await pass(market, 5, [])
    }
    expect(market.transport.outgoing).toEqual(before)
  })

  test('with REST off', async () => {
    const market = await openMarket({}, { rest: false })
    await pass(market, 60)
    expect(await price(market)).toMatchObject({ price_text: '100', source: 'alpha-ws', stale: true })
    expect(market.transport.requests).toEqual([])
  })

  test('in the first seconds after the clock was set: every venue is read itself then', async () => {
    const market = await openMarket({ [last.alpha]: prices({ 'BTC-USD': '100', 'ETH-USD': '10' }) })
    await pass(market, 10, [])
    const before = market.requestsTo(last.beta)
    const plain = market.transport.answer
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    market.transport.answer = async (request): Promise<RestResponse> => {
      if (request.url === last.alpha) await held
      return plain(request)
    }
    market.clock.stepWall(-3_600_000)
    await market.clock.advanceAsync(300)
    expect(await price(market)).toMatchObject({ source: 'alpha-ws', stale: true })
    await market.clock.advanceAsync(2000)
    release()
    await market.clock.advanceAsync(100)
    expect(await price(market)).toMatchObject({ source: 'alpha-ws', stale: false })
    expect(market.requestsTo(last.beta)).toBe(before + 1)
    expect(await standIns(market)).toEqual([])
  })
})

describe('a halted market', () => {
  test('is answered by another venue at once, and by its own after its first trade', async () => {
    const market = await openMarket({
      'http://alpha.test/list': {
        rows: [
          { s: 'BTC-USD', state: 'halted' },
          { s: 'ETH-USD', state: 'trading' },
        ],
      },
    })
    expect(await price(market)).toMatchObject({ price_text: '101', source: 'beta-ws', market: 'trading' })
    await market.clock.advanceAsync(1000)
    market.trade('alpha', 'BTC-USD', '99')
    await pass(market, 15, [])
    expect(await price(market)).toMatchObject({ source: 'alpha-ws', market: 'trading' })
  })
})

describe('source= of a venue that lists an asset of another', () => {
  test('takes in that venue alone, in the currency of the asset where it has that', async () => {
    const market = await openMarket()
    const before = [market.requestsTo(last.beta), market.requestsTo(last.gamma)]
    expect(await price(market, 'btc&source=beta')).toMatchObject({ price_text: '101', currency: 'USD', source: 'beta-ws' })
    expect(await price(market, 'btc')).toMatchObject({ price_text: '100', source: 'alpha-ws' })
    expect([market.requestsTo(last.beta), market.requestsTo(last.gamma)]).toEqual([(before[0] ?? 0) + 1, before[1]])
    expect(await price(market, 'btc&source=gamma')).toMatchObject({ price_text: '103', currency: 'USDT', source: 'gamma-ws' })
    expect(await standIns(market)).toEqual(['BTC-USD beta', 'BTC-USDT gamma'])
  })

  test('says so where that venue has halted it', async () => {
    const market = await openMarket({ 'http://gamma.test/list': { rows: [{ s: 'BTC-USDT', state: 'halted' }] } })
    expect(await price(market, 'btc&source=gamma')).toMatchObject({
      error: { code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringContaining('halted at gamma') as string },
    })
    expect(await price(market, 'btc&quote=USDT&source=gamma')).toMatchObject({
      error: { message: expect.stringContaining('halted at gamma') as string },
    })
    expect(await price(market, 'btc')).toMatchObject({ price_text: '100', source: 'alpha-ws' })
  })

  test('is 404 where the venue does not list it, and costs nothing', async () => {
    const market = await openMarket()
    const before = market.transport.outgoing
    expect(await price(market, 'sol&source=gamma')).toMatchObject({ error: { code: 'TRN_ASSET_UNKNOWN' } })
    expect(await price(market, 'eth&source=beta&quote=USD')).toMatchObject({ status_code: 404 })
    expect(market.transport.outgoing).toEqual(before)
  })
})

describe('a venue whose price is of another token never stands in,', () => {
  const otherToken = { [last.beta]: prices({ 'BTC-USD': '0.0003', 'SOL-USDT': '7' }) }

  test('however long the first one is down', async () => {
    const market = await openMarket(otherToken)
    await pass(market, 35)
    for (let seconds = 0; seconds < 60; seconds += 5) {
      expect(await price(market)).toMatchObject({ price_text: '100', source: 'alpha-ws', stale: true })
      await pass(market, 5)
    }
    await pass(market, 300)
    expect(await price(market)).toMatchObject({ error: { code: 'TRN_PRICE_STALE' } })
    expect(await price(market, 'btc&source=beta')).toMatchObject({ price_text: '0.0003' })
  })

  test('also when somebody asks only after the last price of the first one is too old to be served', async () => {
    const market = await openMarket(otherToken)
    await pass(market, 600)
    for (let i = 0; i < 3; i++) {
      expect(await price(market)).toMatchObject({ error: { code: 'TRN_PRICE_STALE' } })
      await pass(market, 5)
    }
  })

  test('also when it is configured for the asset, which /exchanges and the log say', async () => {
    const market = await openMarket({ 'http://beta.test/list': listed('BTC-USD', 'SOL-USDT') }, { assets: { alpha: ['BTC'], beta: ['BTC'] } })
    market.trade('beta', 'BTC-USD', '0.0003')
    const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
    expect(exchanges[1]?.listings[0]).toMatchObject({
      symbol: 'BTC-USD',
      why: expect.stringContaining('more than 20 % away from that of alpha') as string,
    })
    expect(market.log.filter((line) => line.includes('more than 20 % apart'))).toHaveLength(1)
    for (let seconds = 0; seconds < 60; seconds++) {
      await market.clock.advanceAsync(1000)
      market.trade('beta', 'BTC-USD', `0.0003${seconds}`)
      expect(await price(market)).toMatchObject({ price_text: '100', source: 'alpha-ws' })
    }
    market.trade('alpha', 'BTC-USD', '0.0003')
    market.trade('beta', 'BTC-USD', '0.00031', { id: '1' })
    await market.clock.advanceAsync(35_000)
    market.trade('beta', 'BTC-USD', '0.00032')
    expect(await price(market)).toMatchObject({ price_text: '0.00032', source: 'beta-ws', stale: false })
  })
})
