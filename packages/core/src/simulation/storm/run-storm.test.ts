import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../testing/seeded-random.ts'
import { plainSimulator } from '../run/plain-simulator.ts'
import { evenness, runStorm } from './run-storm.ts'

describe('clients that are cut at once', () => {
  test('come back one by one, within the limits of the venue, after waits that are spread evenly', () => {
    const storms = [1, 2, 3, 4, 5].map((seed) => runStorm({ dialects: [plainSimulator], nodes: 4, seed, refusedMs: 300_000 }))
    expect(storms.flatMap((storm) => storm.passedLimits)).toEqual([])
    expect(Math.max(...storms.map(({ backMs }) => backMs))).toBeLessThanOrEqual(31_000)
    expect(evenness(storms.flatMap(({ waits }) => waits))).toBeGreaterThan(0.01)
  })
})

describe('the evenness of numbers', () => {
  const random = seededRandom(1)
  const even = Array.from({ length: 500 }, random)

  test.each([
    ['even', even, true],
    ['crowded at one end', even.map((x) => x ** 1.3), false],
    ['in the upper half only', even.map((x) => 0.5 + x / 2), false],
    ['all the same', even.map(() => 0.5), false],
  ])('is told of numbers that are %s', (_name, numbers, isEven) => {
    expect(evenness(numbers) > 0.01).toBe(isEven)
  })
})
