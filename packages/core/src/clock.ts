import { performance } from 'node:perf_hooks'

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

/** From this thread's own zero to the one that all threads of the process share. */
const sharedOffsetMs = measureOffsetMs()

/** Of several readings the closest: between two of them a busy machine may let the thread wait for milliseconds. */
function measureOffsetMs(): number {
  let closestMs = Infinity
  let offsetMs = 0
  for (let reading = 0; reading < 20; reading++) {
    const before = performance.now()
    const [seconds, nanoseconds] = process.hrtime()
    const after = performance.now()
    if (after - before >= closestMs) continue
    closestMs = after - before
    offsetMs = seconds * 1000 + nanoseconds / 1e6 - (before + after) / 2
  }
  return offsetMs
}

/** Milliseconds on a clock that is never set and that all threads of the process share; its zero means nothing. */
export function monotonicMs(): number {
  return performance.now() + sharedOffsetMs
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
