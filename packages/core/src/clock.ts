/** Time as the engine sees it; tests put their own in its place. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void
}

/** The machine's own clock. Its timers keep the process alive until they are cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Runs `action` every `periodMs` until the returned function is called. */
export function every(clock: Clock, periodMs: number, action: () => void): () => void {
  let cancel = clock.after(periodMs, function again() {
    cancel = clock.after(periodMs, again)
    action()
  })
  return () => cancel()
}

/** A number in [0, 1); injected wherever chance decides. */
export type Random = () => number
