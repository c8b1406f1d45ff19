import { performance } from 'node:perf_hooks'

/** Time as the engine sees it; tests put their own in its place. */
export interface Clock {
  /**
   * Milliseconds on a clock that is never set: what the machine's clock said at the start, and what has passed since. All ages, waits and
   * limits are measured on it, so it may differ from {@link wall} after somebody has set that.
   */
  now(): number
  /** Epoch milliseconds by the machine's own clock, which may be wrong and may be set at any moment. */
  wall(): number
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void
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

/** What {@link systemClock} shows at zero on {@link monotonicMs}; a thread of the same process needs it to show the same time. */
export const systemClockZeroMs = Date.now() - monotonicMs()

/** A clock of this machine that begins where another thread's did. Its timers keep the process alive until they are cancelled. */
export function createSystemClock(zeroMs: number): Clock {
  return {
    now: () => Math.floor(zeroMs + monotonicMs()),
    wall: () => Date.now(),
    after(delayMs, action) {
      let timer: NodeJS.Timeout
      const wait = (leftMs: number): void => {
        timer = setTimeout(() => (leftMs > longestTimerMs ? wait(leftMs - longestTimerMs) : action()), Math.min(leftMs, longestTimerMs))
      }
      wait(delayMs)
      return () => clearTimeout(timer)
    },
  }
}

/** This machine's clock, begun when this module was loaded. */
export const systemClock: Clock = createSystemClock(systemClockZeroMs)

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
