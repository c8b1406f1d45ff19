import type { Outcome } from '../measure/ledger.ts'
import type { Stopwatch } from './stopwatch.ts'

/** Decides when requests come due. */
export interface Pace {
  start(): void
  /** A request has ended. */
  ended(outcome: Outcome): void
  /** Nothing comes due any more. Returns how many requests already had, but were not handed on. */
  stop(): number
}

/** Hands on a request that came due at `dueMs` by the stopwatch. */
export type OnDue = (dueMs: number) => void

/** How long a closed loop leaves a target alone in place of a lost request: a server that is down fails faster than any answers. */
const restMs = 100

/** Keeps so many requests outstanding: the end of one makes the next due. */
export function closedLoop(outstanding: number, stopwatch: Stopwatch, onDue: OnDue): Pace {
  let running = true
  const next = (): void => {
    if (running) onDue(stopwatch.elapsedMs())
  }
  return {
    start() {
      for (let i = 0; i < outstanding; i++) next()
    },
    ended(outcome) {
      if (!running) return
      if (outcome === 'lost') stopwatch.after(restMs, next)
      else next()
    },
    stop() {
      running = false
      return 0
    },
  }
}

/** How an open loop goes. */
export interface OpenLoopTerms {
  readonly ratePerSecond: number
  readonly mostOutstanding: number
  /** The first request comes due then. */
  readonly startsAtMs: number
  /** Nothing comes due at this moment or after. */
  readonly endsAtMs: number
}

/** Timers of the system are no finer. */
const tickMs = 1

/**
 * Makes requests due at even distances, whatever became of those before. While `mostOutstanding` are, the next ones wait; they
 * keep the times when they came due.
 */
export function openLoop(terms: OpenLoopTerms, stopwatch: Stopwatch, onDue: OnDue): Pace {
  const { ratePerSecond, mostOutstanding, startsAtMs, endsAtMs } = terms
  let running = true
  let handed = 0
  let ended = 0
  let cancel = (): void => {}
  const dueAtMs = (index: number): number => startsAtMs + (index * 1000) / ratePerSecond
  const hasCome = (index: number, now: number): boolean => dueAtMs(index) <= now && dueAtMs(index) < endsAtMs
  function hand(): void {
    if (!running) return
    const now = stopwatch.elapsedMs()
    while (handed - ended < mostOutstanding && hasCome(handed, now)) onDue(dueAtMs(handed++))
  }
  function tick(): void {
    cancel = stopwatch.after(tickMs, tick)
    hand()
  }
  return {
    start: tick,
    ended() {
      ended++
      if (handed - ended === mostOutstanding - 1) hand()
    },
    stop() {
      hand()
      running = false
      cancel()
      const now = stopwatch.elapsedMs()
      let missed = 0
      while (hasCome(handed + missed, now)) missed++
      return missed
    },
  }
}
