import { readFixtures, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { coinbaseSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))

// https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels#ticker-channel
const documented = [
  '{"channel":"ticker","timestamp":"2026-10-08T14:06:01.300000000Z","sequence_num":14,"events":[{"type":"update","tickers":[{"type":"ticker","product_id":"DASH-USD","price":"31.20","volume_24_h":"90212.25","low_24_h":"30.4","high_24_h":"31.90","low_52_w":"17.5","high_52_w":"61","price_percent_chg_24_h":"1.25","best_bid":"31.19","best_ask":"31.22","best_bid_quantity":"2.5","best_ask_quantity":"0.20"}]}]}',
]

// There is no free recording of the present protocol.
describe('the simulator of coinbase speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(coinbaseSimulator, { fixtures, documented })) test(name, run)
})
