import { TrinityError } from '@trinity/core'
import { type Spread, spreadOf } from './statistics.ts'

/** Something whose rate is measured. */
export interface Contestant {
  /** Work done by one pass, in the unit of the rate. */
  readonly unitsPerPass: number
  /** Does the work once; the count it gives must be the same each time. */
  pass(): number
}

export interface RoundPlan {
  readonly rounds: number
  /** CPU time of one contestant in one round, at least one pass. */
  readonly sliceMs: number
  /** CPU time of each contestant before the first round. */
  readonly warmUpMs: number
}

/**
 * Units per CPU-second of this process (all threads, user and system) of each contestant. The rounds are interleaved,
 * A B C, A B C, so that a neighbour on the machine slows all of them alike.
 */
export function measureRounds<C extends Contestant>(contestants: readonly C[], plan: RoundPlan): Map<C, Spread> {
  for (const contestant of contestants) measureSlice(contestant, plan.warmUpMs)
  const rates = new Map<C, number[]>(contestants.map((contestant) => [contestant, []]))
  for (let round = 0; round < plan.rounds; round++) {
    for (const [contestant, figures] of rates) figures.push(measureSlice(contestant, plan.sliceMs))
  }
  return new Map(Array.from(rates, ([contestant, figures]) => [contestant, spreadOf(figures)]))
}

function measureSlice(contestant: Contestant, sliceMs: number): number {
  const start = process.cpuUsage()
  const expected = contestant.pass()
  let passes = 1
  let cpuMicros = cpuMicrosSince(start)
  while (cpuMicros < sliceMs * 1000) {
    if (contestant.pass() !== expected) throw new TrinityError('TRN_INTERNAL', 'A pass over the same work gave another count, so the run is void.')
    passes++
    cpuMicros = cpuMicrosSince(start)
  }
  return Math.round((passes * contestant.unitsPerPass * 1e6) / cpuMicros)
}

function cpuMicrosSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return user + system
}
