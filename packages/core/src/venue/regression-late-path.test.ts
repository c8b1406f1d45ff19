import { describe, expect, test } from 'vitest'
import { NodeTimeRig as Rig, hour, second, wayMs } from './node-time-rig.fixture.ts'

/** All venues trade ten times a second, and all trades come late by the same time. */
function runLate(rig: Rig, lateMs: number, forMs: number): Rig {
  for (const end = rig.clock.now() + forMs; rig.clock.now() < end;) {
    rig.clock.advance(100)
    for (const venue of rig.venues) rig.trade(venue, lateMs)
  }
  return rig
}

describe('trades of all venues that come late by the same time', () => {
  test.each([12 * second, 45 * second, hour])('by %i ms were held up, once three venues were in time', (lateMs) => {
    const rig = runLate(new Rig(3).run(60 * second), lateMs, 10 * 60 * second)
    expect([rig.time.offsetMs, rig.time.clockErrorMs, rig.log]).toEqual([0, 0, []])
  })

  test('show a clock that is ahead where only two venues were in time', () => {
    const rig = new Rig(3).run(60 * second, ['venue 1', 'venue 2'])
    expect(runLate(rig, hour, 90 * second).time.offsetMs).toBe(-hour)
  })

  test('show nothing by the offset that the venues have given a wrong clock either', () => {
    const rig = new Rig(3, hour).run(60 * second)
    expect(rig.time.offsetMs).toBe(-hour - wayMs)
    expect(runLate(rig, 12 * second, 90 * second).time.offsetMs).toBe(-hour - wayMs)
  })

  test('show an error again after a jump of the wall clock, until trades come in time', () => {
    const jumped = new Rig(3).run(60 * second).setWall(-hour)
    expect(runLate(jumped, 12 * second, 90 * second).time.offsetMs).toBe(-12 * second)
    const proved = new Rig(3)
      .run(60 * second)
      .setWall(-hour)
      .run(5 * second)
    expect(runLate(proved, 12 * second, 90 * second).time.offsetMs).toBe(0)
  })

  test('for more than a day show a clock that has drifted away', () => {
    const rig = new Rig(3).run(60 * second)
    rig.clock.advance(24 * hour)
    expect(runLate(rig, 6 * second, 10 * second).time.offsetMs).toBe(-6 * second)
  })
})

test('early trades show an error however well the time was proved', () => {
  const rig = runLate(new Rig(3).run(60 * second), -hour, 5 * second)
  expect(rig.time.offsetMs).toBe(hour)
})
