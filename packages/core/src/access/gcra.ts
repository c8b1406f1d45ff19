/**
 * The generic cell rate algorithm on one 64-bit number per key: the theoretical arrival time, when the bucket will be full
 * again. It counts units since the clock's zero, a whole number of them per request, so that nothing is ever rounded away.
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

/** Units per request: so many that a microsecond, too, is a whole number of units. */
export function emissionUnitsOf(queriesPerSecond: number): number {
  return 1_000_000 / greatestDivisor(queriesPerSecond, 1_000_000)
}

/**
 * Whether a cell moves so slowly that its lower word may be exchanged alone: a thread that sleeps between reading and exchanging
 * must not meet its own value again, 2³² units later. From where {@link swapArrival} does it, that takes eight seconds or more.
 */
export function isSlow(unitsPerSecond: number, burstUnits: number): boolean {
  return unitsPerSecond <= 128_000_000 && burstUnits <= 2 ** 30
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

/** A time in units, from whole microseconds. */
export function unitsAt(us: number, unitsPerSecond: number): number {
  return us * (unitsPerSecond / 1_000_000)
}

/** The first whole microsecond that has come to `units`. */
export function usOf(units: number, unitsPerSecond: number): number {
  const us = Math.ceil(units / (unitsPerSecond / 1_000_000))
  // A quotient just above a whole number may be rounded down to it.
  return unitsAt(us, unitsPerSecond) < units ? us + 1 : us
}

/** The arrival time in a cell, never half of an old and half of a new one. */
export function readArrival(words: Int32Array, cell: number): number {
  for (;;) {
    const above = Atomics.load(words, cell + high)
    const below = Atomics.load(words, cell + low)
    if (Atomics.load(words, cell + high) === above) return above * carry + (below >>> 0)
  }
}

/** Puts `to` in the place of `from`; false when another thread was first. Both are whole and not negative. */
export function swapArrival(words: Int32Array, wide: BigInt64Array, cell: number, from: number, to: number, slow: boolean): boolean {
  // An idle cell may lie so far back that the next burst leads right past its value on the other side of the carry.
  if (slow && to - from < 2 ** 31 && Math.floor(from / carry) === Math.floor(to / carry))
    return Atomics.compareExchange(words, cell + low, from | 0, to | 0) === (from | 0)
  return Atomics.compareExchange(wide, cell >> 1, BigInt(from), BigInt(to)) === BigInt(from)
}

/** Puts an arrival time into a cell, whatever stands there. */
export function storeArrival(wide: BigInt64Array, cell: number, arrival: number): void {
  Atomics.store(wide, cell >> 1, BigInt(arrival))
}
