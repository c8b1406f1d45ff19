import type { SimulatorDialect } from '@trinity/core/simulation'
import { readFixtures, readVenueRecordings, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { krakenSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))
const { rest: oldRest } = readFixtures(new URL('../fixtures/old-names/', import.meta.url))
const recordings = readVenueRecordings(new URL('../../../../', import.meta.url), 'kraken', ['v2-2026-07-07'])

// https://docs.kraken.com/api/docs/websocket-v2/status and https://docs.kraken.com/api/docs/websocket-v2/ticker
const documented = [
  '{"channel":"status","type":"update","data":[{"version":"2.0.0","system":"maintenance","api_version":"v2","connection_id":12393906104898154338}]}',
  '{"channel":"ticker","type":"update","data":[{"symbol":"KSM/USD","bid":14.70,"bid_qty":3.10000000,"ask":14.73,"ask_qty":0.75,"last":14.72,"volume":9121.25,"vwap":14.60,"low":14.11,"high":15.02,"change":-0.20,"change_pct":-1.34,"timestamp":"2026-10-07T09:13:31.200000Z"}]}',
]

// A server that does not know the parameter answers as it does without one.
const older: SimulatorDialect = {
  ...krakenSimulator,
  rest: (path, market) => krakenSimulator.rest(path.replace('?assetVersion=1', ''), market),
}
const olderFixtures = oldRest === undefined ? fixtures : { ...fixtures, rest: oldRest }
const olderChecks = simulatorChecks(older, { fixtures: olderFixtures }).filter(({ name }) => /rest/i.test(name))

describe('the simulator of kraken speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(krakenSimulator, { fixtures, recordings, documented })) test(name, run)
  for (const { name, run } of olderChecks) test(`older names: ${name}`, run)
  test('there are recordings to compare with', ({ skip }) => skip(recordings === undefined, 'none here'))
})
