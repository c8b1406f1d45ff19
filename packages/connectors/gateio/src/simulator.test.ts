import { readFixtures, readVenueRecordings, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { gateioSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))
const recordings = readVenueRecordings(new URL('../../../../', import.meta.url), 'gateio', ['v4-2021-04-22', 'literals-v4-2023-2025'])

describe('the simulator of gateio speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(gateioSimulator, { fixtures, recordings })) test(name, run)
  test('there are recordings to compare with', ({ skip }) => skip(recordings === undefined, 'none here'))
})
