import type { RateLimit } from '../connector.ts'

/** Keeps actions within a rate limit by a log of the last `count` of them; exact in any window. */
export class Pacer {
  readonly #limit: RateLimit
  readonly #times: number[] = []

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Milliseconds until the next action is allowed; 0 = now. */
  waitMs(now: number): number {
    const oldest = this.#times.length < this.#limit.count ? undefined : this.#times[0]
    return oldest === undefined ? 0 : Math.max(0, oldest + this.#limit.perMs - now)
  }

  /** Counts an action that happens now. */
  take(now: number): void {
    this.#times.push(now)
    if (this.#times.length > this.#limit.count) this.#times.shift()
  }
}
