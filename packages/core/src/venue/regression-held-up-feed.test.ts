import { expect, test } from 'vitest'
import type { Fault } from '../simulation/fault/fault.ts'
import { findFault } from '../simulation/fault/fault-table.ts'
import { FaultRig } from '../simulation/run/fault-rig.ts'
import { plainSimulator } from '../simulation/run/plain-simulator.ts'
import { engineOf, marketOf } from '../simulation/run/run-fault.ts'
import { simulatedTransport } from '../simulation/transport.ts'
import { SimulatedVenue } from '../simulation/venue.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { seededRandom } from '../testing/seeded-random.ts'

/** Subscriptions of half a minute in which trades come later than they did, on connections that stay open. */
async function requestsWhile(fault: Fault, seed: number): Promise<number> {
  const clock = new FakeClock()
  const venue = new SimulatedVenue({ ...marketOf({ dialect: plainSimulator }), dialect: plainSimulator, clock, seed, tradesPerSecond: 0.3 })
  const { connector } = plainSimulator
  const rig = new FaultRig({ ...engineOf({}), connector, transport: simulatedTransport([venue], clock), clock, random: seededRandom(seed) })
  venue.start()
  rig.start()
  await clock.advanceAsync(60_000)
  const beganAt = clock.now()
  venue.setFault(fault)
  await clock.advanceAsync(30_000)
  rig.stop()
  venue.stop()
  const subscribes = venue.log.frames.filter(({ at, requests }) => at >= beganAt && requests.some(({ kind }) => kind === 'subscribe'))
  return subscribes.length
}

test('a symbol whose trades are held up on their way is not asked for again, one whose trades are missing is', async () => {
  const heldUp: Fault = { ...findFault('late'), behaviour: { late: { ms: 12_000, answers: 'late' } } }
  const counts = { heldUp: 0, muted: 0 }
  for (let seed = 1; seed <= 10; seed++) {
    counts.heldUp += await requestsWhile(heldUp, seed)
    counts.muted += await requestsWhile(findFault('symbol-mute'), seed)
  }
  expect(counts.heldUp).toBe(0)
  expect(counts.muted).toBeGreaterThan(0)
})
