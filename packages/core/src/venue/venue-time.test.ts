import { describe, expect, test } from 'vitest'
import { NodeTimeRig as Rig, hour, second, tenYears, wayMs } from './node-time-rig.fixture.ts'
import { clockErrorLimitMs } from './clock-error.ts'

const counts = [0, 1, 2, 3, 6]
const steps = [3 * second, -3 * second, hour, -hour, tenYears, -tenYears]
const cases = counts.flatMap((count) => steps.map((stepMs) => [count, stepMs] as const))

describe('a clock that is wrong from the start', () => {
  test.each(cases)('%i venues, %i ms', (count, errorMs) => {
    const rig = new Rig(count, errorMs).run(5 * second)
    if (count < 3) {
      expect([rig.time.offsetMs, rig.time.clockErrorMs, rig.log]).toEqual([0, 0, []])
      return
    }
    // A clock that is up to 5 s ahead makes things look older, which is honest.
    const isLeft = errorMs > 0 && errorMs <= clockErrorLimitMs
    expect(rig.time.offsetMs).toBe(isLeft ? 0 : -errorMs - wayMs)
    expect(rig.ageErrorMs).toBe(isLeft ? errorMs : -wayMs)
    expect(rig.time.clockErrorMs).toBe(isLeft ? 0 : errorMs + wayMs)
  })

  test.each([hour, -hour])('by %i ms is shown by trades of 3 s', (errorMs) => {
    const rig = new Rig(3, errorMs).run(2900)
    expect(rig.ageErrorMs).toBe(errorMs)
    expect(rig.run(600).ageErrorMs).toBe(-wayMs)
  })

  test('the time that was missing is told, so that what seemed young is made older', () => {
    expect(new Rig(3, -3 * second).run(5 * second).log).toEqual([`shift ${3 * second - wayMs}`])
    expect(new Rig(3, hour).run(5 * second).log).toEqual(['shift 0'])
  })

  test('is set right later: with a single venue, whose trades then agree with it', () => {
    for (const errorMs of [hour, -hour, tenYears, -tenYears]) {
      const rig = new Rig(1, errorMs).run(5 * second)
      expect(rig.time.offsetMs).toBe(0)
      rig.setWall(-errorMs).run(5 * second)
      expect([rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([0, 0])
    }
  })
})

describe('a wall clock that is set later', () => {
  test.each(cases)('moves nothing: %i venues, %i ms', (count, stepMs) => {
    const rig = new Rig(count).run(90 * second)
    rig.setWall(stepMs).run(stepMs === 3 * second ? 7 * second : 2 * second)
    expect(rig.time.offsetMs).toBe(0)
    expect(rig.log).toEqual([`step ${Math.max(0, stepMs)}`, ...(stepMs > 0 && count > 0 ? ['no sleep'] : [])])
    // Without any trade nobody can tell whether the machine slept.
    expect(rig.ageErrorMs).toBe(count === 0 ? Math.max(0, stepMs) : 0)
    expect(rig.time.clockErrorMs).toBe(count === 0 ? 0 : stepMs)
  })

  test.each(steps)('and back again: %i ms', (stepMs) => {
    const rig = new Rig(1)
      .run(6 * second)
      .setWall(stepMs)
      .run(300)
      .setWall(-stepMs)
      .run(31 * second)
    expect([rig.time.offsetMs, rig.time.clockErrorMs, rig.ageErrorMs]).toEqual([0, 0, 0])
  })

  test('by 2 s is no step', () => {
    expect(
      new Rig(3)
        .run(second)
        .setWall(2 * second)
        .run(5 * second).log,
    ).toEqual([])
    expect(
      new Rig(3)
        .run(second)
        .setWall(2 * second + 1)
        .run(5 * second).log,
    ).toEqual([`step ${2 * second + 1}`])
  })

  test('is seen before the next trade is judged', () => {
    const rig = new Rig(1).run(second).setWall(hour)
    rig.trade('venue 1')
    expect(rig.log).toEqual([`step ${hour}`])
  })

  test('leaves ages at their longest for the time in which frames from before a sleep could come, then no more', () => {
    const rig = new Rig(1).run(second).setWall(hour).run(1200)
    expect(rig.ageErrorMs).toBe(hour)
    expect(rig.run(500).ageErrorMs).toBe(0)
  })

  test('is known by a single trade when nothing can come any more that has waited through a sleep', () => {
    const rig = new Rig(1)
      .run(second)
      .setWall(hour)
      .run(61 * second, [])
    rig.trade('venue 1')
    expect(rig.ageErrorMs).toBe(0)
  })
})

describe('venues that lie', () => {
  test.each([1, 2, 3, 6])('one in the future stays there, among %i', (count) => {
    const rig = new Rig(count)
    const [liar = '', ...others] = rig.venues
    for (let i = 0; i < 100; i++) {
      rig.trade(liar, -hour)
      rig.run(100, others)
    }
    expect([rig.time.offsetMs, rig.log]).toEqual([0, []])
    expect(rig.time.ageMs(rig.trueUtc + hour, rig.clock.now())).toBe(-hour)
  })

  test('one in the future keeps no step open', () => {
    const rig = new Rig(2).run(second)
    rig.setWall(hour)
    for (let i = 0; i < 30; i++) {
      rig.trade('venue 1', -10 * second)
      rig.run(100, ['venue 2'])
    }
    expect(rig.ageErrorMs).toBe(0)
  })

  test('two of six decide nothing, four do', () => {
    const late = (count: number): Rig => {
      const rig = new Rig(6)
      for (let i = 0; i < 100; i++) {
        for (const venue of rig.venues.slice(0, count)) rig.trade(venue, hour)
        rig.run(100, rig.venues.slice(count))
      }
      return rig
    }
    expect(late(2).time.offsetMs).toBe(0)
    expect(late(4).time.offsetMs).toBe(-hour)
  })
})

test.each([5100, 7000, hour])('two of three whose clocks are behind by %i ms move nothing', (ms) => {
  const rig = new Rig(3)
  for (let i = 0; i < 100; i++) {
    rig.trade('venue 1', ms)
    rig.trade('venue 2', ms)
    rig.run(100, ['venue 3'])
  }
  expect(rig.time.offsetMs).toBe(0)
})

describe('venues whose clocks are ahead', () => {
  const ahead = (rig: Rig, count: number, ms: number, forMs: number): Rig => {
    for (const end = rig.clock.now() + forMs; rig.clock.now() < end;) {
      for (const venue of rig.venues.slice(0, count)) rig.trade(venue, wayMs - ms)
      rig.run(100, rig.venues.slice(count))
    }
    return rig
  }

  test.each([600, 2 * second, 4 * second, hour, tenYears])('two move nothing among three to six, by %i ms', (ms) => {
    for (const count of [3, 4, 5, 6]) expect([count, ahead(new Rig(count), 2, ms, 100 * second).time.offsetMs]).toEqual([count, 0])
  })

  test('two that are ahead by different times move nothing', () => {
    const rig = new Rig(3)
    for (let i = 0; i < 100; i++) {
      rig.trade('venue 1', -hour)
      rig.trade('venue 2', -3 * second)
      rig.run(100, ['venue 3'])
    }
    expect(rig.time.offsetMs).toBe(0)
  })

  test('three single trades move nothing, however long they are remembered', () => {
    const rig = new Rig(3)
    for (const venue of rig.venues) rig.trade(venue, -hour)
    expect(rig.run(20 * second, []).time.offsetMs).toBe(0)
  })

  test.each([2 * second, 4 * second, hour])('three of three move it by %i ms, and when their clocks are right it goes back', (ms) => {
    const rig = ahead(new Rig(3), 3, ms, 5 * second)
    expect(rig.time.offsetMs).toBe(ms - wayMs)
    expect(rig.run(65 * second).time.offsetMs).toBe(0)
  })

  test('two go back to an own clock that was taken to be ahead', () => {
    const rig = ahead(new Rig(3), 3, -hour, 5 * second)
    expect(rig.time.offsetMs).toBe(-hour - wayMs)
    expect(rig.run(2500, ['venue 1', 'venue 2']).time.offsetMs).toBe(-hour - wayMs)
    expect(rig.run(second, ['venue 1', 'venue 2']).time.offsetMs).toBe(0)
  })

  test('one goes back to nothing', () => {
    const rig = ahead(new Rig(3), 3, -hour, 5 * second)
    expect(rig.run(100 * second, ['venue 1']).time.offsetMs).toBe(-hour - wayMs)
  })

  test('a sleep that only a lying venue showed is taken back, and does not count as the own clock', () => {
    const rig = new Rig(4).run(10 * second).setWall(hour)
    rig.trade('venue 1', wayMs - hour)
    expect(rig.time.offsetMs).toBe(hour)
    rig.run(5 * second, ['venue 2', 'venue 3', 'venue 4'])
    expect(rig.time.offsetMs).toBe(-wayMs)
    expect(ahead(rig, 2, hour, 5 * second).time.offsetMs).toBe(-wayMs)
    expect(rig.run(65 * second, []).time.offsetMs).toBe(-wayMs)
    for (let i = 0; i < 50; i++) {
      rig.trade('venue 1', -hour)
      rig.trade('venue 2', -hour)
      rig.clock.advance(100)
    }
    expect(rig.time.offsetMs).toBe(-wayMs)
  })

  test('what the machine slept is kept when the offset goes back', () => {
    const rig = new Rig(3)
      .run(10 * second)
      .sleep(hour)
      .run(5 * second)
    expect(rig.time.offsetMs).toBe(hour)
    ahead(rig, 3, 4 * second, 5 * second)
    expect(rig.time.offsetMs).toBe(hour + 4 * second - wayMs)
    expect(rig.run(65 * second).time.offsetMs).toBe(hour)
  })
})

test('the time at the venues follows the offset', () => {
  const rig = new Rig(3, hour).run(5 * second)
  expect(rig.time.utcNow()).toBe(rig.trueUtc - wayMs)
})

test('once stopped it leaves no timer', () => {
  const rig = new Rig(1)
  rig.time.start()
  rig.time.stop()
  expect(rig.clock.pending).toBe(0)
})
