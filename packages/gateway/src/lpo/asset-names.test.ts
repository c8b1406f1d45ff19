import { AssetNames } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askText } from '../../test-support/ask-text.fixture.ts'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { openSse, waitFor } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'
import { exchangesAnswer } from './schemas.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT'] })

const names = new AssetNames([
  { asset: 'TON', aliases: ['GRAM'] },
  { asset: 'MATIC', successor: 'POL' },
])

const listOf = (...symbols: readonly string[]): object => ({ rows: symbols.map((s) => ({ s, on: true })) })
const lists = { 'http://alpha.test/list': listOf('BTC-USD', 'GRAM-USD'), 'http://beta.test/list': listOf('POL-USDT') }

async function openMarket(rest: Readonly<Record<string, unknown>> = lists, options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha, beta], assets: { alpha: ['BTC', 'TON'] }, names, ...options }, rest)
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5')
  return market
}

describe('a renamed asset', () => {
  test('answers the same price under each of its names, and the response carries the one that was asked for', async () => {
    const market = await openMarket()
    market.trade('alpha', 'GRAM-USD', '1.550')
    for (const name of ['gram', 'TON', 'GRAM', 'ton']) {
      for (const end of ['', '&']) {
        const { body } = await market.get(`/price?asset=${name}${end}`)
        expect(body).toMatchObject({ asset: name.toUpperCase(), price_text: '1.550', source: 'alpha-ws' })
      }
    }
    const { body } = await market.post('/prices', { assets: ['gram', 'btc', 'ton'] })
    const prices = body.prices as readonly Record<string, unknown>[]
    expect(prices.map(({ asset, price_text: price }) => `${String(asset)} ${String(price)}`)).toEqual(['GRAM 1.550', 'BTC 5', 'TON 1.550'])
  })

  test('is streamed under each of its names', async () => {
    const market = await openMarket()
    const reader = await openSse(`${market.url}/stream?assets=gram,ton`)
    await reader.next('snapshot')
    market.trade('alpha', 'GRAM-USD', '1.560')
    await waitFor(() => reader.messages.filter(({ kind }) => kind === 'price').length === 2)
    const prices = reader.messages.filter(({ kind }) => kind === 'price').map(({ body }) => `${String(body.asset)} ${String(body.price_text)}`)
    expect(prices).toEqual(['TON 1.560', 'GRAM 1.560'])
  })

  test('shows its other names in /exchanges', async () => {
    const market = await openMarket()
    const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
    expect(exchanges[0]?.listings.map(({ asset, aliases, symbol }) => [asset, aliases, symbol])).toEqual([
      ['BTC', [], 'BTC-USD'],
      ['TON', ['GRAM'], 'GRAM-USD'],
    ])
  })
})

describe('an asset that was swapped into another one', () => {
  const successor = 'POL'
  const message = expect.stringMatching(/^No venue lists MATIC.* POL in its place/) as string

  test('is unknown, with its successor named', async () => {
    const market = await openMarket()
    const answer = await market.get('/price?asset=matic')
    expect(answer.body).toMatchObject({ status_code: 404, error: { code: 'TRN_ASSET_UNKNOWN', message, successor } })
    expect((await market.get('/price?asset=nosuch')).body.error).not.toHaveProperty('successor')
    const { body } = await market.post('/prices', { assets: ['btc', 'matic'] })
    expect(body.errors).toEqual([{ asset: 'MATIC', code: 'TRN_ASSET_UNKNOWN', message, successor }])
  })

  test('names its successor in a stream', async () => {
    const market = await openMarket()
    const reader = await openSse(`${market.url}/stream?assets=btc,matic`)
    expect((await reader.next('snapshot')).errors).toEqual([{ asset: 'MATIC', code: 'TRN_ASSET_UNKNOWN', message, successor }])
    expect((await market.get('/stream?assets=matic')).body).toMatchObject({ status_code: 404, error: { successor } })
  })

  test.each([0, 1])('names its successor to those who ask over UDP in JSON, with %i serving threads', async (serveWorkers) => {
    const market = await openMarket(lists, { udp: { transport: 'dgram', textMode: true }, udpPort: 0, serveWorkers })
    expect((await askText(market, 'matic')).error).toEqual({ code: 'TRN_ASSET_UNKNOWN', message, successor })
    expect((await askText(market, 'nosuch')).error).not.toHaveProperty('successor')
  })

  test('has a price where a venue trades it now', async () => {
    const market = await openMarket({ ...lists, 'http://alpha.test/list': listOf('BTC-USD', 'GRAM-USD', 'MATIC-USD') })
    market.rest.set('http://alpha.test/last', { rows: [{ s: 'MATIC-USD', p: '0.4' }] })
    expect((await market.get('/price?asset=matic')).body).toMatchObject({ asset: 'MATIC', price_text: '0.4' })
  })
})

describe('while a listing has not been read', () => {
  const { 'http://alpha.test/list': alphaList } = lists

  test('an asset that no other venue lists is not known yet, later it is unknown', async () => {
    const market = await openMarket({ 'http://alpha.test/list': alphaList })
    const early = await market.get('/price?asset=nosuch')
    expect(early.body).toMatchObject({
      status_code: 503,
      error: { code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringMatching(/the listings of beta have not been read/) as string },
    })
    expect(early.headers.get('retry-after')).toBe('2')
    expect((await market.post('/prices', { assets: ['nosuch'] })).body.errors).toMatchObject([{ asset: 'NOSUCH', code: 'TRN_PRICE_UNAVAILABLE' }])
    await market.clock.advanceAsync(60_000)
    const late = await market.get('/price?asset=nosuch')
    expect(late.body).toMatchObject({
      status_code: 404,
      error: { code: 'TRN_ASSET_UNKNOWN', message: expect.stringMatching(/listings of beta could not be read/) as string },
    })
  })

  test('what it says nothing about is answered at once: other venues, and currencies that nobody has', async () => {
    const market = await openMarket({ 'http://alpha.test/list': alphaList })
    const codeOf = async (query: string): Promise<unknown> => ((await market.get(`/price?asset=${query}`)).body.error as Record<string, unknown>).code
    expect(await codeOf('nosuch&source=alpha')).toBe('TRN_ASSET_UNKNOWN')
    expect(await codeOf('nosuch&source=beta')).toBe('TRN_PRICE_UNAVAILABLE')
    expect(await codeOf('btc&quote=EUR')).toBe('TRN_QUOTE_UNAVAILABLE')
    expect(await codeOf('btc&quote=USDT')).toBe('TRN_PRICE_UNAVAILABLE')
  })

  test('an asset that is configured is no stranger', async () => {
    const market = await openMarket({})
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '5' })
    expect((await market.get('/price?asset=ton')).body).toMatchObject({
      error: { message: expect.stringMatching(/^No price of TON has arrived/) as string },
    })
  })
})
