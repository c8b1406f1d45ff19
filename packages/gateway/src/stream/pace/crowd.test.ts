import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { Crowd, type Waiting } from './crowd.ts'

/** A reader that has so many messages to hear. */
function waiting(told: string[], name: string, messages: number): Waiting {
  let left = messages
  return {
    get isDue() {
      return left > 0
    },
    catchUp(most) {
      const count = Math.min(most, left)
      left -= count
      told.push(...Array.from({ length: count }, () => name))
      return count
    },
  }
}

/** Uses up what a crowd may be told at once. */
function exhaust(crowd: Crowd): number {
  let granted = 0
  while (crowd.grant()) granted++
  return granted
}

describe('a crowd', () => {
  test('is told 128 messages at once after a rest and 2 more in each millisecond', () => {
    const clock = new FakeClock()
    const crowd = new Crowd(clock)
    expect(exhaust(crowd)).toBe(128)
    clock.advance(3)
    expect(exhaust(crowd)).toBe(6)
    clock.advance(60_000)
    expect(exhaust(crowd)).toBe(128)
  })

  test('waits in a row when that is used up, and is told nothing past it', () => {
    const clock = new FakeClock()
    const crowd = new Crowd(clock)
    const told: string[] = []
    exhaust(crowd)
    const readers = Array.from({ length: 1000 }, (_, i) => waiting(told, String(i), 1))
    for (const reader of readers) crowd.add(reader)
    for (let ms = 1; ms <= 500; ms++) {
      clock.advance(1)
      expect(told.length).toBe(2 * ms)
    }
    expect(told).toEqual(readers.map((_, i) => String(i)))
    expect(clock.pending).toBe(0)
  })

  test('gives nobody more than 2 messages in a turn, and no turn more than 4 messages', () => {
    const clock = new FakeClock()
    const crowd = new Crowd(clock)
    const told: string[] = []
    crowd.add(waiting(told, 'many', 20))
    crowd.add(waiting(told, 'few', 1))
    clock.advance(1)
    expect(told).toEqual(['many', 'many', 'few', 'many'])
    clock.advance(1)
    expect(told.length).toBe(8)
  })

  test('forgets a reader that has gone, and the turn with the last of them', () => {
    const clock = new FakeClock()
    const crowd = new Crowd(clock)
    const told: string[] = []
    const gone = waiting(told, 'gone', 1)
    crowd.add(gone)
    // Nobody overtakes one who waits, whatever may be told by now.
    expect(crowd.grant()).toBe(false)
    crowd.remove(gone)
    expect([clock.pending, crowd.grant()]).toEqual([0, true])
    clock.advance(10)
    expect(told).toEqual([])
  })
})
