import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { frames, testConnector } from '../../test-support/test-connector.fixture.ts'
import { defaultConnectors } from '../connectors.ts'
import type { GatewayOptions } from '../gateway.ts'
import { prewarmedAssets } from '../settings/assets.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta' })
const gamma = testConnector({ name: 'gamma', quotes: ['USDT'] })

/** BTC at three venues, in dollars at the first two and in tethers at the third. */
async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket({
    connectors: [alpha, beta, gamma],
    assets: { alpha: ['BTC', 'ETH'], beta: ['BTC'], gamma: ['BTC'] },
    rest: false,
    ...options,
  })
  onTestFinished(market.stop)
  return market
}

async function ask(market: FakeMarket, query: string): Promise<readonly unknown[]> {
  const { status, body } = await market.get(`/price?asset=btc${query}`)
  return status === 200 ? [body.price_text, body.currency, body.source] : [status, (body.error as Record<string, unknown>).code]
}

describe('an asset on several venues', () => {
  test('is answered by the first in order while that is fresh', async () => {
    const market = await openMarket()
    market.trade('gamma', 'BTC-USDT', '102')
    market.trade('beta', 'BTC-USD', '101')
    market.trade('alpha', 'BTC-USD', '100')
    expect(await ask(market, '')).toEqual(['100', 'USD', 'alpha-ws'])
  })

  test('is answered by the first that has a price at all', async () => {
    const market = await openMarket()
    market.trade('beta', 'BTC-USD', '101')
    expect(await ask(market, '')).toEqual(['101', 'USD', 'beta-ws'])
  })

  test('falls back to a fresh venue of the same currency, and back after 10 s fresh', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '100')
    await market.clock.advanceAsync(30_001)
    market.trade('beta', 'BTC-USD', '101')
    expect(await ask(market, '')).toEqual(['101', 'USD', 'beta-ws'])
    market.trade('alpha', 'BTC-USD', '103')
    expect(await ask(market, '')).toEqual(['101', 'USD', 'beta-ws'])
    await market.clock.advanceAsync(9999)
    expect(await ask(market, '')).toEqual(['101', 'USD', 'beta-ws'])
    await market.clock.advanceAsync(1)
    expect(await ask(market, '')).toEqual(['103', 'USD', 'alpha-ws'])
  })

  test('never changes its currency by falling back', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '100')
    await market.clock.advanceAsync(31_000)
    market.trade('gamma', 'BTC-USDT', '102')
    const stale = await market.get('/price?asset=btc')
    expect(stale.body).toMatchObject({ price_text: '100', currency: 'USD', source: 'alpha-ws', stale: true })
    await market.clock.advanceAsync(270_000)
    market.trade('gamma', 'BTC-USDT', '102')
    expect(await ask(market, '')).toEqual([503, 'TRN_PRICE_STALE'])
  })

  test('keeps its currency also while only venues of another one have a price', async () => {
    const market = await openMarket()
    market.trade('gamma', 'BTC-USDT', '102')
    expect(await ask(market, '')).toEqual([503, 'TRN_PRICE_UNAVAILABLE'])
  })

  test('is answered in the quote asked for, in any case, labelled as what it is', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '100')
    market.trade('gamma', 'BTC-USDT', '102')
    expect(await ask(market, '&quote=USDT')).toEqual(['102', 'USDT', 'gamma-ws'])
    expect(await ask(market, '&quote=usdt')).toEqual(['102', 'USDT', 'gamma-ws'])
    expect(await ask(market, '&quote=USD')).toEqual(['100', 'USD', 'alpha-ws'])
    expect(await ask(market, '&quote=EUR')).toEqual([404, 'TRN_QUOTE_UNAVAILABLE'])
  })

  test('is answered by the venue asked for, with its currency', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '100')
    market.trade('beta', 'BTC-USD', '101')
    market.trade('gamma', 'BTC-USDT', '102')
    expect(await ask(market, '&source=beta')).toEqual(['101', 'USD', 'beta-ws'])
    expect(await ask(market, '&source=BETA')).toEqual(['101', 'USD', 'beta-ws'])
    expect(await ask(market, '&source=gamma')).toEqual(['102', 'USDT', 'gamma-ws'])
    expect(await ask(market, '&source=gamma&quote=USD')).toEqual([404, 'TRN_QUOTE_UNAVAILABLE'])
    expect(await ask(market, '&source=nosuch')).toEqual([400, 'TRN_BAD_REQUEST'])
    expect((await market.get('/price?asset=eth&source=beta')).body).toMatchObject({ status_code: 404, error: { code: 'TRN_ASSET_UNKNOWN' } })
  })

  test('follows an order of its own where one is set', async () => {
    const market = await openMarket({ preference: { BTC: ['beta', 'alpha'] } })
    market.trade('alpha', 'BTC-USD', '100')
    market.trade('beta', 'BTC-USD', '101')
    expect(await ask(market, '')).toEqual(['101', 'USD', 'beta-ws'])
  })
})

describe('the six default venues', () => {
  test('have CRO from Kraken in USD first, and from Crypto.com in USDT when asked for', async () => {
    const market = await openFakeMarket({ connectors: defaultConnectors, assets: prewarmedAssets })
    onTestFinished(market.stop)
    const time = new Date(market.clock.now()).toISOString()
    market
      .socket('kraken')
      .deliver(
        `{"channel":"trade","type":"update","data":[{"symbol":"CRO/USD","side":"buy","price":0.09100,"qty":5.0,"trade_id":7,"timestamp":"${time}"}]}`,
      )
    market
      .socket('cryptocom')
      .deliver(
        `{"id":-1,"method":"subscribe","code":0,"result":{"instrument_name":"CRO_USDT","channel":"trade","data":[{"d":"9","t":${market.clock.now()},"p":"0.09200","q":"1","s":"BUY","i":"CRO_USDT"}]}}`,
      )
    const plain = await market.get('/price?asset=cro')
    expect(plain.text).toContain('"price":0.09100,"price_text":"0.09100","currency":"USD"')
    expect(plain.body.source).toBe('kraken-ws')
    const tether = await market.get('/price?asset=cro&quote=USDT')
    expect(tether.text).toContain('"price":0.09200,"price_text":"0.09200","currency":"USDT"')
    expect(tether.body.source).toBe('cryptocom-ws')
  })
})

describe('a symbol that the venue refuses', () => {
  test('leaves the others alone', async () => {
    const market = await openMarket()
    market.socket('alpha').deliver(frames.reject('ETH-USD', 'unknown product'))
    market.trade('alpha', 'BTC-USD', '100')
    expect(await ask(market, '')).toEqual(['100', 'USD', 'alpha-ws'])
    expect((await market.get('/price?asset=eth')).body).toMatchObject({ status_code: 503, error: { code: 'TRN_PRICE_UNAVAILABLE' } })
  })
})
