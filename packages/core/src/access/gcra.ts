/**
 * The generic cell rate algorithm on one 64-bit number per key: the theoretical arrival time, when the bucket will be full
 * again. It counts units since the clock's zero, a whole number of them per request and per microsecond, so that nothing is
 * ever rounded away.
 *
 * The number takes two words. Whoever only changes the lower one exchanges that alone: four times as fast as 64 bits, which
 * need BigInts. A carry exchanges both. Because the number is absolute and 64 bits never wrap, a cell that was idle for any
 * time is read right, and needs no sweep.
 */
const low = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1
const high = 1 - low
const carry = 0x1_0000_0000

/** Highest rate and burst that a cell counts. */
export const highestQueriesPerSecond = 1_000_000
export const highestBurst = 10_000_000

/** Most units per microsecond that 63 bits count for ten years: 29,000 × 10⁶ × 86,400 × 3,653 is just below 2⁶³. */
const highestUnitsPerUs = 29_000

/** Units per request: so many that a microsecond, too, is a whole number of units. */
export function emissionUnitsOf(queriesPerSecond: number): number {
  return 1_000_000 / greatestDivisor(queriesPerSecond, 1_000_000)
}

/** Units per microsecond; a whole number. */
export function unitsPerUsOf(queriesPerSecond: number): number {
  return queriesPerSecond / greatestDivisor(queriesPerSecond, 1_000_000)
}

/** Whether a cell counts a rate exactly for ten years of the clock. A rate up to 29,000 it does, a higher one where it is round enough. */
export function isCountable(queriesPerSecond: number): boolean {
  return unitsPerUsOf(queriesPerSecond) <= highestUnitsPerUs
}

/**
 * Whether a cell moves so slowly that its lower word may be exchanged alone: a thread that sleeps between reading and exchanging
 * must not meet its own value again, 2³² units later. From where {@link swapArrival} does it, that takes eight seconds or more.
 */
export function isSlow(unitsPerUs: number, burstUnits: number): boolean {
  return unitsPerUs <= 128 && burstUnits <= 2 ** 30
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

/** Whole microseconds in which so many units, less than 2⁵³, have passed. */
export function usIn(units: number, unitsPerUs: number): number {
  return Math.ceil(units / unitsPerUs)
}

/** A number of units since the clock's zero, below 2⁶³. In two words, since a double counts only 53 bits one by one; kept and reused, to allocate nothing. */
export class Moment {
  /** The upper and the lower 32 bits. */
  above = 0
  below = 0

  /** Moves to a whole microsecond. */
  setUs(us: number, unitsPerUs: number): void {
    const usAbove = Math.floor(us / carry)
    const units = (us - usAbove * carry) * unitsPerUs
    const above = Math.floor(units / carry)
    this.above = usAbove * unitsPerUs + above
    this.below = units - above * carry
  }

  /** Moves to so many units, at most 2⁵², after another moment. */
  setAfter(moment: Moment, units: number): void {
    const sum = moment.below + units
    const above = Math.floor(sum / carry)
    this.above = moment.above + above
    this.below = sum - above * carry
  }

  /** Moves to the arrival time in a cell, never half of an old and half of a new one. */
  load(words: Int32Array, cell: number): void {
    for (;;) {
      const above = Atomics.load(words, cell + high)
      const below = Atomics.load(words, cell + low)
      if (Atomics.load(words, cell + high) !== above) continue
      this.above = above
      this.below = below >>> 0
      return
    }
  }

  /** Units from another moment to this one; exact within 2⁵³ of each other. */
  unitsAfter(moment: Moment): number {
    return (this.above - moment.above) * carry + (this.below - moment.below)
  }

  /** The whole number. */
  get bits(): bigint {
    return (BigInt(this.above) << 32n) | BigInt(this.below)
  }
}

/** Puts `to` in the place of `from`; false when another thread was first. */
export function swapArrival(words: Int32Array, wide: BigInt64Array, cell: number, from: Moment, to: Moment, slow: boolean): boolean {
  // An idle cell may lie so far back that the next burst leads right past its value on the other side of the carry.
  if (slow && to.above === from.above && to.below - from.below < 2 ** 31)
    return Atomics.compareExchange(words, cell + low, from.below | 0, to.below | 0) === (from.below | 0)
  const expected = from.bits
  return Atomics.compareExchange(wide, cell >> 1, expected, to.bits) === expected
}

/** Lets a cell admit its whole burst, whatever stands there: it was full at the clock's zero. */
export function fillBucket(wide: BigInt64Array, cell: number): void {
  Atomics.store(wide, cell >> 1, 0n)
}
