import type { RestResponse } from '@trinity/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT', 'USD'] })
const last = { alpha: 'http://alpha.test/last', beta: 'http://beta.test/last' }

const rest = {
  'http://alpha.test/list': {
    rows: [
      { s: 'BTC-USD', on: true },
      { s: 'RARE-USD', on: true },
      { s: 'GONE-USD', on: false },
      { s: 'TETH-USD', on: true },
    ],
  },
  'http://beta.test/list': {
    rows: [
      { s: 'BTC-USDT', on: true },
      { s: 'TETH-USDT', on: true },
      { s: 'BTC-USD', on: true },
    ],
  },
  [last.alpha]: {
    rows: [
      { s: 'BTC-USD', p: '5' },
      { s: 'RARE-USD', p: '0.0420' },
      { s: 'GONE-USD', p: '9' },
      { s: 'TETH-USD', p: '1.01' },
    ],
  },
  [last.beta]: {
    rows: [
      { s: 'BTC-USDT', p: '6' },
      { s: 'TETH-USDT', p: '1.02' },
    ],
  },
}

/** BTC is prewarmed at alpha and TETH at beta; RARE is traded at alpha and nobody lists it here. */
async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha, beta], assets: { alpha: ['BTC'], beta: ['TETH'] }, ...options }, rest)
  onTestFinished(market.stop)
  return market
}

const readings = (market: FakeMarket, url: string): number => market.transport.requests.filter(({ what }) => what.url === url).length

async function symbols(market: FakeMarket): Promise<readonly string[]> {
  const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
  return exchanges.flatMap(({ id, listings }) => listings.map(({ symbol }) => `${id} ${symbol}`))
}

describe('an asset outside the prewarmed lists', () => {
  test('is fetched when asked for, then served from the board', async () => {
    const market = await openMarket()
    const before = readings(market, last.alpha)
    const first = await market.get('/price?asset=rare')
    expect(first.text).toContain('"price":0.0420,"price_text":"0.0420","currency":"USD"')
    expect(first.body).toMatchObject({ asset: 'RARE', source: 'alpha-ws', timestamp: null, cached: false, cache_tier: 'L3_REST', stale: false })
    const second = await market.get('/price?asset=RARE')
    expect(second.body).toMatchObject({ price_text: '0.0420', cached: true })
    expect(readings(market, last.alpha)).toBe(before + 1)
  })

  test('costs one reading for 100 requests at once', async () => {
    const market = await openMarket()
    const before = market.transport.requests.length
    const plain = market.transport.answer
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    market.transport.answer = async (request): Promise<RestResponse> => {
      await held
      return plain(request)
    }
    const asked = Array.from({ length: 100 }, () => market.get('/price?asset=rare'))
    await vi.waitFor(() => expect(market.transport.requests.length).toBe(before + 1))
    await market.get('/live')
    release()
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body.price_text)}`))).toEqual(new Set(['200 0.0420']))
    expect(market.transport.requests.length).toBe(before + 1)
  })

  test('stays confirmed while it is used, and goes after it was not for a while', async () => {
    const market = await openMarket({ parameters: { onDemandIdleSeconds: 120 } })
    await market.get('/price?asset=rare')
    for (let minute = 0; minute < 5; minute++) {
      await market.clock.advanceAsync(60_000)
      expect((await market.get('/price?asset=rare')).body).toMatchObject({ price_text: '0.0420', cached: true, stale: false })
    }
    expect(await symbols(market)).toContain('alpha RARE-USD')
    await market.clock.advanceAsync(181_000)
    expect(await symbols(market)).not.toContain('alpha RARE-USD')
    const before = readings(market, last.alpha)
    expect((await market.get('/price?asset=rare')).body).toMatchObject({ price_text: '0.0420', cached: false })
    expect(readings(market, last.alpha)).toBe(before + 1)
  })

  test('is fetched within POST /prices too', async () => {
    const market = await openMarket()
    const { body } = await market.post('/prices', { assets: ['rare', 'btc', 'nosuch'] })
    expect(body).toMatchObject({
      count: 2,
      prices: [{ asset: 'RARE', price_text: '0.0420', cached: false }, { asset: 'BTC' }],
      errors: [{ asset: 'NOSUCH' }],
    })
  })

  test('is 404 when its venue has closed it, however old a price REST shows', async () => {
    const market = await openMarket()
    const before = market.transport.outgoing
    expect((await market.get('/price?asset=gone')).body).toMatchObject({ status_code: 404, error: { code: 'TRN_ASSET_UNKNOWN' } })
    expect(market.transport.outgoing).toEqual(before)
  })

  test('is quoted by its first venue, also when somebody asked for another quote of it first', async () => {
    const market = await openMarket({ assets: { alpha: ['BTC'] } })
    expect((await market.get('/price?asset=teth&quote=USDT')).body).toMatchObject({ source: 'beta-ws', price_text: '1.02' })
    await market.clock.advanceAsync(25_000)
    expect((await market.get('/price?asset=teth')).body).toMatchObject({ source: 'alpha-ws', price_text: '1.01', currency: 'USD' })
  })

  test('is 404 with REST off', async () => {
    const market = await openMarket({ rest: false })
    expect((await market.get('/price?asset=rare')).body).toMatchObject({ status_code: 404, error: { code: 'TRN_ASSET_UNKNOWN' } })
    expect(market.transport.requests).toEqual([])
  })

  test('is 503 after 2 s when its venue does not answer', async () => {
    const market = await openMarket()
    market.transport.answer = () => new Promise(() => undefined)
    const before = market.transport.requests.length
    const asked = market.get('/price?asset=rare')
    await vi.waitFor(() => expect(market.transport.requests.length).toBe(before + 1))
    let answered = false
    void asked.then(() => (answered = true))
    market.clock.advance(1999)
    await market.get('/live')
    expect(answered).toBe(false)
    market.clock.advance(1)
    expect((await asked).body).toMatchObject({ status_code: 503, error: { code: 'TRN_PRICE_UNAVAILABLE' } })
  })

  test('is 503 in a quote that a venue trades and does not answer for', async () => {
    const market = await openMarket()
    market.rest.set(last.beta, { refused: 'maintenance' })
    for (let i = 0; i < 2; i++)
      expect((await market.get('/price?asset=btc&quote=USDT')).body).toMatchObject({ status_code: 503, error: { code: 'TRN_PRICE_UNAVAILABLE' } })
    expect((await market.get('/price?asset=btc&quote=EUR')).body).toMatchObject({ error: { code: 'TRN_QUOTE_UNAVAILABLE' } })
  })

  test('is there as soon as its venue has answered, also when that was after the first caller’s wait', async () => {
    const market = await openMarket()
    market.rest.set(last.alpha, { refused: 'maintenance' })
    expect((await market.get('/price?asset=rare')).body).toMatchObject({ error: { code: 'TRN_PRICE_UNAVAILABLE' } })
    market.rest.set(last.alpha, rest[last.alpha])
    await market.clock.advanceAsync(60_000)
    expect(market.gateway.directory.ofAsset('RARE')).toMatchObject([{ apart: false }])
    expect((await market.get('/price?asset=rare')).body).toMatchObject({ price_text: '0.0420', stale: false })
  })

  test('is fetched in a quote that a venue has, labelled with it', async () => {
    const market = await openMarket()
    expect((await market.get('/price?asset=btc&quote=USDT')).body).toMatchObject({
      price_text: '6',
      currency: 'USDT',
      source: 'beta-ws',
      cached: false,
    })
    expect((await market.get('/price?asset=btc&source=beta&quote=USDT')).body).toMatchObject({ price_text: '6', currency: 'USDT' })
  })
})

describe('a listed asset keeps its currency and its venue', () => {
  test('after another quote of it was fetched from a venue that is preferred', async () => {
    const market = await openMarket()
    market.trade('beta', 'TETH-USDT', '1.02')
    expect((await market.get('/price?asset=teth')).body).toMatchObject({ currency: 'USDT', source: 'beta-ws' })
    expect((await market.get('/price?asset=teth&quote=USD')).body).toMatchObject({ currency: 'USD', source: 'alpha-ws', price_text: '1.01' })
    expect((await market.get('/price?asset=teth')).body).toMatchObject({ currency: 'USDT', source: 'beta-ws', price_text: '1.02' })
  })

  test('also where an order of its own prefers that venue', async () => {
    const market = await openMarket({ preference: { TETH: ['alpha'] } })
    market.trade('beta', 'TETH-USDT', '1.02')
    await market.get('/price?asset=teth&quote=USD')
    expect((await market.get('/price?asset=teth')).body).toMatchObject({ currency: 'USDT', source: 'beta-ws', price_text: '1.02' })
  })

  test('while it has no price, also when another quote of it is kept: nobody is answered in that, and it costs no reading', async () => {
    const market = await openFakeMarket(
      { connectors: [alpha, beta], assets: { alpha: ['RARE'] } },
      {
        'http://alpha.test/list': { rows: [{ s: 'RARE-USD', on: true }] },
        'http://beta.test/list': { rows: [{ s: 'RARE-USDT', on: true }] },
        [last.beta]: { rows: [{ s: 'RARE-USDT', p: '0.0421' }] },
      },
    )
    onTestFinished(market.stop)
    expect((await market.get('/price?asset=rare&quote=USDT')).body).toMatchObject({ price_text: '0.0421', currency: 'USDT' })
    await market.clock.advanceAsync(6000)
    const before = market.transport.outgoing
    expect((await market.get('/price?asset=rare')).body).toMatchObject({ error: { code: 'TRN_PRICE_UNAVAILABLE' } })
    expect(market.transport.outgoing).toEqual(before)
  })

  test('when a symbol fetched on demand becomes its own by the daily listing', async () => {
    const market = await openFakeMarket(
      { connectors: [beta], assets: { beta: ['TETH'] }, parameters: { onDemandIdleSeconds: 120 } },
      {
        'http://beta.test/list': {
          rows: [
            { s: 'TETH-USDT', on: true },
            { s: 'TETH-USD', on: true },
          ],
        },
        [last.beta]: {
          rows: [
            { s: 'TETH-USDT', p: '1.02' },
            { s: 'TETH-USD', p: '1.01' },
          ],
        },
      },
    )
    onTestFinished(market.stop)
    await market.clock.advanceAsync(9 * 60_000)
    expect((await market.get('/price?asset=teth&quote=USD')).body).toMatchObject({ currency: 'USD', cached: false })
    market.rest.set('http://beta.test/list', {
      rows: [
        { s: 'TETH-USDT', on: false },
        { s: 'TETH-USD', on: true },
      ],
    })
    await market.clock.advanceAsync(600_000)
    expect(await symbols(market)).toEqual(['beta TETH-USD'])
    expect((await market.get('/price?asset=teth')).body).toMatchObject({ currency: 'USD', price_text: '1.01', cached: true })
  })
})
