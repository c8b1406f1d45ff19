import { readFixtures, readVenueRecordings, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { geminiSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))
const recordings = readVenueRecordings(new URL('../../../../', import.meta.url), 'gemini', ['literals-ws-2026-07'])

describe('the simulator of gemini speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(geminiSimulator, { fixtures, recordings })) test(name, run)
  test('there are recordings to compare with', ({ skip }) => skip(recordings === undefined, 'none here'))
})
