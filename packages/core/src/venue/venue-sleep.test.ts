import { describe, expect, test } from 'vitest'
import { NodeTimeRig as Rig, hour, second, tenYears, wayMs } from './node-time-rig.fixture.ts'

describe('a sleep', () => {
  test.each([1, 2, 3, 6].flatMap((count) => [3 * second, 60 * second, hour, tenYears].map((ms) => [count, ms] as const)))(
    'is known by the first trade after it: %i venues, %i ms',
    (count, ms) => {
      const rig = new Rig(count).run(90 * second).sleep(ms)
      rig.trade('venue 1')
      expect([rig.time.offsetMs, rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([ms, 0, 0])
      rig.run(90 * second)
      expect([rig.time.offsetMs, rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([ms, 0, 0])
      expect(rig.log).toEqual([`step ${ms}`, 'shift 0'])
    },
  )

  test.each([3 * second, hour])('of %i ms: frames that waited through it never look young', (ms) => {
    const rig = new Rig(1).run(90 * second)
    const madeAt = rig.trueUtc - wayMs
    rig.sleep(ms)
    for (let i = 0; i < 9; i++) {
      rig.observe('venue 1', madeAt)
      expect(rig.time.ageMs(madeAt, rig.clock.now())).toBe(ms + wayMs + 100 * i)
      rig.clock.advance(100)
    }
    rig.trade('venue 1')
    expect(rig.time.ageMs(madeAt, rig.clock.now())).toBe(ms + wayMs + 900)
  })

  test('of a machine whose wall clock is wrong costs it no more than one with a right one', () => {
    const rig = new Rig(1)
      .run(second)
      .setWall(-hour)
      .run(5 * second)
      .sleep(60 * second)
    const madeAt = rig.trueUtc - 60 * second - wayMs
    rig.observe('venue 1', madeAt)
    expect(rig.time.ageMs(madeAt, rig.clock.now())).toBe(60 * second + wayMs)
    rig.trade('venue 1')
    expect([rig.time.offsetMs, rig.time.clockErrorMs]).toEqual([60 * second, -hour])
  })

  test('too short to be seen in the clocks is seen by three venues, and told as lost time', () => {
    const rig = new Rig(3)
      .run(second)
      .sleep(450)
      .sleep(450)
      .setWall(-450)
      .run(4 * second)
    expect([rig.ageErrorMs, rig.log]).toEqual([-wayMs, [`shift ${900 - wayMs}`]])
  })

  test('is known exactly, also when the first frames are some that waited through it', () => {
    const rig = new Rig(3).run(10 * second).sleep(60 * second)
    for (const [i, venue] of rig.venues.entries()) rig.trade(venue, (15 + i) * second)
    rig.run(second, [])
    expect(rig.time.offsetMs).toBe(0)
    rig.trade('venue 1')
    expect([rig.time.offsetMs, rig.log]).toEqual([60 * second, [`step ${60 * second}`, 'shift 0']])
  })

  test('that the wall clock did not measure well is found by three venues', () => {
    const rig = new Rig(3)
      .run(10 * second)
      .sleep(60 * second)
      .setWall(6 * second)
    rig.run(2 * second)
    expect(rig.time.offsetMs).toBe(0)
    rig.run(2 * second)
    expect([rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([-wayMs, 6 * second + wayMs])
  })

  test.each([
    ['of a node whose clock is ahead', 3 * second, wayMs],
    ['beside a venue whose clock is behind', 0, 4 * second],
  ])('%s is known by trades that are as late as before; a short one, if there were enough', (_, errorMs, lateMs) => {
    const offsetAfter = (ms: number, trades: number): number => {
      const rig = new Rig(1, errorMs)
      for (let i = 0; i < trades; i++) {
        rig.trade('venue 1', lateMs)
        rig.clock.advance(500)
      }
      rig.run(second, []).sleep(ms)
      rig.trade('venue 1', lateMs)
      return rig.time.offsetMs
    }
    expect([offsetAfter(60 * second, 1), offsetAfter(9 * second, 9), offsetAfter(9 * second, 10)]).toEqual([60 * second, 0, 9 * second])
  })

  test('is not read out of many trades that waited through another and came all at once', () => {
    const rig = new Rig(1)
    for (let i = 0; i < 30; i++) rig.trade('venue 1', 3 * second)
    rig.run(second, []).setWall(3 * second)
    rig.trade('venue 1')
    expect(rig.time.offsetMs).toBe(0)
  })

  test('is not read out of trades that came late before and come in time now', () => {
    const rig = new Rig(1).run(second)
    rig.clock.advance(61 * second)
    for (let i = 0; i <= 10; i++, rig.clock.advance(500)) rig.trade('venue 1', 4 * second)
    expect(rig.time.delayMs('venue 1')).toBe(4 * second)
    rig.setWall(5 * second)
    rig.trade('venue 1')
    expect(rig.time.offsetMs).toBe(0)
  })

  test('that was taken for a set clock, by a frame that came late, is known by the next trade in time, and told as lost', () => {
    const rig = new Rig(1).run(10 * second).sleep(60 * second)
    // Made a second into the sleep, and then half a second apart: as fast as they come.
    for (let i = 0; i < 3; i++) rig.run(i === 0 ? 1500 : 500, []).trade('venue 1', 60.5 * second)
    expect(rig.log).toEqual([`step ${60 * second}`, 'no sleep'])
    rig.trade('venue 1')
    expect([rig.time.offsetMs, rig.log.at(-1)]).toEqual([60 * second, `shift ${60 * second}`])
  })
})

describe('jumps that nobody has understood', () => {
  test('do not end in ages that are too high for good, however many they were', () => {
    for (const venues of [1, 2]) {
      const rig = new Rig(venues).run(60 * second)
      for (let i = 0; i < 6; i++) rig.sleep(600 * second).run(20 * second, [])
      rig.setWall(hour).run(20 * second, [])
      expect(Math.abs(rig.run(11 * 60 * second).ageErrorMs)).toBeLessThanOrEqual(second)
    }
  })

  test('of a node with one venue end after ten minutes, also a short one soon after the start', () => {
    const rig = new Rig(1)
      .run(4 * second)
      .sleep(3 * second)
      .run(60 * second)
    expect(rig.ageErrorMs).toBe(0)
    rig.setWall(9900).run(60 * second)
    expect(rig.ageErrorMs).toBe(9900)
    expect(Math.abs(rig.run(600 * second).ageErrorMs)).toBeLessThanOrEqual(wayMs)
  })

  test('are no sleeps where trades are a little early, as beside a clock that is slow', () => {
    for (const earlyMs of [600, 1900]) {
      const rig = new Rig(1).setWall(hour).run(second, [])
      for (let i = 0; i < 100; i++) rig.run(second, []).trade('venue 1', -earlyMs)
      expect([rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([0, hour])
    }
  })

  test('that were not slept may turn out to have been after all', () => {
    const rig = new Rig(1).run(60 * second)
    rig
      .sleep(11 * second)
      .run(second, [])
      .sleep(60 * second)
      .run(2 * second, [])
    // A frame that came 11 s late.
    rig.trade('venue 1', 11 * second)
    expect(rig.time.offsetMs).toBe(60 * second)
    rig.trade('venue 1')
    expect([rig.time.offsetMs, rig.log.at(-1)]).toEqual([71 * second, `shift ${11 * second}`])
  })

  test('are told apart by what fits best, also where a short one is not much shorter than a long one', () => {
    const rig = new Rig(2)
      .run(2 * second)
      .sleep(8 * second)
      .run(second, [])
      .setWall(11 * second)
    expect(rig.run(600 * second).ageErrorMs).toBe(0)
  })

  test.each([11 * second, 20 * second, 60 * second])('of %i ms are no set clock by frames that have waited, however late those come', (ms) => {
    const rig = new Rig(3).run(60 * second).sleep(ms)
    rig.run(2500, [])
    for (let madeAgoMs = ms + second; madeAgoMs > 0; madeAgoMs -= second) {
      rig.clock.advance(20)
      rig.trade('venue 1', madeAgoMs)
      expect(rig.ageErrorMs).toBeGreaterThanOrEqual(0)
    }
    rig.trade('venue 2')
    expect([rig.time.offsetMs, rig.ageErrorMs]).toEqual([ms, 0])
  })
})

describe('a body that says when it was made', () => {
  const body = (rig: Rig, madeAgoMs: number, askedAgoMs = 50): void =>
    rig.time.observeBody('venue 1', rig.trueUtc - madeAgoMs, rig.clock.now() - askedAgoMs, rig.clock.now())

  test('shows that the clock was set by longer than bodies can be old', () => {
    const rig = new Rig(1).run(10 * second)
    rig.setWall(hour).run(2 * second, [])
    body(rig, 100, 5000)
    expect(rig.ageErrorMs).toBe(hour)
    body(rig, 100)
    expect([rig.ageErrorMs, rig.log.at(-1)]).toEqual([0, 'no sleep'])
    rig.setWall(10 * 60 * second).run(2 * second, [])
    body(rig, 100)
    expect(rig.ageErrorMs).toBe(600 * second)
  })

  test('shows a long sleep', () => {
    const rig = new Rig(1).run(10 * second).sleep(60 * second)
    rig.run(2 * second, [])
    body(rig, 100)
    expect([rig.ageErrorMs, rig.time.offsetMs, rig.log.at(-1)]).toEqual([0, 60 * second, 'shift 0'])
  })
})

describe('a process that reads late', () => {
  test('for seconds, after it was held up, shifts nothing', () => {
    const rig = new Rig(6)
    // Twenty seconds of frames are read in four, without any that came in time before.
    for (let waitingMs = 20 * second; waitingMs > 0; waitingMs -= 500) {
      rig.clock.advance(100)
      for (const venue of rig.venues) rig.trade(venue, waitingMs)
    }
    rig.run(10 * second)
    expect([rig.time.offsetMs, rig.log]).toEqual([0, []])
  })

  test('behind frames that came in time shifts nothing, however long it takes', () => {
    const rig = new Rig(3).run(second)
    for (let i = 0; i < 290; i++) {
      rig.clock.advance(100)
      for (const venue of rig.venues) rig.trade(venue, 9 * second)
    }
    expect(rig.time.offsetMs).toBe(0)
  })

  test('is not taken for late while its own timers are held up', () => {
    const rig = new Rig(3)
    rig.time.stop()
    for (let i = 0; i < 20; i++) {
      for (const venue of rig.venues) rig.trade(venue, 9 * second)
      rig.clock.advance(1100)
      rig.time.check()
    }
    expect(rig.time.offsetMs).toBe(0)
  })

  test('and catches up shifts nothing, however long that takes', () => {
    const rig = new Rig(6)
    // Two minutes of frames are read in ten seconds.
    for (let waitingMs = 120 * second; waitingMs > 0; waitingMs -= 1200) {
      rig.clock.advance(100)
      for (const venue of rig.venues) rig.trade(venue, waitingMs)
    }
    rig.run(10 * second)
    expect([rig.time.offsetMs, rig.log]).toEqual([0, []])
  })

  test('late trades prove nothing by being the last for a while, nor when they differ', () => {
    const rig = new Rig(3)
    for (const [i, venue] of rig.venues.entries()) rig.trade(venue, (7 + i) * second)
    rig.run(10 * second, [])
    for (const [i, venue] of rig.venues.entries()) rig.trade(venue, (9 - i) * second)
    rig.run(300, [])
    expect(rig.time.offsetMs).toBe(0)
  })
})

describe('how late the trades of a venue come at least', () => {
  test('is known from the first one on', () => {
    const rig = new Rig(2)
    rig.trade('venue 1', 3 * second)
    rig.trade('venue 1', 2 * second)
    rig.trade('venue 2', -400)
    expect(['venue 1', 'venue 2', 'venue 3'].map((venue) => rig.time.delayMs(venue))).toEqual([2 * second, -400, undefined])
  })

  test('is forgotten neither in quiet times nor by a jump of the wall clock, a sleep or a shift', () => {
    const slow = (rig: Rig): Rig => {
      for (let i = 0; i < 50; i++) {
        rig.trade('venue 1', 3 * second)
        rig.run(100, rig.venues.slice(1))
      }
      return rig
    }
    const delay = (rig: Rig): number | undefined => rig.time.delayMs('venue 1')
    const quiet = slow(new Rig(1))
    quiet.clock.advance(600 * second)
    expect(delay(quiet)).toBe(3 * second)
    expect(delay(slow(new Rig(1)).setWall(hour))).toBe(3 * second)
    expect(
      delay(
        slow(new Rig(4))
          .sleep(hour)
          .run(5 * second, ['venue 2']),
      ),
    ).toBe(3 * second)
    expect(delay(slow(new Rig(4, hour)))).toBe(3 * second - wayMs)
  })

  test('may become more', () => {
    const rig = new Rig(1)
    rig.trade('venue 1')
    rig.clock.advance(61 * second)
    for (let i = 0; i < 10; i++, rig.clock.advance(500)) rig.trade('venue 1', 2 * second)
    expect(rig.time.delayMs('venue 1')).toBe(wayMs)
    for (let i = 0; i < 100; i++) rig.trade('venue 1', 2 * second)
    rig.clock.advance(40 * second)
    rig.trade('venue 1', 2 * second)
    expect(rig.time.delayMs('venue 1')).toBe(2 * second)
  })

  test('is not more because of one that came late within a minute', () => {
    const rig = new Rig(1)
    rig.trade('venue 1')
    rig.clock.advance(41 * second)
    rig.trade('venue 1', 2 * second)
    expect(rig.time.delayMs('venue 1')).toBe(wayMs)
  })

  test('is taken in while it is open whether the machine slept, once that is known', () => {
    const rig = new Rig(2)
    rig.trade('venue 2', 4 * second)
    rig.run(second, []).setWall(hour).run(800)
    expect(rig.time.delayMs('venue 2')).toBe(4 * second)
    rig.run(2 * second, ['venue 1'])
    expect([rig.log.at(-1), rig.time.delayMs('venue 2')]).toEqual(['no sleep', wayMs])
  })

  test('is forgotten when it was nonsense, as before a wrong clock was set right', () => {
    const rig = new Rig(1, hour).run(2 * second)
    expect(rig.time.delayMs('venue 1')).toBe(wayMs + hour)
    rig.setWall(-hour)
    rig.trade('venue 1')
    rig.run(5 * second)
    expect([rig.ageErrorMs, rig.time.delayMs('venue 1')]).toEqual([0, wayMs])
  })

  test('is not confused by frames that waited through a sleep', () => {
    const rig = new Rig(2).run(second)
    rig.clock.advance(1)
    rig.sleep(hour)
    rig.trade('venue 2', 1800 * second)
    rig.trade('venue 1')
    expect([rig.log.at(-1), rig.time.delayMs('venue 2')]).toEqual(['shift 0', wayMs])
  })
})
