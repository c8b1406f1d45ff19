import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { type Candidate, type Standing, Trials } from './trials.ts'

interface Runner extends Candidate {
  standing: Standing
  line: { isLate: boolean; takenBytes: number }
}

interface Rig {
  readonly readers: readonly Runner[]
  readonly trials: Trials
  readonly standings: () => Standing[]
  join(): Runner
  wait(seconds: number): void
}

function openTrials(count: number): Rig {
  const clock = new FakeClock()
  const trials = new Trials(clock)
  const join = (): Runner => {
    const reader: Runner = { standing: 'new', line: { isLate: false, takenBytes: 1000 }, stand: (standing) => (reader.standing = standing) }
    trials.add(reader)
    return reader
  }
  const readers = Array.from({ length: count }, join)
  const wait = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1000)
      trials.judge()
    }
  }
  return { readers, trials, standings: () => readers.map(({ standing }) => standing), join, wait }
}

/** What a reader has to take. */
const enough = 1 << 19

describe('trials', () => {
  test('take the last four who came to be quick, until others come', () => {
    const { standings, join } = openTrials(6)
    expect(standings()).toEqual(['new', 'new', 'quick', 'quick', 'quick', 'quick'])
    join()
    expect(standings()).toEqual(['new', 'new', 'new', 'quick', 'quick', 'quick'])
  })

  test('pass a reader that has taken enough without lagging, whoever comes after it', () => {
    const { readers, standings, join, wait } = openTrials(6)
    for (const { line } of readers) line.takenBytes += enough - 1
    wait(1)
    expect(standings().slice(0, 2)).toEqual(['new', 'new'])
    for (const { line } of readers) line.takenBytes += 1
    wait(1)
    for (let i = 0; i < 10; i++) join()
    expect(new Set(standings())).toEqual(new Set(['quick']))
  })

  test('fail a reader that lags, at once, and leave it alone for 10 s, then for twice as long each time, up to an hour', () => {
    const { readers, wait } = openTrials(1)
    const [slow] = readers
    if (slow === undefined) throw new Error('There is no reader.')
    slow.line.isLate = true
    wait(1)
    expect(slow.standing).toBe('slow')
    for (const seconds of [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]) {
      slow.line.isLate = false
      wait(seconds - 1)
      expect(slow.standing).toBe('slow')
      wait(1)
      expect(slow.standing).toBe('new')
      slow.line.isLate = true
      wait(1)
      expect(slow.standing).toBe('slow')
    }
  })

  test('count from its beginning what is taken in another trial', () => {
    const { readers, wait } = openTrials(1)
    const [reader] = readers
    if (reader === undefined) throw new Error('There is no reader.')
    reader.line.isLate = true
    wait(1)
    reader.line = { isLate: false, takenBytes: 10 * enough }
    wait(11)
    expect(reader.standing).toBe('new')
    reader.line.takenBytes += enough
    wait(1)
    expect(reader.standing).toBe('quick')
  })

  test('begin no trial of a reader that lags', () => {
    const { readers, wait } = openTrials(1)
    const [reader] = readers
    if (reader === undefined) throw new Error('There is no reader.')
    reader.line.isLate = true
    wait(100)
    expect(reader.standing).toBe('slow')
  })

  test('take its standing from a quick reader that lags', () => {
    const { readers, wait } = openTrials(5)
    const [reader] = readers
    if (reader === undefined) throw new Error('There is no reader.')
    reader.line.takenBytes += enough
    wait(1)
    expect(reader.standing).toBe('quick')
    reader.line.isLate = true
    wait(1)
    expect(reader.standing).toBe('slow')
  })

  test('forget a reader that has gone', () => {
    const { readers, trials, standings, join } = openTrials(4)
    const [first, second] = readers
    if (first === undefined || second === undefined) throw new Error('There are no readers.')
    trials.remove(first)
    join()
    expect(standings()).toEqual(['quick', 'quick', 'quick', 'quick'])
    join()
    expect(second.standing).toBe('new')
  })
})
