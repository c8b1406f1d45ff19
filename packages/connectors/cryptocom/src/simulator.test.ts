import { readFixtures, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { cryptocomSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))

// There is no free recording of the present protocol.
describe('the simulator of cryptocom speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(cryptocomSimulator, { fixtures })) test(name, run)
})
