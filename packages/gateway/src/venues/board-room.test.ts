import { expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

const list = 'http://alpha.test/list'
const rowsOf = (...symbols: readonly string[]): object => ({ rows: symbols.map((s) => ({ s, on: true, p: '5' })) })
const onDemand = ['A-USD', 'B-USD', 'C-USD']

async function answer(market: FakeMarket, asset: string): Promise<unknown> {
  const { status, body } = await market.get(`/price?asset=${asset}`)
  return status === 200 ? body.price_text : [status, (body.error as { code: string }).code]
}

test('assets on demand leave room for the configured ones, and one too many is refused with a code', async () => {
  const market = await openFakeMarket(
    { connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC', 'ETH'] }, parameters: { onDemandListings: 2 } },
    { [list]: rowsOf('BTC-USD', ...onDemand), 'http://alpha.test/last': rowsOf('BTC-USD', 'ETH-USD', ...onDemand) },
  )
  onTestFinished(market.stop)
  expect([await answer(market, 'a'), await answer(market, 'b')]).toEqual(['5', '5'])
  expect(await answer(market, 'c')).toEqual([503, 'TRN_OVERLOADED'])
  expect([await answer(market, 'a'), await answer(market, 'eth')]).toEqual(['5', [404, 'TRN_ASSET_UNKNOWN']])
  market.rest.set(list, rowsOf('BTC-USD', 'ETH-USD', ...onDemand))
  await market.clock.advanceAsync(240_000)
  expect([await answer(market, 'btc'), await answer(market, 'eth'), await answer(market, 'a')]).toEqual(['5', '5', '5'])
})

test('configured assets that all change their symbols at once find room beside a full board', async () => {
  const assets = { alpha: ['BTC', 'ETH'] }
  const market = await openFakeMarket(
    { connectors: [testConnector({ name: 'alpha', quotes: ['USD', 'EUR'] })], assets, parameters: { onDemandListings: 1 } },
    { [list]: rowsOf('BTC-USD', 'ETH-USD', 'A-USD'), 'http://alpha.test/last': rowsOf('A-USD', 'BTC-EUR', 'ETH-EUR') },
  )
  onTestFinished(market.stop)
  expect(await answer(market, 'a')).toBe('5')
  market.rest.set(list, rowsOf('BTC-EUR', 'ETH-EUR', 'A-USD'))
  await market.clock.advanceAsync(25 * 3_600_000)
  expect(market.gateway.directory.list('alpha').map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(['BTC-EUR', 'ETH-EUR']) as string[])
})

test('a venue that stands in for another takes no room that there isn’t, and the old price stays', async () => {
  const market = await openFakeMarket(
    {
      connectors: [testConnector({ name: 'alpha' }), testConnector({ name: 'beta' })],
      assets: { alpha: ['BTC'] },
      parameters: { onDemandListings: 0 },
    },
    { [list]: rowsOf('BTC-USD'), 'http://beta.test/list': rowsOf('BTC-USD'), 'http://beta.test/last': rowsOf('BTC-USD') },
  )
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '4')
  await market.clock.advanceAsync(31_000)
  expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '4', stale: true })
  expect(market.requestsTo('http://beta.test/last')).toBe(0)
})
