import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createSystemClock, every, systemClock, systemClockZeroMs } from './clock.ts'
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
  expect(Math.abs(systemClock.wall() - Date.now())).toBeLessThan(50)
  let cancelled = false
  systemClock.after(5, () => {
    cancelled = true
  })()
  await new Promise<void>((resolve) => systemClock.after(20, resolve))
  expect(cancelled).toBe(false)
})

test('only the wall clock follows the machine when somebody sets that', () => {
  const before = systemClock.now()
  const realNow = Date.now.bind(Date)
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => realNow() - 3_600_000)
  onTestFinished(() => spy.mockRestore())
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(0)
  expect(systemClock.now() - before).toBeLessThan(1000)
  expect(before - systemClock.wall()).toBeGreaterThan(3_599_000)
})

test('a clock begun at the zero of another one shows the same time, also when the wall clock was set in between', () => {
  const realNow = Date.now.bind(Date)
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000)
  onTestFinished(() => spy.mockRestore())
  const later = createSystemClock(systemClockZeroMs)
  expect(Math.abs(later.now() - systemClock.now())).toBeLessThanOrEqual(1)
  expect(Number.isInteger(later.now())).toBe(true)
})
