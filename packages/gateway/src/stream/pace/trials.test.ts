import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { type Candidate, type Standing, Trials } from './trials.ts'

interface Runner extends Candidate {
  standing: Standing
  line: { isLate: boolean; takenBytes: number }
}

function openTrials(count: number): { clock: FakeClock; trials: Trials; readers: Runner[]; wait(seconds: number): void } {
  const clock = new FakeClock()
  const trials = new Trials(clock)
  const readers = Array.from({ length: count }, (): Runner => {
    const reader: Runner = { standing: 'new', line: { isLate: false, takenBytes: 0 }, stand: (standing) => (reader.standing = standing) }
    trials.add(reader)
    return reader
  })
  const wait = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      clock.advance(1000)
      trials.judge()
    }
  }
  return { clock, trials, readers, wait }
}

/** As much as no machine takes in for a reader that does not read. */
const enough = 262_144

const count = (readers: readonly Runner[], standing: Standing): number => readers.filter((reader) => reader.standing === standing).length

describe('trials', () => {
  test('take 8 readers at a time, who pass after 10 s when they have taken enough and never lagged', () => {
    const { readers, wait } = openTrials(10)
    for (const { line } of readers) line.takenBytes = enough
    expect([count(readers, 'trial'), count(readers, 'new')]).toEqual([8, 2])
    wait(9)
    expect(count(readers, 'quick')).toBe(0)
    wait(1)
    expect([count(readers, 'quick'), count(readers, 'trial')]).toEqual([8, 2])
    wait(10)
    expect(count(readers, 'quick')).toBe(10)
  })

  test('let a reader that was told too little try again after all others', () => {
    const { readers, wait } = openTrials(10)
    for (const { line } of readers) line.takenBytes = enough - 1
    wait(10)
    expect(readers.map(({ standing }) => standing)).toEqual([...Array(6).fill('trial'), 'new', 'new', 'trial', 'trial'])
    readers.forEach(({ line }) => (line.takenBytes = enough))
    wait(10)
    expect(count(readers, 'quick')).toBe(8)
  })

  test('fail a reader that lags, at once, and pause it for 10 s, then for twice as long each time, up to an hour', () => {
    const { readers, wait } = openTrials(9)
    const [slow, last] = [readers[0], readers[8]]
    if (slow === undefined || last === undefined) throw new Error('There are no readers.')
    slow.line.isLate = true
    wait(1)
    expect([slow.standing, last.standing]).toEqual(['new', 'trial'])
    for (const seconds of [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]) {
      slow.line.isLate = false
      for (const { line } of readers.slice(1)) line.takenBytes = enough
      wait(seconds - 1)
      expect(slow.standing).toBe('new')
      wait(1)
      expect(slow.standing).toBe('trial')
      slow.line.isLate = true
      wait(1)
      expect(slow.standing).toBe('new')
    }
  })

  test('take who has not failed before who has', () => {
    const { readers, wait } = openTrials(16)
    for (const { line } of readers.slice(0, 8)) line.isLate = true
    wait(1)
    expect(readers.map(({ standing }) => standing)).toEqual([...Array(8).fill('new'), ...Array(8).fill('trial')])
    for (const { line } of readers) line.isLate = false
    // By now those who failed could try again, but others have had no full trial yet.
    for (let i = 0; i < 5; i++) wait(10)
    expect(readers.map(({ standing }) => standing)).toEqual([...Array(8).fill('new'), ...Array(8).fill('trial')])
  })

  test('give no seat to a reader that lags', () => {
    const { readers, wait } = openTrials(1)
    const [reader] = readers
    if (reader === undefined) throw new Error('There is no reader.')
    reader.line.isLate = true
    wait(100)
    expect(reader.standing).toBe('new')
  })

  test('take its standing from a quick reader that lags', () => {
    const { readers, wait } = openTrials(1)
    const [reader] = readers
    if (reader === undefined) throw new Error('There is no reader.')
    reader.line.takenBytes = enough
    wait(60)
    expect(reader.standing).toBe('quick')
    reader.line.isLate = true
    wait(1)
    expect(reader.standing).toBe('new')
  })

  test('free the seat of a reader that has gone', () => {
    const { readers, trials, wait } = openTrials(9)
    const [first, last] = [readers[0], readers[8]]
    if (first === undefined || last === undefined) throw new Error('There are no readers.')
    trials.remove(first)
    expect(last.standing).toBe('new')
    wait(1)
    expect(last.standing).toBe('trial')
  })
})
