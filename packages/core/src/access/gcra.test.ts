import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { emissionUnitsOf, readArrival, storeArrival, swapArrival, unitsAt, usOf } from './gcra.ts'

const carry = 2 ** 32

function openCell(arrival: number): {
  words: Int32Array<SharedArrayBuffer>
  wide: BigInt64Array<SharedArrayBuffer>
  swap(from: number, to: number, slow?: boolean): boolean
} {
  const words = new Int32Array(new SharedArrayBuffer(32))
  const wide = new BigInt64Array(words.buffer)
  storeArrival(wide, 2, arrival)
  return { words, wide, swap: (from, to, slow = true) => swapArrival(words, wide, 2, from, to, slow) }
}

describe('a cell', () => {
  test.each([
    [5, 6],
    [carry - 1, carry],
    [carry - 1, carry + 5],
    [carry + 7, carry + 2 ** 31],
    [7, 900 * carry + 3],
    [2 ** 31 - 1, 2 ** 31],
    [2 ** 52, 2 ** 53 - 1],
  ])('goes from %i to %i', (from, to) => {
    for (const slow of [true, false]) {
      const { words, swap } = openCell(from)
      expect([readArrival(words, 2), swap(from, to, slow), readArrival(words, 2), swap(from, to + 1, slow), readArrival(words, 2)]).toEqual([
        from,
        true,
        to,
        false,
        to,
      ])
    }
  })

  test('that others have led past its old value on the other side of the carry is not exchanged', () => {
    for (const [from, to] of [
      [200, 2 ** 31 + 300],
      [200, carry + 300],
      [carry - 1, carry + 1],
    ] as const) {
      const { words, swap } = openCell(carry + from)
      expect([swap(from, to), readArrival(words, 2)]).toEqual([false, carry + from])
    }
  })

  test('is never read half before and half after a carry', { timeout: 20_000 }, async () => {
    const { words } = openCell(0)
    // Every value carries, and its lower half fits no other upper half.
    const last = 2 ** 21 - 1
    const climb = `
      const wide = new BigInt64Array(require('node:worker_threads').workerData)
      for (let above = 1; ; above = (above % ${last}) + 1)
        Atomics.store(wide, 1, (BigInt(above) << 32n) | BigInt(Math.imul(above, 0x9e3779b1) >>> 0))`
    const worker = new Worker(climb, { eval: true, workerData: words.buffer })
    try {
      let [above, different, torn] = [0, 0, 0]
      const endsAt = Date.now() + 10_000
      while (different < 20_000 && Date.now() < endsAt) {
        const value = readArrival(words, 2)
        const seen = Math.floor(value / carry)
        if (seen !== above) different++
        if (value % carry !== Math.imul(seen, 0x9e3779b1) >>> 0) torn++
        above = seen
      }
      expect(torn).toBe(0)
      expect(different).toBeGreaterThan(1000)
    } finally {
      await worker.terminate()
    }
  })
})

describe('units', () => {
  test.each([1, 3, 7, 10, 50, 97, 100, 128, 999, 2538, 100_000, 999_983, 1_000_000])('at %i a second are whole for every microsecond', (rate) => {
    const units = emissionUnitsOf(rate)
    const unitsPerSecond = units * rate
    expect([Number.isInteger(units), Number.isInteger(unitsPerSecond / 1_000_000)]).toEqual([true, true])
    for (const us of [0, 1, 999_999, 1_000_000, 7_777_777_777]) {
      const now = unitsAt(us, unitsPerSecond)
      expect([Number.isInteger(now), usOf(now, unitsPerSecond), usOf(now + 1, unitsPerSecond)]).toEqual([true, us, us + 1])
    }
  })
})
