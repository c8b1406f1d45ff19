import { describe, expect, test } from 'vitest'
import { every, systemClock } from './clock.ts'
import { FakeClock } from './testing/fake/fake-clock.ts'

describe('every', () => {
  test('runs at each period until it is cancelled', () => {
    const clock = new FakeClock(0)
    const times: number[] = []
    const stop = every(clock, 100, () => times.push(clock.now()))
    clock.advance(350)
    stop()
    clock.advance(1000)
    expect(times).toEqual([100, 200, 300])
    expect(clock.pending).toBe(0)
  })

  test('may be cancelled by its own action, and an action that throws does not end it', () => {
    const clock = new FakeClock(0)
    let runs = 0
    const stop = every(clock, 100, () => {
      runs++
      if (runs === 1) throw new Error('once')
      stop()
    })
    expect(() => clock.advance(100)).toThrow('once')
    clock.advance(1000)
    expect(runs).toBe(2)
    expect(clock.pending).toBe(0)
  })
})

test('the system clock tells epoch milliseconds, fires, and cancels', async () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(50)
  let cancelled = false
  systemClock.after(5, () => {
    cancelled = true
  })()
  await new Promise<void>((resolve) => systemClock.after(20, resolve))
  expect(cancelled).toBe(false)
})
