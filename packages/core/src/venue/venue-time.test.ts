import { describe, expect, test } from 'vitest'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { VenueTime, clockErrorLimitMs } from './venue-time.ts'

const second = 1000
const hour = 3_600_000
const tenYears = 3652 * 24 * hour

/** Milliseconds on the way from a venue. */
const wayMs = 80

/** A node and what time it is at the venues in truth. */
class Rig {
  readonly clock = new FakeClock()
  readonly time = new VenueTime(this.clock)
  readonly log: string[] = []
  readonly venues: readonly string[]
  /** Time at the venues minus the steady clock. */
  trueOffsetMs: number

  /** @param clockErrorMs how far ahead of the venues the node starts */
  constructor(venueCount: number, clockErrorMs = 0) {
    this.venues = Array.from({ length: venueCount }, (_, i) => `venue ${i + 1}`)
    this.trueOffsetMs = -clockErrorMs
    this.time.on('step', (lostMs) => this.log.push(`step ${lostMs}`))
    this.time.on('noSleep', () => this.log.push('no sleep'))
    this.time.on('shift', (lostMs) => this.log.push(`shift ${lostMs}`))
    this.time.start()
  }

  get trueUtc(): number {
    return this.clock.now() + this.trueOffsetMs
  }

  /** How much older than it is something at the venues seems to be. */
  get ageErrorMs(): number {
    return this.time.ageMs(this.trueUtc, this.clock.now())
  }

  trade(venue: string, lateMs = wayMs): void {
    this.observe(venue, this.trueUtc - lateMs)
  }

  observe(venue: string, at: number): void {
    this.time.compareClocks(this.clock.now())
    this.time.observe(venue, at, this.clock.now())
  }

  /** Every venue trades ten times a second. */
  run(ms: number, venues = this.venues): this {
    for (const end = this.clock.now() + ms; this.clock.now() < end;) {
      this.clock.advance(100)
      for (const venue of venues) this.trade(venue)
    }
    return this
  }

  sleep(ms: number): this {
    this.trueOffsetMs += ms
    this.clock.stepWall(ms)
    return this
  }

  setWall(ms: number): this {
    this.clock.stepWall(ms)
    return this
  }
}

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

  test('trades from the future show it at once, late ones after 3 s', () => {
    const behind = new Rig(3, -hour).run(300)
    expect(behind.ageErrorMs).toBe(-wayMs)
    const ahead = new Rig(3, hour).run(2900)
    expect(ahead.ageErrorMs).toBe(hour)
    expect(ahead.run(600).ageErrorMs).toBe(-wayMs)
  })

  test('the time that was missing is told, so that what seemed young is made older', () => {
    expect(new Rig(3, -3 * second).run(second).log).toEqual([`shift ${3 * second - wayMs}`])
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
    rig.setWall(stepMs).run(stepMs === 3 * second ? 31 * second : 2 * second)
    expect(rig.time.offsetMs).toBe(0)
    expect(rig.log).toEqual([`step ${Math.max(0, stepMs)}`, ...(stepMs > 0 && count > 0 ? ['no sleep'] : [])])
    // Without any trade nobody can tell whether the machine slept.
    expect(rig.ageErrorMs).toBe(count === 0 ? Math.max(0, stepMs) : 0)
    expect(rig.time.clockErrorMs).toBe(count === 0 ? 0 : stepMs)
  })

  test.each(steps)('and back again: %i ms', (stepMs) => {
    const rig = new Rig(1)
      .run(second)
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

  test('leaves ages at their longest for the second in which frames from before a sleep could come, then no more', () => {
    const rig = new Rig(1).run(second).setWall(hour).run(800)
    expect(rig.ageErrorMs).toBe(hour)
    expect(rig.run(500).ageErrorMs).toBe(0)
  })
})

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
    const rig = new Rig(3).run(second).sleep(1900).run(500)
    expect([rig.ageErrorMs, rig.log]).toEqual([-wayMs, [`shift ${1900 - wayMs}`]])
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
    for (let i = 0; i < 20; i++) {
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
    rig.trade('venue 1', 2 * second)
    expect(rig.time.delayMs('venue 1')).toBe(2 * second)
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
