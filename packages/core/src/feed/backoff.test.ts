import { describe, expect, test } from 'vitest'
import { seededRandom } from '../testing/seeded-random.ts'
import { backoffMs, defaultBackoff } from './backoff.ts'

/** The largest distance between the distribution of the samples and an even one over [0, 1). */
function distanceFromEven(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return Math.max(...sorted.map((value, i) => Math.max((i + 1) / sorted.length - value, value - i / sorted.length)))
}

describe('backoff', () => {
  test.each([0, 1, 3, 10])('after %i failures the wait is spread evenly up to its bound (Kolmogorov-Smirnov, p > 0.01)', (failures) => {
    const random = seededRandom(20_260_922 + failures)
    const bound = Math.min(defaultBackoff.capMs, defaultBackoff.baseMs * 2 ** failures)
    const samples = Array.from({ length: 5000 }, () => backoffMs(failures, random, defaultBackoff) / bound)
    expect(distanceFromEven(samples)).toBeLessThan(1.63 / Math.sqrt(samples.length))
  })

  test('the bound doubles from the base to the cap and stays there', () => {
    const bounds = [0, 1, 2, 5, 6, 7, 100, 10_000].map((failures) => backoffMs(failures, () => 1, { baseMs: 500, capMs: 30_000 }))
    expect(bounds).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })

  test('what the server asked for is waited at least', () => {
    expect(backoffMs(0, () => 0, defaultBackoff, 7000)).toBe(7000)
    expect(backoffMs(0, () => 0.5, defaultBackoff, 7000)).toBe(7250)
  })
})
