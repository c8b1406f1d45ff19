import { Worker } from 'node:worker_threads'
import { assert, constantFrom, integer, oneof, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Moment, emissionUnitsOf, fillBucket, isCountable, isSlow, swapArrival, unitsPerUsOf, usIn } from './gcra.ts'

const carry = 2n ** 32n

function momentOf(units: bigint): Moment {
  const moment = new Moment()
  moment.above = Number(units >> 32n)
  moment.below = Number(units & 0xffff_ffffn)
  return moment
}

function openCell(arrival: bigint): {
  words: Int32Array<SharedArrayBuffer>
  read(): bigint
  swap(from: bigint, to: bigint, slow?: boolean): boolean
} {
  const words = new Int32Array(new SharedArrayBuffer(32))
  const wide = new BigInt64Array(words.buffer)
  wide[2] = arrival
  const seen = new Moment()
  return {
    words,
    read() {
      seen.load(words, 4)
      return seen.bits
    },
    swap: (from, to, slow = true) => swapArrival(words, wide, 4, momentOf(from), momentOf(to), slow),
  }
}

describe('a cell', () => {
  test.each([
    [5n, 6n],
    [6n, 5n],
    [carry - 1n, carry],
    [carry - 1n, carry + 5n],
    [carry + 7n, carry + 2n ** 31n],
    [7n, 900n * carry + 3n],
    [2n ** 31n - 1n, 2n ** 31n],
    [2n ** 53n, 2n ** 53n + 1n],
    [2n ** 63n - 2n, 2n ** 63n - 1n],
  ])('goes from %i to %i', (from, to) => {
    for (const slow of [true, false]) {
      const { read, swap } = openCell(from)
      expect([read(), swap(from, to, slow), read(), swap(from, to + 1n, slow), read()]).toEqual([from, true, to, false, to])
    }
  })

  test('that others have led past its old value on the other side of the carry is not exchanged', () => {
    for (const [from, to] of [
      [200n, 2n ** 31n + 300n],
      [200n, 2n ** 31n + 200n],
      [200n, carry + 300n],
      [carry - 1n, carry + 1n],
    ] as const) {
      const { read, swap } = openCell(carry + from)
      expect([swap(from, to), read()]).toEqual([false, carry + from])
    }
  })

  test('that moves fast is exchanged whole, so that a value whose lower word came round is not taken for the old one', () => {
    const { read, swap } = openCell(carry + 200n)
    expect([swap(200n, 300n, false), read()]).toEqual([false, carry + 200n])
  })

  test('whose lower word comes round within eight seconds, or in one burst, is no slow one', () => {
    expect([isSlow(128, 2 ** 30), isSlow(129, 1), isSlow(1, 2 ** 30 + 1)]).toEqual([true, false, false])
  })

  test('that is filled was full at the clock’s zero', () => {
    const { words, read } = openCell(carry * 9n + 7n)
    fillBucket(new BigInt64Array(words.buffer), 4)
    expect(read()).toBe(0n)
  })

  test('is never read half before and half after a carry', { timeout: 20_000 }, async () => {
    const { words, read } = openCell(0n)
    // Every value carries, and its lower half fits no other upper half.
    const last = 2 ** 21 - 1
    const climb = `
      const wide = new BigInt64Array(require('node:worker_threads').workerData)
      for (let above = 1; ; above = (above % ${last}) + 1)
        Atomics.store(wide, 2, (BigInt(above) << 32n) | BigInt(Math.imul(above, 0x9e3779b1) >>> 0))`
    const worker = new Worker(climb, { eval: true, workerData: words.buffer })
    try {
      let [above, different, torn] = [0, 0, 0]
      const endsAt = Date.now() + 10_000
      while (different < 20_000 && Date.now() < endsAt) {
        const value = read()
        const seen = Number(value >> 32n)
        if (seen !== above) different++
        if (Number(value & 0xffff_ffffn) !== Math.imul(seen, 0x9e3779b1) >>> 0) torn++
        above = seen
      }
      expect(torn).toBe(0)
      expect(different).toBeGreaterThan(1000)
    } finally {
      await worker.terminate()
    }
  })
})

/** All kinds of rates: those of plans, round ones, and the ones that need most units. */
const rates = [1, 3, 7, 10, 50, 97, 100, 128, 999, 2538, 28_979, 29_000, 99_904, 100_000, 999_936, 1_000_000]

describe('units', () => {
  test.each(rates)('at %i a second are whole per request and per microsecond', (rate) => {
    const [units, unitsPerUs] = [emissionUnitsOf(rate), unitsPerUsOf(rate)]
    expect([units, unitsPerUs].every(Number.isInteger)).toBe(true)
    expect(units * rate).toBe(unitsPerUs * 1_000_000)
  })

  test('are counted one by one for ten years, wherever a moment lies', () => {
    const tenYearsUs = 3653 * 86_400_000_000
    const us = oneof(integer({ min: 0, max: tenYearsUs }), integer({ min: tenYearsUs - 1000, max: tenYearsUs }))
    const distance = oneof(integer({ min: 0, max: 2 ** 52 }), integer({ min: 0, max: 100 }))
    assert(
      property(us, distance, constantFrom(...rates), (at, units, rate) => {
        const unitsPerUs = unitsPerUsOf(rate)
        const [now, later] = [new Moment(), new Moment()]
        now.setUs(at, unitsPerUs)
        later.setAfter(now, units)
        expect([now.bits, later.bits]).toEqual([BigInt(at) * BigInt(unitsPerUs), BigInt(at) * BigInt(unitsPerUs) + BigInt(units)])
        expect([later.unitsAfter(now), now.unitsAfter(later)]).toEqual([units, units === 0 ? 0 : -units])
        expect(now.bits < 2n ** 63n - 2n ** 54n).toBe(true)
        expect(BigInt(usIn(units, unitsPerUs))).toBe((BigInt(units) + BigInt(unitsPerUs) - 1n) / BigInt(unitsPerUs))
      }),
      { numRuns: 2000 },
    )
  })

  test('are countable at any rate up to 29,000, and at round ones above', () => {
    expect(Array.from({ length: 30_000 }, (_, i) => i + 1).find((rate) => !isCountable(rate))).toBe(29_001)
    for (const rate of [29_001, 99_991, 999_983]) expect(isCountable(rate)).toBe(false)
    for (const rate of [...rates, 30_000, 31_250, 44_100, 640_000]) expect(isCountable(rate)).toBe(true)
  })
})
