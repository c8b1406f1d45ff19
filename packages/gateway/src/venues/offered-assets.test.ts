import { expect, test } from 'vitest'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { defaultConnectors } from '../connectors.ts'
import { prewarmedAssets } from '../settings/assets.ts'
import { offeredAssets } from './offered-assets.ts'
import { symbolCandidates } from '@trinity/core'

test('tickers are read back from the symbols of every venue', () => {
  for (const connector of defaultConnectors) {
    const assets = prewarmedAssets[connector.name] ?? []
    const symbols = assets.map((asset) => symbolCandidates(connector, asset)[0]?.symbol ?? '')
    expect([...offeredAssets(connector, new Set(symbols))]).toEqual(expect.arrayContaining([...assets]))
  }
})

test('what is no ticker, or would lead to another symbol, is left out', () => {
  const connector = testConnector({ name: 'alpha', quotes: ['USD', 'EUR'], renames: { NANO: ['XNO'] } })
  const symbols = new Set(['BTC-USD', 'ETH-EUR', 'btc-USD', 'A_B-USD', '-USD', 'DOGE-GBP', 'XNO-USD', `${'X'.repeat(16)}-USD`])
  expect(offeredAssets(connector, symbols)).toEqual(new Set(['BTC', 'ETH', 'XNO', 'NANO']))
})
