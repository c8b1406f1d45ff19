import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { Crowd, type Waiting } from './crowd.ts'

interface Rig {
  readonly clock: FakeClock
  readonly crowd: Crowd
  /** Who was told a message, in this order. */
  readonly told: string[]
  /** Lets the loop turn; false when the crowd waits for no turn. */
  turn(): boolean
  /** Lets the loop turn until the crowd waits for no more turns. */
  turnAll(): void
  /** A reader that has so many messages to hear. */
  reader(name: string, messages: number): Waiting
}

function openCrowd(): Rig {
  const clock = new FakeClock()
  const turns = new Set<() => void>()
  const told: string[] = []
  const crowd = new Crowd(clock, (action) => {
    turns.add(action)
    return () => turns.delete(action)
  })
  const turn = (): boolean => {
    const [action] = turns
    if (action === undefined) return false
    turns.delete(action)
    action()
    return true
  }
  return {
    clock,
    crowd,
    told,
    turn,
    turnAll() {
      while (turn());
    },
    reader(name, messages) {
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
    },
  }
}

describe('a crowd', () => {
  test('is told 128 messages after a rest and 3 more in each millisecond, in the order in which it came', () => {
    const { clock, crowd, told, turnAll, reader } = openCrowd()
    const names = Array.from({ length: 1000 }, (_, i) => String(i))
    for (const name of names) crowd.add(reader(name, 1))
    turnAll()
    expect(told.length).toBe(128)
    for (let ms = 1; ms <= 100; ms++) {
      clock.advance(1)
      turnAll()
      expect(told.length).toBe(128 + 3 * ms)
    }
    clock.advance(1000)
    turnAll()
    clock.advance(1000)
    turnAll()
    expect([told, clock.pending]).toEqual([names.slice(0, told.length), 1])
  })

  test('is told one message in a turn, so that others wait for no more', () => {
    const { crowd, told, turn, reader } = openCrowd()
    crowd.add(reader('many', 3))
    crowd.add(reader('few', 1))
    const turns: string[] = []
    while (turn()) turns.push(told.splice(0).join(' '))
    expect(turns).toEqual(['many', 'few', 'many', 'many'])
  })

  test('forgets a reader that has gone, and the turn with the last of them', () => {
    const { crowd, told, turn, reader } = openCrowd()
    const [gone, left] = [reader('gone', 1), reader('left', 1)]
    crowd.add(gone)
    crowd.add(left)
    crowd.remove(gone)
    expect([turn(), told]).toEqual([true, ['left']])
    crowd.add(gone)
    crowd.remove(gone)
    expect(turn()).toBe(false)
  })
})
