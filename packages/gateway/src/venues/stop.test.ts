import { expect, onTestFinished, test } from 'vitest'
import { openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

test('a normal stop warns of nothing, though readings wait for the limits of their venue', async () => {
  const market = await openFakeMarket(
    { connectors: [testConnector({ name: 'alpha', restLimit: { count: 1, perMs: 3_600_000 } })], assets: { alpha: ['BTC'] } },
    { 'http://alpha.test/list': { rows: [{ s: 'BTC-USD', on: true }] } },
  )
  onTestFinished(market.stop)
  await market.clock.advanceAsync(60_000)
  const before = [...market.log]
  await market.stop()
  await market.clock.advanceAsync(0)
  expect(market.log).toEqual(before)
})
