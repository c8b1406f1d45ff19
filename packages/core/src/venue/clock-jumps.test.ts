import { describe, expect, test } from 'vitest'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { ClockJumps } from './clock-jumps.ts'

const minute = 60_000
const hour = 3_600_000

/** The wall clock jumps as told, each time a moment later. */
function afterJumps(...jumps: readonly number[]): { clock: FakeClock; jumps: ClockJumps; pass: (ms: number) => void } {
  const clock = new FakeClock()
  const seen = new ClockJumps(clock)
  for (const ms of jumps) {
    clock.stepWall(ms)
    expect(seen.detect(clock.now())).toEqual({ isJump: true, ms })
    clock.advance(100)
  }
  return { clock, jumps: seen, pass: (ms) => clock.advance(ms) }
}

describe('a jump of the wall clock', () => {
  test('is one from more than 2 s on', () => {
    const clock = new FakeClock()
    const jumps = new ClockJumps(clock)
    clock.stepWall(1500)
    expect([jumps.detect(clock.now()), jumps.isOpen, jumps.perhapsSleptMs]).toEqual([{ isJump: false, ms: 1500 }, false, 0])
    clock.stepWall(500)
    expect(jumps.detect(clock.now())).toBeUndefined()
    clock.stepWall(1501)
    expect([jumps.detect(clock.now()), jumps.isOpen, jumps.perhapsSleptMs]).toEqual([{ isJump: true, ms: 2001 }, true, 3501])
    expect([jumps.detect(clock.now()), jumps.wallAheadMs]).toEqual([undefined, 3501])
  })

  test('is not made shorter by a small change the other way just before it', () => {
    const clock = new FakeClock()
    const jumps = new ClockJumps(clock)
    clock.stepWall(-1900)
    expect(jumps.detect(clock.now())).toEqual({ isJump: false, ms: -1900 })
    clock.stepWall(3000)
    expect([jumps.detect(clock.now()), jumps.perhapsSleptMs]).toEqual([{ isJump: true, ms: 3000 }, 3000])
  })

  test('is short by itself, whatever else there was', () => {
    const hasShort = (...jumps: readonly number[]): boolean => afterJumps(...jumps).jumps.hasShort
    expect([hasShort(3000), hasShort(20_000), hasShort(3000, minute)]).toEqual([true, true, true])
    expect([hasShort(20_001), hasShort(minute), hasShort(-3000)]).toEqual([false, false, false])
  })

  test('ahead may have been a sleep, one back was none', () => {
    expect(afterJumps(hour).jumps).toMatchObject({ perhapsSleptMs: hour, backMs: 0, wentAhead: true })
    expect(afterJumps(-hour).jumps).toMatchObject({ perhapsSleptMs: 0, backMs: hour, wentAhead: false })
  })

  test('back takes no sleep away that came before it, and makes none shorter that comes after it', () => {
    expect(afterJumps(hour, -hour).jumps).toMatchObject({ perhapsSleptMs: hour, backMs: 0 })
    expect(afterJumps(-hour, hour).jumps).toMatchObject({ perhapsSleptMs: hour, backMs: 0 })
    expect(afterJumps(-hour, -minute).jumps).toMatchObject({ perhapsSleptMs: 0, backMs: hour + minute })
  })

  test('that is understood does not count any more', () => {
    const { clock, jumps } = afterJumps(hour)
    jumps.close()
    expect(jumps).toMatchObject({ isOpen: false, perhapsSleptMs: 0, wentAhead: true, wallAheadMs: hour })
    clock.stepWall(minute)
    jumps.detect(clock.now())
    expect(jumps).toMatchObject({ isOpen: true, perhapsSleptMs: minute })
    jumps.forget()
    expect(jumps).toMatchObject({ isOpen: false, wentAhead: false })
  })
})

describe('a trade after a sleep', () => {
  type Rig = ReturnType<typeof afterJumps>
  const sleptMs = ({ clock, jumps }: Rig, delayMs: number, venue = 'venue 1', isSure = true): number =>
    jumps.sleptMs(venue, [delayMs], isSure, clock.now())

  test('seems to be from the future by as much as the clock jumped, give or take 2 s', () => {
    expect([-hour, -hour - 2000, -hour + 2000].map((delayMs) => sleptMs(afterJumps(hour), delayMs))).toEqual([hour, hour, hour])
    expect([-hour - 2001, -hour + 2001, 0].map((delayMs) => sleptMs(afterJumps(hour), delayMs))).toEqual([0, 0, 0])
    expect(sleptMs(afterJumps(-hour), -hour)).toBe(0)
  })

  test('is early at all: a late one proves nothing', () => {
    expect([sleptMs(afterJumps(2100), -501), sleptMs(afterJumps(2100), -500)]).toEqual([2100, 0])
  })

  test('shows the sum of several, if nothing was understood in between', () => {
    expect(sleptMs(afterJumps(hour, minute), -hour - minute)).toBe(hour + minute)
  })

  test('shows which of several it was, once frames that waited have been read', () => {
    const rig = afterJumps(hour, minute)
    expect(sleptMs(rig, -minute)).toBe(0)
    rig.pass(1000)
    expect([sleptMs(rig, -minute), sleptMs(rig, -hour), sleptMs(rig, -hour - minute)]).toEqual([minute, hour, hour + minute])
  })

  test('shows no sleep that is shorter than another trade was early', () => {
    const rig = afterJumps(3000, minute)
    expect(sleptMs(rig, -45_000)).toBe(0)
    rig.pass(1000)
    expect(sleptMs(rig, -3000)).toBe(0)
    expect(sleptMs(rig, -minute)).toBe(minute)
  })

  test('shows no short one at a venue that was seen seldom, whose clock may be ahead, before another shows the same', () => {
    const rig = afterJumps(3000)
    const unsure = (venue: string, delayMs: number): number => sleptMs(rig, delayMs, venue, false)
    expect([unsure('venue 1', -3000), unsure('venue 1', -3000), unsure('venue 2', 0)]).toEqual([0, 0, 0])
    expect(unsure('venue 2', -2900)).toBe(3000)
    expect(sleptMs(afterJumps(hour), -hour, 'venue 1', false)).toBe(hour)
  })

  test('shows it also when that was taken for a set clock', () => {
    const rig = afterJumps(hour)
    rig.jumps.close()
    rig.pass(9 * minute)
    rig.jumps.detect(rig.clock.now())
    expect(sleptMs(rig, -hour)).toBe(hour)
    rig.pass(minute)
    rig.jumps.detect(rig.clock.now())
    expect(sleptMs(rig, -hour)).toBe(0)
  })

  test('of many only their sum is remembered', () => {
    const rig = afterJumps(...Array.from({ length: 7 }, (_, i) => hour * 2 ** i))
    rig.pass(1000)
    expect([sleptMs(rig, -hour * 127), sleptMs(rig, -hour)]).toEqual([hour * 127, 0])
  })
})

describe('a trade after the clock was set', () => {
  const wasSet = ({ clock, jumps }: ReturnType<typeof afterJumps>, delayMs: number, venue = 'venue 1', isSure = true): boolean =>
    jumps.wasSet(venue, [delayMs], isSure, clock.now())

  test('is on time and happened since', () => {
    const rig = afterJumps(-hour)
    rig.pass(1900)
    expect([-501, -500, 100, 1499, 1500].map((delayMs) => wasSet(rig, delayMs))).toEqual([false, true, true, true, false])
    rig.pass(minute)
    expect([5000, 5001].map((delayMs) => wasSet(rig, delayMs))).toEqual([true, false])
  })

  test('is one after the frames that may have waited for a second', () => {
    const closesAfter = (...jumps: readonly number[]): number => {
      const rig = afterJumps(...jumps)
      let ms = 100
      for (; !wasSet(rig, 0); ms += 100) rig.pass(100)
      return ms
    }
    expect([closesAfter(-hour), closesAfter(-3000)]).toEqual([1000, 1000])
    // Where there may have been a sleep: another a quarter of a second later.
    expect([closesAfter(hour), closesAfter(20_001)]).toEqual([1300, 1300])
  })

  test('is the tenth of a venue after a short jump: a late one seems to be on time too', () => {
    const trades = (apartMs: number, delayMs: (count: number) => number): number => {
      const rig = afterJumps(3000)
      rig.pass(900)
      for (let count = 1; count < 100; count++) {
        if (wasSet(rig, delayMs(count))) return count
        rig.pass(apartMs)
      }
      return Infinity
    }
    expect([trades(500, () => 0), trades(100, () => 0)]).toEqual([10, 46])
    // An early one in between begins the count anew.
    expect(trades(500, (count) => (count === 5 ? -501 : 0))).toBe(15)
    expect(trades(500, (count) => (count % 9 === 0 ? -3000 : 0))).toBe(Infinity)
    const rig = afterJumps(3000)
    rig.pass(900)
    for (let i = 0; i < 30; i++, rig.pass(500)) expect(wasSet(rig, 0, `venue ${i % 4}`)).toBe(false)
  })

  test('and of a second one where the first was seen seldom: its clock may be behind; for ten minutes', () => {
    const rig = afterJumps(3000)
    rig.pass(900)
    const unsure = (venue: string): boolean => wasSet(rig, 0, venue, false)
    for (let i = 0; i < 30; i++, rig.pass(500)) expect(unsure('venue 1')).toBe(false)
    for (let i = 1; i < 10; i++, rig.pass(500)) expect(unsure('venue 2')).toBe(false)
    expect(unsure('venue 2')).toBe(true)
    rig.jumps.detect(rig.clock.now())
    const alone = afterJumps(3000)
    for (let i = 0; i < 10; i++, alone.pass(500)) wasSet(alone, 0, 'venue 1', false)
    expect(wasSet(alone, 0, 'venue 1', false)).toBe(false)
    alone.pass(10 * minute)
    expect(wasSet(alone, 0, 'venue 1', false)).toBe(true)
  })

  test('shows nothing when there was no jump, or it is understood', () => {
    const rig = afterJumps(hour)
    rig.jumps.close()
    rig.pass(2000)
    expect([wasSet(rig, 0), wasSet(afterJumps(), 0)]).toEqual([false, false])
  })
})
