import { defaultBackoff } from '../../feed/backoff.ts'
import { FeedSupervisor } from '../../feed/supervisor.ts'
import { FakeClock } from '../../testing/fake/fake-clock.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import type { SimulatorDialect } from '../dialect.ts'
import { findFault } from '../fault/fault-table.ts'
import { simulatedTransport } from '../transport.ts'
import { SimulatedVenue } from '../venue.ts'
import { passedLimits } from '../run/passed-limits.ts'
import { marketSymbol } from '../run/answer-check.ts'
import { usualAssets } from '../run/run-fault.ts'

/** Many clients that are cut at once. */
export interface StormRun {
  readonly dialects: readonly SimulatorDialect[]
  /** Processes with a connection to each venue. */
  readonly nodes: number
  readonly seed: number
  /** How long every venue refuses connections. */
  readonly refusedMs: number
}

/** What a storm looked like from the venues. */
export interface StormReport {
  /** Where a node went past a venue's limits. */
  readonly passedLimits: readonly string[]
  /** Waits before attempts, each as a share of the longest that it could be. */
  readonly waits: readonly number[]
  /** Most connections that a venue saw from all nodes within a second. */
  readonly mostInASecond: number
  /** From the end of the refusal until the last connection was open; Infinity when one never was. */
  readonly backMs: number
}

const warmUpMs = 10_000

/** Cuts every connection of every node at once, refuses new ones for a while, and watches how they come back. */
export function runStorm({ dialects, nodes, seed, refusedMs }: StormRun): StormReport {
  const clock = new FakeClock()
  const waits: number[] = []
  const openedAt: number[] = []
  const clients = dialects.flatMap((dialect, d) =>
    Array.from({ length: nodes }, (_, n) => {
      const own = (seed * dialects.length + d) * nodes + n
      const symbols = usualAssets.map((asset) => marketSymbol(dialect, asset))
      // Each node has a door of its own to the venue, so that its connections are counted apart from those of the others.
      const venue = new SimulatedVenue({ dialect, symbols, clock, seed: own })
      const feed = new FeedSupervisor(dialect.connector, { transport: simulatedTransport([venue], clock), clock, random: seededRandom(own) })
      const client = openedAt.push(Infinity) - 1
      let cuts = 0
      feed.on('open', () => {
        openedAt[client] = clock.now()
      })
      feed.on('cut', (_symbols, _reason, retryInMs) => {
        openedAt[client] = Infinity
        waits.push(retryInMs / Math.min(defaultBackoff.capMs, defaultBackoff.baseMs * 2 ** cuts++))
      })
      venue.start()
      feed.setSymbols(symbols)
      return { dialect, venue, feed }
    }),
  )
  clock.advance(warmUpMs)
  const cutAt = clock.now()
  for (const { venue } of clients) venue.setFault(findFault('cut'), refusedMs)
  clock.advance(refusedMs)
  const endedAt = clock.now()
  clock.advance(2 * defaultBackoff.capMs)
  const mostInASecond = dialects.map((dialect) =>
    mostWithin(
      clients.filter((client) => client.dialect === dialect).flatMap(({ venue }) => venue.log.connects.filter((at) => at >= cutAt)),
      1000,
    ),
  )
  for (const { venue, feed } of clients) {
    feed.stop()
    venue.stop()
  }
  return {
    passedLimits: clients.flatMap(({ venue }) => passedLimits(venue)),
    waits,
    mostInASecond: Math.max(...mostInASecond),
    backMs: Math.max(...openedAt) - endedAt,
  }
}

function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  let most = 0
  let from = 0
  for (const [i, time] of sorted.entries()) {
    while ((sorted[from] ?? 0) <= time - windowMs) from++
    most = Math.max(most, i - from + 1)
  }
  return most
}

/**
 * How likely numbers of [0, 1) that are spread evenly would lie as unevenly as these, by the test of Kolmogorov and Smirnov.
 * https://en.wikipedia.org/wiki/Kolmogorov%E2%80%93Smirnov_test
 */
export function evenness(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const n = sorted.length
  const distance = Math.max(...sorted.map((x, i) => Math.max((i + 1) / n - x, x - i / n)))
  const scaled = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * scaled * scaled)
  return scaled < 0.2 ? 1 : Math.min(1, Math.max(0, sum))
}
