import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DelayWindow } from './delay-window.ts'

const start = 1_790_000_000_000

describe('the least delay', () => {
  test('is unknown before the first and long after the last', () => {
    const window = new DelayWindow()
    expect(window.min(start)).toBeUndefined()
    window.add(50, start)
    expect(window.min(start + 29_999)).toBe(50)
    expect(window.min(start + 60_000)).toBeUndefined()
  })

  test('of the last half minute counts, of more than a minute ago does not', () => {
    const delays = fc.array(fc.record({ delayMs: fc.integer({ min: -10_000, max: 10_000 }), pauseMs: fc.nat(20_000) }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(delays, fc.nat(70_000), (added, waitMs) => {
        const window = new DelayWindow()
        let now = start
        const all = added.map(({ delayMs, pauseMs }) => {
          now += pauseMs
          window.add(delayMs, now)
          return { delayMs, at: now }
        })
        now += waitMs
        const leastSince = (ms: number): number => Math.min(...all.filter(({ at }) => at > now - ms).map(({ delayMs }) => delayMs))
        const least = window.min(now) ?? Infinity
        expect(least).toBeLessThanOrEqual(leastSince(30_000))
        expect(least).toBeGreaterThanOrEqual(leastSince(60_000))
      }),
      { numRuns: 300 },
    )
  })
})
