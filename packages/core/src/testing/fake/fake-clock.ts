import type { Clock } from '../../clock.ts'

interface FakeTimer {
  readonly dueAt: number
  readonly action: () => void
}

/** More timers at one moment than any honest code sets; without a bound a timer that sets itself anew would hang the test. */
const mostAtOnce = 100_000

/** Time that stands still until it is told to move. */
export class FakeClock implements Clock {
  #now: number
  #wallLeadMs = 0
  #timers: FakeTimer[] = []
  #ranNow = 0

  /** @param now epoch milliseconds that both clocks start at */
  constructor(now = 1_790_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#now + this.#wallLeadMs
  }

  /** Sets the wall clock forward, or back; time itself and timers do not move. */
  stepWall(ms: number): void {
    this.#wallLeadMs += ms
  }

  after(delayMs: number, action: () => void): () => void {
    const timer: FakeTimer = { dueAt: this.#now + Math.max(0, delayMs), action }
    // Kept in order of time, and of setting where times are equal.
    let at = this.#timers.length
    while (at > 0 && (this.#timers[at - 1]?.dueAt ?? 0) > timer.dueAt) at--
    this.#timers.splice(at, 0, timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length
  }

  /**
   * Moves time on, stopping at each timer that falls due, also at those set meanwhile.
   * @throws Error when timers set new ones for the same moment without end.
   */
  advance(ms: number): void {
    const end = this.#now + ms
    while (this.#runNext(end));
    this.#now = end
  }

  /** As {@link advance}, and lets promises settle before the move and after each timer. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    while (this.#runNext(end)) await settle()
    this.#now = end
  }

  /** Runs the next timer that is due by `end`; false when there is none. */
  #runNext(end: number): boolean {
    const timer = this.#timers[0]
    if (timer === undefined || timer.dueAt > end) return false
    this.#timers.shift()
    this.#ranNow = timer.dueAt > this.#now ? 0 : this.#ranNow + 1
    if (this.#ranNow > mostAtOnce) throw new Error(`More than ${mostAtOnce} timers ran without time moving on.`)
    this.#now = Math.max(this.#now, timer.dueAt)
    timer.action()
    return true
  }
}

/** Promises that depend on nothing outside are done after a turn of the event loop. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
