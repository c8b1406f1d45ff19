import { expect, onTestFinished, test } from 'vitest'
import { openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'

test('a symbol settled by hand stands in place of the one that the listing would decide', async () => {
  const beta = testConnector({ name: 'beta', quotes: ['USDT', 'USD'] })
  const listed = { rows: ['TETH-USDT', 'TETH-USD', 'SOL-USDT'].map((s) => ({ s, on: true })) }
  const market = await openFakeMarket(
    { connectors: [beta], assets: { beta: ['TETH', 'SOL'] }, fixedListings: { beta: [{ asset: 'TETH', symbol: 'TETH-USD', currency: 'USD' }] } },
    { 'http://beta.test/list': listed },
  )
  onTestFinished(market.stop)
  const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
  expect(exchanges[0]?.listings.map(({ asset, symbol, currency }) => `${asset} ${symbol} ${currency}`)).toEqual([
    'TETH TETH-USD USD',
    'SOL SOL-USDT USDT',
  ])
})
