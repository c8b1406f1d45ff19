import { KeyTable } from '../../access/key-table.ts'
import type { Random } from '../../clock.ts'
import { runCrowd } from './crowd.ts'
import type { CrowdReport, CrowdRound } from './crowd-worker.ts'
import { keyEntry, testPlan } from './key-entries.ts'

function totalsOf(reports: readonly CrowdReport[], rounds: number): readonly number[] {
  return Array.from({ length: rounds }, (_, round) => reports.reduce((sum, report) => sum + (report.admitted[round] ?? 0), 0))
}

/**
 * Admissions of each round in which all threads empty one full bucket at one moment, `step` units after the one before. Steps of 2³² let
 * the cell carry in the middle of each round, and bring its lower word back to where it was.
 */
export async function emptyBuckets(threads: number, rounds: number, burst: number, step: number): Promise<readonly number[]> {
  const table = new KeyTable(1)
  const row = table.put(keyEntry('k', { plan: testPlan(100, burst) }))
  // At 100 a second a microsecond is one unit and a request 10,000.
  const moments = Array.from({ length: rounds }, (_, round): CrowdRound => {
    const us = (round + 1) * step - Math.floor(burst / 2) * 10_000
    return { kind: 'moment', row, monotonicMs: us / 1000, nowMs: 0 }
  })
  return totalsOf(await runCrowd(threads, { buffer: table.buffer, rounds: moments }), rounds)
}

/** Admissions of a month and then of each round in which all threads use up one month's quota while it turns. */
export async function useUpMonths(threads: number, months: number, quota: number): Promise<readonly number[]> {
  const table = new KeyTable(1)
  const row = table.put(keyEntry('k', { plan: testPlan(1_000_000, 1_000_000, quota) }))
  const before: CrowdRound = { kind: 'moment', row, monotonicMs: 1e6, nowMs: Date.UTC(2026, 0) - 1 }
  const turns = Array.from({ length: months }, (_, month): CrowdRound => {
    const turnMs = Date.UTC(2026, month)
    return { kind: 'turn', row, monotonicMs: (month + 2) * 1e6, turnMs, lead: quota }
  })
  return totalsOf(await runCrowd(threads, { buffer: table.buffer, rounds: [before, ...turns] }), months + 1)
}

/** How one rate and burst stood up to threads that asked without a pause. */
export interface Saturation {
  readonly rate: number
  readonly burst: number
  readonly admitted: number
  /** Admissions above burst + rate × length of the worst window of any length; 0 or less when the limit held. */
  readonly excess: number
  /** Share of burst + rate × time that was admitted; what ran over while no thread had a core to ask on is left out. */
  readonly share: number
}

/** Saturates keys of random rate and burst, one after another. */
export async function saturate(threads: number, pairs: number, forMs: number, random: Random): Promise<readonly Saturation[]> {
  const table = new KeyTable(pairs)
  const limits = Array.from({ length: pairs }, () => {
    const rate = Math.ceil(10 ** (0.7 + random() * 3))
    return { rate, burst: Math.ceil(rate * 0.5 * random()) }
  })
  const rounds = limits.map(({ rate, burst }, index): CrowdRound => ({
    kind: 'while',
    row: table.put(keyEntry(`k${index}`, { plan: testPlan(rate, burst) })),
    forMs,
  }))
  const reports = await runCrowd(threads, { buffer: table.buffer, rounds })
  return limits.map(({ rate, burst }, round) => {
    const times = reports.flatMap((report) => [...(report.times[round] ?? [])]).toSorted((a, b) => a - b)
    const offered =
      burst +
      offeredAfterBurst(
        reports.map(({ spans }) => spans[round] ?? []),
        rate,
        burst,
      )
    return { rate, burst, admitted: times.length, excess: worstExcess(times, rate) - burst, share: (times.length + 1) / offered }
  })
}

type Span = readonly [number, number]

/** What a bucket gives to threads that take all they get: the refill of all the time, less what overflows where all of them pause at once. */
function offeredAfterBurst(threads: readonly (readonly Span[])[], rate: number, burst: number): number {
  const startUs = Math.min(...threads.map(([whole]) => whole?.[0] ?? 0))
  const endUs = Math.max(...threads.map(([whole]) => whole?.[1] ?? 0))
  // A thread that came later or left earlier asked nothing outside of its time.
  const pauses = threads.map(([whole, ...inside]): readonly Span[] => [[startUs, whole?.[0] ?? endUs], ...inside, [whole?.[1] ?? startUs, endUs]])
  const [first = [], ...others] = pauses
  const common = others.reduce(
    (left, right) => left.flatMap((a) => right.map((b): Span => [Math.max(a[0], b[0]), Math.min(a[1], b[1])]).filter(([from, to]) => to > from)),
    first,
  )
  const lost = common.map(([from, to]) => Math.max(0, ((to - from) * rate) / 1e6 - burst))
  return ((endUs - startUs) * rate) / 1e6 - lost.reduce((sum, part) => sum + part, 0)
}

/** The most that any window, of any length and with both ends in it, holds above rate × length. Times are sorted microseconds. */
function worstExcess(times: readonly number[], rate: number): number {
  const first = times[0] ?? 0
  let [worst, lowest] = [0, Infinity]
  for (const [index, time] of times.entries()) {
    // In millionths of a request, so that all are whole numbers.
    const level = index * 1_000_000 - (time - first) * rate
    lowest = Math.min(lowest, level)
    worst = Math.max(worst, level - lowest + 1_000_000)
  }
  return worst / 1_000_000
}
