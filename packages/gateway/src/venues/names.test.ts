import { AssetNames } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askText } from '../../test-support/ask-text.fixture.ts'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { openSse } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT'] })

const names = new AssetNames([
  { asset: 'TON', aliases: ['GRAM'], names: { beta: ['GRAM', 'TON'] } },
  { asset: 'MATIC', successor: 'POL' },
  { asset: 'POL' },
  { asset: 'LUNA', names: { alpha: ['LUNA2'] } },
  { asset: 'LUNC', names: { alpha: ['LUNA'] } },
])

/** Rows of a listing, or of prices where they have one. */
const rows = (symbols: Readonly<Record<string, string>>, state = 'trading') => ({
  rows: Object.entries(symbols).map(([s, p]) => ({ s, p, state })),
})

async function openMarket(venues: Readonly<Record<string, unknown>>, options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const others = { alpha: rows({ 'OTHER-USD': '1' }), beta: rows({ 'OTHER-USDT': '1' }) }
  const bodies = Object.entries({ ...others, ...venues }).flatMap(([venue, body]) => [
    [`http://${venue}.test/list`, body],
    [`http://${venue}.test/last`, body],
  ])
  const market = await openFakeMarket(
    { connectors: [alpha, beta], assets: {}, names, udp: { transport: 'dgram', textMode: true }, udpPort: 0, ...options },
    Object.fromEntries(bodies) as Record<string, unknown>,
  )
  onTestFinished(market.stop)
  return market
}

/** What callers are told, whichever way they ask. */
async function askEverywhere(market: FakeMarket, name: string): Promise<readonly unknown[]> {
  const http = (await market.get(`/price?asset=${name}`)).body
  const list = (await market.post('/prices', { assets: [name] })).body.prices as readonly Record<string, unknown>[]
  const stream = (await (await openSse(`${market.url}/stream?assets=${name}`)).next('snapshot')).prices as readonly Record<string, unknown>[]
  const udp = await askText(market, name)
  return [http, list[0], stream[0], udp].map((body) => `${String(body?.asset)} ${String(body?.price_text)} ${String(body?.source)}`)
}

describe('a renamed asset answers under both names,', () => {
  test.each([
    ['ton', 'gram'],
    ['gram', 'ton'],
  ])('prewarmed as TON: %s, then %s', async (first, second) => {
    const market = await openMarket({ beta: rows({ 'GRAM-USDT': '3.11' }) }, { assets: { beta: ['TON'] } })
    for (const name of [first, second]) expect(await askEverywhere(market, name)).toEqual(Array(4).fill(`${name.toUpperCase()} 3.11 beta-ws`))
    expect(market.gateway.directory.list()).toHaveLength(1)
  })

  test('prewarmed under its other name too', async () => {
    const market = await openMarket({ beta: rows({ 'GRAM-USDT': '3.11' }) }, { assets: { beta: ['GRAM'] } })
    expect((await market.get('/price?asset=ton')).body).toMatchObject({ asset: 'TON', price_text: '3.11' })
    expect((await market.get('/price?asset=gram')).body).toMatchObject({ asset: 'GRAM', price_text: '3.11' })
  })

  test('and so do settings of single assets', async () => {
    const market = await openMarket(
      { alpha: rows({ 'TON-USD': '3.10' }), beta: rows({ 'GRAM-USDT': '3.11' }) },
      { assets: { alpha: ['TON'], beta: ['TON'] }, preference: { GRAM: ['beta'] }, parameters: { assetFreshnessSeconds: { GRAM: 70 } } },
    )
    expect((await market.get('/price?asset=ton')).body).toMatchObject({ source: 'beta-ws', freshness_limit_seconds: 70 })
  })

  test.each([
    ['ton', 'gram'],
    ['gram', 'ton'],
  ])('on demand with one listing and one reading: %s, then %s', async (first, second) => {
    const market = await openMarket({ beta: rows({ 'GRAM-USDT': '3.11' }) })
    const before = market.transport.outgoing
    for (const name of [first, second]) expect(await askEverywhere(market, name)).toEqual(Array(4).fill(`${name.toUpperCase()} 3.11 beta-ws`))
    expect(market.gateway.directory.list().map(({ asset, symbol }) => `${asset} ${symbol}`)).toEqual(['TON GRAM-USDT'])
    expect(market.transport.outgoing).toEqual({ ...before, requests: before.requests + 1 })
  })

  test('and each venue keeps its own name for it', async () => {
    const market = await openMarket(
      { alpha: rows({ 'TON-USD': '3.10' }), beta: rows({ 'TON-USDT': '3.00', 'GRAM-USDT': '3.11' }) },
      { assets: { alpha: ['TON'], beta: ['TON'] } },
    )
    expect((await market.get('/price?asset=gram')).body).toMatchObject({ asset: 'GRAM', price_text: '3.10', currency: 'USD', source: 'alpha-ws' })
    expect((await market.get('/price?asset=ton&source=beta')).body).toMatchObject({ price_text: '3.11', currency: 'USDT' })
    const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
    expect(exchanges.map(({ listings }) => listings.map(({ asset, aliases, symbol }) => [asset, aliases, symbol]))).toEqual([
      [['TON', ['GRAM'], 'TON-USD']],
      [['TON', ['GRAM'], 'GRAM-USDT']],
    ])
  })
})

describe('an asset that was swapped into a new one', () => {
  test('is unknown where nobody trades it, and its successor is named', async () => {
    const market = await openMarket({ alpha: rows({ 'POL-USD': '0.40' }) })
    const before = market.transport.outgoing
    const { status, body } = await market.get('/price?asset=matic')
    expect([status, body.error]).toMatchObject([
      404,
      { code: 'TRN_ASSET_UNKNOWN', successor: 'POL', message: expect.stringContaining('POL') as string },
    ])
    expect((await market.post('/prices', { assets: ['matic'] })).body.errors).toMatchObject([{ code: 'TRN_ASSET_UNKNOWN', successor: 'POL' }])
    expect(market.transport.outgoing).toEqual(before)
    expect((await market.get('/price?asset=pol')).body).toMatchObject({ price_text: '0.40' })
  })

  test('has the price of a venue that still trades it, never one of the new asset', async () => {
    const market = await openMarket({ alpha: rows({ 'POL-USD': '0.40' }), beta: rows({ 'MATIC-USDT': '0.39' }) }, { assets: { alpha: ['POL'] } })
    expect((await market.get('/price?asset=matic')).body).toMatchObject({ asset: 'MATIC', price_text: '0.39', source: 'beta-ws' })
    expect((await market.get('/price?asset=pol')).body).toMatchObject({ price_text: '0.40', source: 'alpha-ws' })
  })

  test('is unknown while its last venue has closed it', async () => {
    const market = await openMarket({ beta: rows({ 'MATIC-USDT': '0.39' }, 'closed') })
    expect((await market.get('/price?asset=matic')).body).toMatchObject({ error: { code: 'TRN_ASSET_UNKNOWN', successor: 'POL' } })
  })
})

describe('one ticker that is two tokens', () => {
  const venues = { alpha: rows({ 'LUNA-USD': '0.00006010', 'LUNA2-USD': '0.1510' }), beta: rows({ 'LUNA-USDT': '0.1509', 'LUNC-USDT': '0.0000601' }) }

  test.each([{ assets: {} }, { assets: { alpha: ['LUNA', 'LUNC'], beta: ['LUNA', 'LUNC'] } }])(
    'is told apart at each venue: %j',
    async ({ assets }) => {
      const market = await openMarket(venues, { assets })
      const price = async (query: string): Promise<unknown> => (await market.get(`/price?asset=${query}`)).body.price_text
      expect([await price('luna&source=alpha'), await price('lunc&source=alpha')]).toEqual(['0.1510', '0.00006010'])
      expect([await price('luna&source=beta'), await price('lunc&source=beta')]).toEqual(['0.1509', '0.0000601'])
      expect([await price('luna'), await price('lunc')]).toEqual(['0.1510', '0.00006010'])
    },
  )

  test('leaves the ticker without any token at a venue that means another one by it', async () => {
    const market = await openMarket({ alpha: rows({ 'LUNA-USD': '0.00006010' }) })
    expect((await market.get('/price?asset=luna')).body).toMatchObject({ error: { code: 'TRN_ASSET_UNKNOWN' } })
    expect((await market.get('/price?asset=lunc')).body).toMatchObject({ price_text: '0.00006010' })
  })
})
