import { expect, test } from 'vitest'
import { FakeClock } from '../../testing/fake/fake-clock.ts'
import { SettableClock } from './settable-clock.ts'

test('its wall clock is set, forward and back, while time goes on as it did', () => {
  const time = new FakeClock(1000)
  const clock = new SettableClock(time)
  const log: number[] = []
  clock.after(500, () => log.push(clock.now()))
  clock.stepWall(3_600_000)
  expect([clock.now(), clock.wall()]).toEqual([1000, 3_601_000])
  time.advance(500)
  clock.stepWall(-3_600_000)
  expect([clock.now(), clock.wall(), log]).toEqual([1500, 1500, [1500]])
})
