import { describe, expect, test } from 'vitest'
import { FakeClock } from './fake-clock.ts'

describe('the fake clock', () => {
  test('stands still until it is moved', () => {
    const clock = new FakeClock(1000)
    expect([clock.now(), clock.now()]).toEqual([1000, 1000])
    clock.advance(5)
    expect(clock.now()).toBe(1005)
  })

  test('runs timers in order of time, then of setting, each at its own time, also those set on the way', () => {
    const clock = new FakeClock(0)
    const log: string[] = []
    const note = (name: string) => (): number => log.push(`${name}@${clock.now()}`)
    clock.after(20, note('c'))
    clock.after(10, () => {
      log.push(`a@${clock.now()}`)
      clock.after(5, note('inner'))
      clock.after(0, note('at once'))
    })
    clock.after(10, note('b'))
    clock.after(21, note('later'))
    clock.advance(20)
    expect(log).toEqual(['a@10', 'b@10', 'at once@10', 'inner@15', 'c@20'])
    expect(clock.pending).toBe(1)
  })

  test('a cancelled timer does not run, also when another one cancels it on the way', () => {
    const clock = new FakeClock(0)
    const log: string[] = []
    const cancel = clock.after(10, () => log.push('cancelled'))
    clock.after(5, cancel)
    clock.advance(100)
    cancel()
    expect([log, clock.pending]).toEqual([[], 0])
  })

  test('a timer that sets itself anew without a delay is found out', () => {
    const clock = new FakeClock(0)
    clock.after(0, function again() {
      clock.after(0, again)
    })
    expect(() => clock.advance(1)).toThrow(/without time moving on/)
  })

  test('lets promises settle between timers when it is asked to', async () => {
    const clock = new FakeClock(0)
    const log: string[] = []
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve))
    const work = (async () => {
      for (let i = 0; i < 3; i++) {
        await wait(10)
        log.push(`${i}@${clock.now()}`)
      }
    })()
    await clock.advanceAsync(100)
    await work
    expect(log).toEqual(['0@10', '1@20', '2@30'])
    expect(clock.now()).toBe(100)
  })
})
