import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { keyHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { frames, testConnector } from '../../test-support/test-connector.fixture.ts'

const alpha = testConnector({ name: 'alpha' })

async function openMarket(): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha], assets: { alpha: ['BTC', 'ETH', '1INCH', 'S'] }, rest: false })
  onTestFinished(market.stop)
  return market
}

const iso = (ms: number): string => new Date(ms).toISOString()

describe('GET /price', () => {
  test('answers with every field of the contract, and no other', async () => {
    const market = await openMarket()
    const at = market.clock.now() - 70
    market.trade('alpha', 'BTC-USD', '83421.57', { at })
    market.clock.advance(350)
    const answer = await market.get('/price?asset=BTC')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/)
    expect(answer.headers.get('trinity-mode')).toBeNull()
    expect(answer.body).toEqual({
      status_code: 200,
      endpoint: '/price',
      asset: 'BTC',
      price: 83421.57,
      price_text: '83421.57',
      currency: 'USD',
      basis: 'last_trade',
      source: 'alpha-ws',
      timestamp: iso(at),
      confirmed_at: iso(at),
      cached: true,
      cache_tier: 'L1_MEMORY',
      cache_age_seconds: 0.42,
      freshness_limit_seconds: 30,
      stale: false,
      market: 'trading',
      latency_ms: expect.any(Number) as number,
      duration_ms: expect.any(Number) as number,
      node: 'BeastMain',
    })
    expect(Object.keys(answer.body).slice(-5)).toEqual(['stale', 'market', 'latency_ms', 'duration_ms', 'node'])
  })

  const digits = [
    '0.10',
    '100',
    '100.000',
    '7',
    '0.00000001',
    '1.2e-05',
    '1.20E+3',
    '9007199254740993',
    '123456789012345.12345678',
    '0.1234567890123456789012',
  ]
  test.each(digits)('gives the digits of %s as they came, as number and as text', async (price) => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', price)
    const { text } = await market.get('/price?asset=btc')
    expect(text).toContain(`"price":${price},"price_text":"${price}",`)
    const bulk = await market.post('/prices', { assets: ['btc'] })
    expect(bulk.text).toContain(`"price":${price},"price_text":"${price}",`)
  })

  const refused = ['1234567890123456.12345678', '0', '0.000', '-1', '1e999', 'NaN', '0x10', '01.5', '1.', '.5', '+1', '1,5', '']
  test.each(refused)('never shows %j, and keeps the price before it', async (price) => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5.50')
    market.clock.advance(10)
    market.trade('alpha', 'BTC-USD', price)
    expect((await market.get('/price?asset=btc')).body.price_text).toBe('5.50')
  })

  test.each(['btc', 'BTC', 'bTc'])('takes %s in any case', async (asset) => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    expect((await market.get(`/price?asset=${asset}`)).body.asset).toBe('BTC')
  })

  test('knows tickers that begin with a digit or are one letter', async () => {
    const market = await openMarket()
    market.trade('alpha', '1INCH-USD', '0.21')
    market.trade('alpha', 'S-USD', '0.33')
    expect((await market.get('/price?asset=1inch')).body.price_text).toBe('0.21')
    expect((await market.get('/price?asset=s')).body.price_text).toBe('0.33')
  })

  test('shows the newest trade by time and id, whatever the order of arrival', async () => {
    const market = await openMarket()
    const now = market.clock.now()
    const shown = async (): Promise<unknown> => (await market.get('/price?asset=btc')).body.price_text
    market.trade('alpha', 'BTC-USD', '3', { at: now - 10, id: '9' })
    market.trade('alpha', 'BTC-USD', '1', { at: now - 500, id: '99' })
    expect(await shown()).toBe('3')
    market.trade('alpha', 'BTC-USD', '4', { at: now - 10, id: '10' })
    market.trade('alpha', 'BTC-USD', '2', { at: now - 10, id: '8' })
    expect(await shown()).toBe('4')
    market.trade('alpha', 'BTC-USD', '99', { at: now + 5001 })
    expect(await shown()).toBe('4')
  })

  test('confirms a snapshot trade as of when it was asked for, under its own old time', async () => {
    const market = await openMarket()
    const asked = market.clock.now()
    market.clock.advance(2000)
    market.trade('alpha', 'BTC-USD', '8.80', { at: asked - 3_600_000, snap: true })
    const { body } = await market.get('/price?asset=btc')
    expect(body).toMatchObject({
      price_text: '8.80',
      timestamp: iso(asked - 3_600_000),
      confirmed_at: iso(asked),
      cache_age_seconds: 2,
      stale: false,
    })
  })

  test('proves nothing by heartbeats, repeats and late trades', async () => {
    const market = await openMarket()
    const at = market.clock.now()
    market.trade('alpha', 'BTC-USD', '8.80', { at, id: '5' })
    market.clock.advance(4000)
    market
      .socket('alpha')
      .deliver(
        frames.beat(),
        frames.ack('BTC-USD'),
        frames.trade({ s: 'BTC-USD', p: '8.80', at, id: '5' }, { s: 'BTC-USD', p: '8.70', at: at - 1, id: '4' }),
      )
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '8.80', confirmed_at: iso(at), cache_age_seconds: 4 })
  })

  test('answers HEAD without a body', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    const answer = await fetch(`${market.url}/price?asset=btc`, {
      method: 'HEAD',
      headers: keyHeaders,
    })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
  })
})

describe('POST /prices', () => {
  test('answers each asset once, in the order asked, and says which failed and why', async () => {
    const market = await openMarket()
    market.trade('alpha', 'ETH-USD', '2.20')
    market.trade('alpha', 'BTC-USD', '5.50')
    const { status, body } = await market.post('/prices', { assets: ['eth', 'btc', 'ETH', 'nosuch', 's', 'a/b'] })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status_code: 200,
      endpoint: '/prices',
      count: 2,
      prices: [
        { asset: 'ETH', price: 2.2, price_text: '2.20', currency: 'USD', basis: 'last_trade', source: 'alpha-ws', cached: true, stale: false },
        { asset: 'BTC', price: 5.5, price_text: '5.50' },
      ],
      errors: [
        { asset: 'NOSUCH', code: 'TRN_ASSET_UNKNOWN' },
        { asset: 'S', code: 'TRN_PRICE_UNAVAILABLE' },
        { asset: 'A/B', code: 'TRN_ASSET_UNKNOWN' },
      ],
    })
    const [first] = body.prices as readonly Record<string, unknown>[]
    expect(first).not.toHaveProperty('status_code')
    expect(first).not.toHaveProperty('node')
  })

  test('answers 200 also when every asset fails', async () => {
    const market = await openMarket()
    expect((await market.post('/prices', { assets: ['ſol'] })).body.errors).toMatchObject([{ asset: 'ſOL', code: 'TRN_ASSET_UNKNOWN' }])
    const { status, body } = await market.post('/prices', { assets: ['nosuch'] })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      count: 0,
      prices: [],
      errors: [{ asset: 'NOSUCH', code: 'TRN_ASSET_UNKNOWN', message: expect.stringMatching(/\S/) as string }],
    })
  })

  test('counts assets after removing repeats: 30 in any case are taken', async () => {
    const market = await openMarket()
    const names = Array.from({ length: 30 }, (_, i) => `a${i}`)
    const { status, body } = await market.post('/prices', { assets: [...names, ...names.map((name) => name.toUpperCase())] })
    expect(status).toBe(200)
    expect(body.errors).toHaveLength(30)
  })
})
