import type { Clock } from '../../clock.ts'

/** Another clock's time, with a wall clock that can be set. */
export class SettableClock implements Clock {
  readonly #clock: Clock
  #wallLeadMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now()
  }

  wall(): number {
    return this.#clock.wall() + this.#wallLeadMs
  }

  after(delayMs: number, action: () => void): () => void {
    return this.#clock.after(delayMs, action)
  }

  /** Sets the wall clock forward, or back. */
  stepWall(ms: number): void {
    this.#wallLeadMs += ms
  }
}
