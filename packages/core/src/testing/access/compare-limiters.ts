import { Gate, verdict } from '../../access/gate.ts'
import { KeyTable } from '../../access/key-table.ts'
import type { Random } from '../../clock.ts'
import { ExactLimiter } from './exact-limiter.ts'
import { keyEntry, testPlan } from './key-entries.ts'

/** What a comparison with the oracle found. */
export interface LimiterComparison {
  readonly arrivals: number
  readonly admitted: number
  readonly disagreements: number
  /** The first disagreement, in words. */
  readonly example: string
}

/** Plans of the product, of its seeded keys, and rates that divide a second badly. */
const rates = [1, 2, 3, 7, 10, 50, 60, 97, 100, 127, 128, 300, 500, 999, 1000, 12_800, 28_979, 44_100, 100_000, 640_000, 999_936, 1_000_000]

const dayUs = 86_400_000_000
const longestIdleUs = 10 * dayUs
/** Idle times and all, ten years have not passed by the last arrival. */
const latestStartUs = 8 * 365 * dayUs

/** Asks a gate and the oracle the same: many keys, one after another, arrivals that crowd around the moments where a request just passes. */
export function compareLimiters(arrivals: number, random: Random): LimiterComparison {
  const perKey = 500
  let [admitted, disagreements, example] = [0, 0, '']
  for (let done = 0; done < arrivals; done += perKey) {
    const rate = pick(rates, random)
    const burst = random() < 0.3 ? 1 : 1 + Math.floor(random() ** 3 * 2000)
    const table = new KeyTable(1)
    const row = table.put(keyEntry('k', { plan: testPlan(rate, burst) }))
    const gate = new Gate(table.buffer)
    const oracle = new ExactLimiter(rate, burst)
    let us = Math.floor(random() ** 4 * latestStartUs)
    for (let i = 0; i < perKey; i++) {
      us = nextArrival(us, oracle, rate, random)
      const expected = oracle.admit(us)
      const found = gate.admit(row, us / 1000, 0) === verdict.admitted
      if (expected) admitted++
      if (expected === found) continue
      disagreements++
      if (example === '') example = `${rate} a second, burst ${burst}, at ${us} us: ${found ? 'admitted' : 'refused'}, arrival ${i}`
    }
  }
  return { arrivals, admitted, disagreements, example }
}

function nextArrival(us: number, oracle: ExactLimiter, rate: number, random: Random): number {
  const intervalUs = 1_000_000 / rate
  const chance = random()
  if (chance < 0.35) return us
  if (chance < 0.55) return us + Math.floor(random() * 2 * intervalUs)
  // The last microsecond that must be refused, the first that must be admitted, and the one after.
  if (chance < 0.95) return Math.max(us, oracle.nextUs(us) + Math.floor(random() * 3) - 1)
  if (chance < 0.98) return us + Math.floor(random() * 100 * intervalUs)
  return us + Math.floor(random() ** 4 * longestIdleUs)
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item
}
