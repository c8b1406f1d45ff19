/**
 * The oracle of the rate limiter: the same algorithm in whole numbers of any size, where a microsecond counts `queriesPerSecond` and
 * a request a million. Nothing is rounded.
 */
export class ExactLimiter {
  readonly #rate: bigint
  readonly #room: bigint
  #arrival = 0n

  constructor(queriesPerSecond: number, burst: number) {
    this.#rate = BigInt(queriesPerSecond)
    this.#room = BigInt(burst - 1) * request
  }

  /** Takes a request at a time in whole microseconds, or refuses it. */
  admit(us: number): boolean {
    const now = BigInt(us) * this.#rate
    const arrival = this.#arrival > now ? this.#arrival : now
    if (arrival - now > this.#room) return false
    this.#arrival = arrival + request
    return true
  }

  /** The first microsecond, not before `us`, at which a request is admitted. */
  nextUs(us: number): number {
    const open = this.#arrival - this.#room
    return Math.max(us, Number((open + this.#rate - 1n) / this.#rate))
  }
}

const request = 1_000_000n
