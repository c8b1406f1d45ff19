import { describe, expect, test } from 'vitest'
import { UsualDelays } from './usual-delays.ts'

const second = 1000

/** Delays of venues, noted once a second from `from` on. */
class Notes {
  readonly delays = new UsualDelays()

  note(venue: string, ms: number, from = 0, seconds = 1): this {
    for (let at = from; at < from + seconds * second; at += second) {
      this.delays.count(venue, at)
      this.delays.note(venue, ms, at)
    }
    return this
  }

  recent(...venues: readonly string[]): readonly (number | undefined)[] {
    return venues.map((venue) => this.delays.recentMs(venue))
  }
}

describe('how late a venue is', () => {
  test('is the least that came, from the first on', () => {
    expect(
      new Notes()
        .note('a', 90)
        .note('a', 50, second)
        .note('a', 60, 2 * second)
        .recent('a', 'b'),
    ).toEqual([50, undefined])
  })

  test('grows when nothing about as low has come for a minute and ten that are higher have', () => {
    const notes = new Notes().note('a', 50).note('a', 151, second, 59)
    expect(notes.recent('a')).toEqual([50])
    expect(notes.note('a', 151, 60 * second, 2).recent('a')).toEqual([151])
    expect(new Notes().note('a', 50).note('a', 150, second, 300).recent('a')).toEqual([50])
    expect(
      new Notes()
        .note('a', 50)
        .note('a', 151, 90 * second, 9)
        .recent('a'),
    ).toEqual([50])
  })
})

test('what is known of a venue is not unlearnt by frames that have waited', () => {
  expect(new Notes().note('a', -3000).note('a', 60_000, second, 300).recent('a')).toEqual([-3000])
})

describe('when the time has moved', () => {
  test('what was noted since moves along, what was noted before does not', () => {
    const notes = new Notes()
      .note('a', 50, 0, 10)
      .note('b', -40)
      .note('c', 3050, 20 * second)
    notes.delays.move(-3000, 15 * second)
    expect(notes.recent('a', 'b', 'c')).toEqual([50, -40, 50])
  })

  test('the delay of a venue that had traded little is forgotten where one was early by as much', () => {
    const notes = new Notes().note('a', 500, 0, 9).note('b', 500, 0, 10).note('c', -500, 0, 9)
    notes.delays.move(3000, 15 * second)
    expect(notes.recent('a', 'b', 'c')).toEqual([500, 500, -500])
    notes.note('d', -2900)
    notes.delays.move(3000, 15 * second)
    expect(notes.recent('a', 'b', 'c', 'd')).toEqual([undefined, 500, -500, -2900])
  })

  test('those that were early by something else stay', () => {
    const notes = new Notes().note('a', -150, 0, 10).note('b', -150, 0, 10).note('c', -950, 0, 10).note('d', 800, 0, 10)
    notes.delays.move(600, 15 * second)
    expect(notes.recent('a', 'b', 'c', 'd')).toEqual([-150, -150, -950, 800])
  })

  test('nothing from before stays where two venues were early by as much', () => {
    const notes = new Notes().note('a', -2900, 0, 10).note('b', -2950, 0, 10).note('c', 500, 0, 10)
    notes.delays.move(3000, 15 * second)
    expect(notes.recent('a', 'b', 'c')).toEqual([undefined, undefined, undefined])
    const one = new Notes().note('a', -2900, 0, 10).note('c', 500, 0, 10)
    one.delays.move(3000, 15 * second)
    expect(one.recent('a', 'c')).toEqual([-2900, 500])
  })
})
