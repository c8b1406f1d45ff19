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
    let timer: NodeJS.Timeout
    const wait = (leftMs: number): void => {
      timer = setTimeout(() => (leftMs > longestTimerMs ? wait(leftMs - longestTimerMs) : action()), Math.min(leftMs, longestTimerMs))
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}

/** A longer timer would fire at once. */
const longestTimerMs = 2 ** 31 - 1

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
