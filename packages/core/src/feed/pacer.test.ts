import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pacer } from './pacer.ts'

test('however the actions come, no window holds more than its share, and none waits longer than it must', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.nat(200), { minLength: 1, maxLength: 80 }),
      (count, perMs, pauses) => {
        const pacer = new Pacer({ count, perMs })
        const taken: number[] = []
        let now = 1000
        for (const pause of pauses) {
          now += pause
          const waitMs = pacer.waitMs(now)
          const oldest = taken.at(-count)
          expect(waitMs).toBe(oldest === undefined ? 0 : Math.max(0, oldest + perMs - now))
          now += waitMs
          expect(pacer.waitMs(now)).toBe(0)
          pacer.take(now)
          taken.push(now)
        }
        for (const [i, at] of taken.entries())
          expect(taken.filter((other) => other >= at && other < at + perMs).length, `window from action ${i}`).toBeLessThanOrEqual(count)
      },
    ),
    { numRuns: 500 },
  )
})

test('an action that could not wait counts too', () => {
  const pacer = new Pacer({ count: 2, perMs: 1000 })
  for (const at of [0, 0, 500]) pacer.take(at)
  expect(pacer.waitMs(600)).toBe(400)
  expect(pacer.waitMs(1000)).toBe(0)
})
