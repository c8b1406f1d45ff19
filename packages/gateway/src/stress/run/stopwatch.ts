import { monotonicMs, systemClock } from '@trinity/core'

/** Time as a run sees it; tests put their own in its place. */
export interface Stopwatch {
  /** Milliseconds on a clock that is never set; its zero means nothing. */
  elapsedMs(): number
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void
}

/** The machine's own. */
export const systemStopwatch: Stopwatch = {
  elapsedMs: monotonicMs,
  after: (delayMs, action) => systemClock.after(delayMs, action),
}
