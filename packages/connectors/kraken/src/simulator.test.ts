import { readFixtures, readVenueRecordings, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { krakenSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))
const recordings = readVenueRecordings(new URL('../../../../', import.meta.url), 'kraken', ['v2-2026-07-07'])

// https://docs.kraken.com/api/docs/websocket-v2/status
const documented = [
  '{"channel":"status","type":"update","data":[{"version":"2.0.0","system":"maintenance","api_version":"v2","connection_id":12393906104898154338}]}',
]

describe('the simulator of kraken speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(krakenSimulator, { fixtures, recordings, documented })) test(name, run)
  test('there are recordings to compare with', ({ skip }) => skip(recordings === undefined, 'none here'))
})
