import { readFixtures, readVenueRecordings, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { okxSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))
const recordings = readVenueRecordings(new URL('../../../../', import.meta.url), 'okx', ['v5-2022-05-13', 'literals-v5-2021-2023'])

describe('the simulator of okx speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(okxSimulator, { fixtures, recordings })) test(name, run)
  test('there are recordings to compare with', ({ skip }) => skip(recordings === undefined, 'none here'))
})
