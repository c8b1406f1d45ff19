import { readFixtures, simulatorChecks } from '@trinity/core/testing'
import { describe, test } from 'vitest'
import { coinbaseSimulator } from './simulator.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))

// There is no free recording of the present protocol.
describe('the simulator of coinbase speaks as the venue does', () => {
  for (const { name, run } of simulatorChecks(coinbaseSimulator, { fixtures })) test(name, run)
})
