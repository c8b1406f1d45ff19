import type { Random } from '../../clock.ts'

/** Draws from one random source. */
export class Chance {
  readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.random() < probability
  }

  /** A whole number of [min, max]. */
  between(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1))
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)] as T
  }

  /** A pause between events that come at random, `meanMs` apart. */
  pauseMs(meanMs: number): number {
    return Math.ceil(-Math.log(1 - this.random()) * meanMs)
  }
}
