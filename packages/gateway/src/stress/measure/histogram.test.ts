import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

function histogramOf(durationsMs: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const duration of durationsMs) histogram.add(duration)
  return histogram
}

const durations = fc.array(
  fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1)).map((us) => us / 1000),
  { minLength: 1, maxLength: 300 },
)

describe('a histogram', () => {
  test('has nothing to say of nothing', () => {
    const empty = new Histogram()
    expect([empty.size, empty.maxMs, empty.percentile(50)]).toEqual([0, 0, null])
  })

  test('tells percentiles of few values exactly', () => {
    const hundred = histogramOf(Array.from({ length: 100 }, (_, i) => (i + 1) / 1000))
    expect([50, 90, 99, 100].map((percent) => hundred.percentile(percent))).toEqual([0.05, 0.09, 0.099, 0.1])
  })

  test('is never below the true percentile, nor 0.8 % above it', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(1, 50, 90, 99, 100), (all, percent) => {
        const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil((percent / 100) * all.length)) - 1]!
        const told = histogramOf(all).percentile(percent)!
        expect(told).toBeGreaterThanOrEqual(exact)
        expect(told).toBeLessThanOrEqual(exact * 1.008)
      }),
    )
  })

  test('merged from parts is the one of the whole', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const merged = histogramOf(a)
        merged.merge(histogramOf(b))
        const whole = histogramOf([...a, ...b])
        const read = (one: Histogram): unknown => [one.size, one.maxMs, one.percentile(50), one.percentile(99)]
        expect(read(merged)).toEqual(read(whole))
      }),
    )
  })

  test('takes what is out of its range for the nearest that is in it', () => {
    expect(histogramOf([-5]).percentile(100)).toBe(0)
    expect(histogramOf([1e12]).percentile(100)).toBe((2 ** 31 - 1) / 1000)
  })
})
