import { describe, expect, test } from 'vitest'
import { NodeTimeRig as Rig, hour, second, wayMs } from './node-time-rig.fixture.ts'

/** A node that knows its venues well. */
const known = (venues: number): Rig => new Rig(venues).run(10 * second)

describe('a sleep of less than two seconds', () => {
  test.each([600, 1000, 1900])('of %i ms is known by the first trade of a venue that was seen for long', (ms) => {
    const rig = known(1).sleep(ms)
    rig.trade('venue 1')
    expect([rig.ageErrorMs, rig.time.clockErrorMs, rig.log]).toEqual([0, 0, [`shift ${ms}`]])
  })

  test.each([700, 900, 1500])('is known also where trades are late by %i ms all the time', (lateMs) => {
    const rig = new Rig(1)
    const run = (seconds: number): void => {
      for (let i = 0; i < 10 * seconds; i++) {
        rig.clock.advance(100)
        rig.trade('venue 1', lateMs)
      }
    }
    run(10)
    rig.sleep(lateMs + 300)
    run(1)
    expect(rig.ageErrorMs).toBe(0)
  })

  test('is known also after a trade that was late by as much', () => {
    const rig = known(1).sleep(1900)
    rig.clock.advance(11 * second)
    rig.trade('venue 1', wayMs + 1900)
    rig.clock.advance(second)
    rig.trade('venue 1')
    expect(rig.ageErrorMs).toBe(0)
  })

  test('does not keep a jump open beside it when a body has come', () => {
    const rig = known(3).setWall(1900).run(second).setWall(hour)
    rig.clock.advance(2 * second)
    rig.time.compareClocks(rig.clock.now())
    rig.time.observeBody('venue 1', rig.trueUtc, rig.clock.now() - 100, rig.clock.now())
    expect([rig.ageErrorMs, rig.time.clockErrorMs, rig.log.at(-1)]).toEqual([0, hour + 1900, 'no sleep'])
  })

  test('takes two venues that were seen for a moment', () => {
    const rig = new Rig(2).run(second).sleep(1900)
    rig.trade('venue 1')
    expect(rig.ageErrorMs).toBe(-1900)
    rig.trade('venue 2')
    expect(rig.ageErrorMs).toBe(0)
  })

  test.each([hour, 10 * second, 3 * second])('is told from a clock that was set by %i ms just before it', (ms) => {
    const rig = known(1).setWall(ms)
    rig.run(300)
    rig.sleep(1000).run(2 * second)
    expect([rig.ageErrorMs, rig.time.offsetMs, rig.time.clockErrorMs]).toEqual([0, 1000, ms])
  })

  test.each([hour, 10 * second, 3 * second])('is told from a clock that was set by %i ms just after it', (ms) => {
    const rig = known(1).sleep(1000)
    rig.clock.advance(300)
    rig.setWall(ms).run(2 * second)
    expect([rig.ageErrorMs, rig.time.offsetMs, rig.time.clockErrorMs]).toEqual([0, 1000, ms])
  })

  test('hides from nobody by the clock that is set back as often', () => {
    const rig = known(1)
    for (let i = 0; i < 5; i++) rig.sleep(1300).run(500).setWall(-1300).run(500)
    expect([rig.ageErrorMs, rig.time.offsetMs, rig.time.clockErrorMs]).toEqual([0, 6500, -6500])
  })

  test('does not have a venue refused whose clock is far ahead', () => {
    const rig = new Rig(1)
    for (let i = 0; i < 100; i++) {
      rig.clock.advance(100)
      rig.trade('venue 1', wayMs - 3500)
    }
    rig.sleep(1900)
    rig.trade('venue 1', wayMs - 3500)
    expect(rig.time.ageMs(rig.trueUtc + 3500 - wayMs, rig.clock.now())).toBe(wayMs - 3500)
  })
})

describe('a sleep after the clock was set ahead by less than two seconds', () => {
  test.each([3 * second, 60 * second, hour])('is known as it is, by the first trade: %i ms', (ms) => {
    const rig = known(3)
      .setWall(1900)
      .run(2 * second)
      .sleep(ms)
      .run(2 * second)
    expect([rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([0, 1900])
  })

  test('is known also where a trade with a wrong time came meanwhile', () => {
    const rig = known(1).setWall(600).run(second)
    rig.observe('venue 1', rig.trueUtc + hour)
    rig
      .run(620 * second)
      .sleep(1900)
      .run(2 * second)
    expect([rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([0, 600])
  })
})

test('a small change does not hide by how much the clock was set back after it', () => {
  const rig = new Rig(1, hour)
    .run(second)
    .setWall(1900)
    .run(second)
    .setWall(-hour)
    .run(4 * second)
  expect([rig.ageErrorMs, rig.time.clockErrorMs]).toEqual([0, 1900])
})

describe('a clock that was set ahead by less than two seconds', () => {
  test('moves nothing', () => {
    const rig = known(3)
      .setWall(1900)
      .run(60 * second)
    expect([rig.ageErrorMs, rig.time.offsetMs, rig.time.clockErrorMs, rig.log]).toEqual([0, 0, 1900, []])
  })

  test('again and again makes no sleep of all that together', () => {
    const rig = known(1)
    for (let i = 0; i < 8; i++) rig.setWall(600).run(100 * second)
    rig.trade('venue 1', wayMs - 3000)
    expect([rig.run(second).ageErrorMs, rig.time.clockErrorMs]).toEqual([0, 4800])
  })

  test('is not taken for a sleep for a trade that is a little earlier than usual', () => {
    const rig = known(1).setWall(1900).run(second)
    rig.trade('venue 1', wayMs - 600)
    expect(rig.time.offsetMs).toBe(0)
  })
})
