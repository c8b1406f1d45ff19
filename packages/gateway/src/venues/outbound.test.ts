import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT'] })

const listings = {
  'http://alpha.test/list': { rows: ['BTC', 'ETH', 'OLD', 'NEW'].map((asset) => ({ s: `${asset}-USD`, on: true })) },
  'http://beta.test/list': { rows: [{ s: 'BTC-USDT', on: true }] },
}

/** BTC at two venues; OLD has a price that is too old to be served, NEW none. */
async function openMarket(): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha, beta], assets: { alpha: ['BTC', 'ETH', 'OLD', 'NEW'], beta: ['BTC'] } }, listings)
  onTestFinished(market.stop)
  market.trade('alpha', 'OLD-USD', '1', { at: market.clock.now() - 400_000 })
  market.trade('alpha', 'BTC-USD', '5')
  market.trade('alpha', 'ETH-USD', '6')
  market.trade('beta', 'BTC-USDT', '5')
  return market
}

/** Sends all requests, at most 50 at once; gives back how often each status came. */
async function countStatuses(market: FakeMarket, paths: readonly string[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (let from = 0; from < paths.length; from += 50) {
    for (const { status } of await Promise.all(paths.slice(from, from + 50).map((path) => market.get(path))))
      counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

describe('nothing goes out to a venue', () => {
  test('for 1,000 requests for listed assets, whether they have a fresh price, an old one or none', async () => {
    const market = await openMarket()
    const before = market.transport.outgoing
    const paths = [
      '/price?asset=btc',
      '/price?asset=eth',
      '/price?asset=old',
      '/price?asset=new',
      '/price?asset=btc&quote=USDT',
      '/price?asset=btc&source=beta',
      '/price?asset=eth&max_age=0',
    ]
    const counts = await countStatuses(
      market,
      Array.from({ length: 1001 }, (_, i) => paths[i % paths.length] ?? ''),
    )
    expect(counts).toEqual({ 200: 715, 503: 286 })
    expect((await market.post('/prices', { assets: ['btc', 'eth', 'old', 'new'] })).body.count).toBe(2)
    expect(market.transport.outgoing).toEqual(before)
  })

  test('for listed assets while their feed is down and their venue does not answer', async () => {
    const market = await openMarket()
    market.socket('alpha').close()
    const before = market.transport.outgoing
    await countStatuses(
      market,
      Array.from({ length: 100 }, () => '/price?asset=btc'),
    )
    expect(market.transport.outgoing).toEqual(before)
  })

  test('for assets, quotes and venues that the listings of the venues do not know', async () => {
    const market = await openMarket()
    const before = market.transport.outgoing
    const paths = ['/price?asset=nosuch', '/price?asset=eth&quote=EUR', '/price?asset=eth&source=beta', '/price?asset=btc&source=nosuch']
    expect(
      await countStatuses(
        market,
        Array.from({ length: 200 }, (_, i) => paths[i % paths.length] ?? ''),
      ),
    ).toEqual({ 404: 150, 400: 50 })
    expect(market.transport.outgoing).toEqual(before)
  })

  test('for unknown assets while no listing has been read', async () => {
    const market = await openFakeMarket({ connectors: [alpha], assets: { alpha: ['BTC'] } })
    onTestFinished(market.stop)
    const before = market.transport.outgoing
    expect(
      await countStatuses(
        market,
        Array.from({ length: 50 }, (_, i) => `/price?asset=x${i}`),
      ),
    ).toEqual({ 503: 50 })
    expect(market.transport.outgoing).toEqual(before)
  })

  test('for status pages, refused requests and wrong keys', async () => {
    const market = await openMarket()
    const before = market.transport.outgoing
    await countStatuses(market, ['/live', '/ready', '/health', '/exchanges', '/openapi.json', '/docs', '/nosuch', '/price'])
    await market.get('/price?asset=nosuch', { authorization: 'Bearer wrong' })
    expect(market.transport.outgoing).toEqual(before)
  })
})
