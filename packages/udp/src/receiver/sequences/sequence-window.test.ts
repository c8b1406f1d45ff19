import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SequenceVerdict, SequenceWindow, windowSize } from './sequence-window.ts'

function takeAll(sequences: readonly number[], at = (index: number) => index): SequenceVerdict[] {
  const window = new SequenceWindow()
  return sequences.map((sequence, index) => window.take(sequence, at(index)))
}

const kinds = (verdicts: readonly SequenceVerdict[]): string[] => verdicts.map(({ kind }) => kind)

/** Copies are never newer than what came. */
const sameTime = (): number => 0

describe('a sequence', () => {
  test('may begin anywhere, and follows on without gap', () => {
    expect(takeAll([41, 42, 43])).toEqual([{ kind: 'next' }, { kind: 'next' }, { kind: 'next' }])
    expect(takeAll([0, 1])).toEqual([{ kind: 'next' }, { kind: 'next' }])
  })

  test('that was passed over is missing until it comes late, once', () => {
    const window = new SequenceWindow()
    window.take(1, 0)
    expect(window.take(5, 0)).toEqual({ kind: 'next', missing: { first: 2, last: 4 } })
    expect(window.missing).toBe(3)
    expect(window.take(3, 0)).toEqual({ kind: 'late' })
    expect(window.take(3, 0)).toEqual({ kind: 'duplicate' })
    expect(window.missing).toBe(2)
  })

  test('below the first one is late, and what lies between is missing', () => {
    const window = new SequenceWindow()
    window.take(10, 0)
    expect(window.take(7, 0)).toEqual({ kind: 'late', missing: { first: 8, last: 9 } })
    expect(window.take(6, 0)).toEqual({ kind: 'late' })
    expect([8, 9, 9].map((sequence) => window.take(sequence, 0).kind)).toEqual(['late', 'late', 'duplicate'])
    expect(window.missing).toBe(0)
  })

  test('is told from its copies as far back as the window goes, and counts as a copy beyond', () => {
    const top = 1_000_000
    const oldest = top - windowSize + 1
    expect(kinds(takeAll([oldest - 2, top, oldest, oldest, oldest - 1], sameTime))).toEqual(['next', 'next', 'late', 'duplicate', 'duplicate'])
  })

  test('far ahead leaves nothing of those before it', () => {
    for (const jump of [windowSize - 1, windowSize, windowSize + 1, 2 ** 40]) {
      const window = new SequenceWindow()
      for (const sequence of [0, 1, 30_000, 60_000]) window.take(sequence, 0)
      expect(window.take(60_000 + jump, 0)).toEqual({ kind: 'next', missing: { first: 60_001, last: 59_999 + jump } })
      const below = Array.from({ length: Math.min(windowSize, jump) - 1 }, (_, back) => window.take(59_999 + jump - back, 0).kind)
      expect(new Set(below)).toEqual(new Set(['late']))
    }
  })

  test('may be as high as a number is exact', () => {
    const top = Number.MAX_SAFE_INTEGER
    expect(kinds(takeAll([top - 1, top, top - 1, top], sameTime))).toEqual(['next', 'next', 'duplicate', 'duplicate'])
  })
})

describe('a sender that counts anew', () => {
  test('is known by a sequence that came before in a body made since', () => {
    const window = new SequenceWindow()
    for (const sequence of [1, 2, 3]) window.take(sequence, sequence)
    expect(window.take(1, 4)).toEqual({ kind: 'next', restarted: true })
    expect(window.take(2, 5)).toEqual({ kind: 'next' })
  })

  test('is known by a lower sequence that had not come, too: it is no late one', () => {
    const window = new SequenceWindow()
    for (const sequence of [500, 501, 503]) window.take(sequence, sequence)
    expect(window.take(502, 502)).toEqual({ kind: 'late' })
    expect(window.take(1, 504)).toEqual({ kind: 'next', restarted: true })
    expect(window.take(2, 505)).toEqual({ kind: 'next' })
    expect(window.missing).toBe(0)
  })

  test('far below is known, too', () => {
    const window = new SequenceWindow()
    window.take(10_000_000, 1)
    expect(window.take(1, 2)).toEqual({ kind: 'next', restarted: true })
  })

  test('is known by what was overtaken in its new count; the rest of that is late or missing', () => {
    const window = new SequenceWindow()
    for (const sequence of [1, 2, 7, 8]) window.take(sequence, sequence)
    expect(window.take(3, 103)).toEqual({ kind: 'next', restarted: true })
    expect(window.take(1, 101)).toEqual({ kind: 'late', missing: { first: 2, last: 2 } })
    expect(window.take(4, 104)).toEqual({ kind: 'next' })
    // Four were missing before: they will not come.
    expect(window.missing).toBe(5)
  })

  test('is not one that made two pushes in one millisecond, of which the second came first', () => {
    const window = new SequenceWindow()
    for (const sequence of [1, 3]) window.take(sequence, 5)
    expect(window.take(2, 5)).toEqual({ kind: 'late' })
  })

  test('is not one that took over and made a push anew that had come', () => {
    const window = new SequenceWindow()
    for (const sequence of [1, 2, 3]) window.take(sequence, sequence)
    expect(window.take(3, 50, true)).toEqual({ kind: 'duplicate' })
    expect(window.take(4, 51)).toEqual({ kind: 'next' })
  })

  test('is not what somebody makes of it who repeats datagrams, or held them back', () => {
    const window = new SequenceWindow()
    for (const sequence of [1, 2, 4]) window.take(sequence, sequence)
    for (const sequence of [1, 2, 4]) expect(window.take(sequence, sequence)).toEqual({ kind: 'duplicate' })
    window.take(1, 5)
    for (const sequence of [2, 3, 4]) expect(window.take(sequence, sequence)).toEqual({ kind: 'duplicate' })
    expect(window.take(2, 6)).toEqual({ kind: 'next' })
    expect(window.missing).toBe(1)
  })
})

test('whatever is lost, doubled and overtaken: what is missing is told, exactly, and each is new once', () => {
  const sequences = fc.integer({ min: 1, max: 150 }).chain((count) =>
    fc.record({
      start: fc.constantFrom(0, 1, 97, windowSize - 50, 2 ** 40),
      lost: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })),
      copies: fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 50 }),
      delays: fc.array(fc.nat(60), { minLength: count + 50, maxLength: count + 50 }),
      count: fc.constant(count),
    }),
  )
  fc.assert(
    fc.property(sequences, ({ start, lost, copies, delays, count }) => {
      const sent = Array.from({ length: count }, (_, n) => n).filter((n) => !lost.includes(n))
      const arrivals = [...sent, ...copies.filter((n) => !lost.includes(n))]
        .map((n, index) => ({ n: start + n, at: n + (delays[index] ?? 0) }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ n }) => n)
      const window = new SequenceWindow()
      const missing = new Set<number>()
      const isNew: number[] = []
      arrivals.forEach((sequence, index) => {
        const { kind, missing: range, restarted } = window.take(sequence, sequence)
        expect(restarted).toBeUndefined()
        expect(kind === 'duplicate').toBe(arrivals.indexOf(sequence) < index)
        if (kind !== 'duplicate') isNew.push(sequence)
        if (kind === 'late') missing.delete(sequence)
        for (let each = range?.first ?? 1; each <= (range?.last ?? 0); each++) {
          expect(missing.has(each)).toBe(false)
          missing.add(each)
        }
        const came = new Set(arrivals.slice(0, index + 1))
        const [lowest, highest] = [Math.min(...came), Math.max(...came)]
        expect(missing.size).toBe(highest - lowest + 1 - came.size)
        expect(window.missing).toBe(missing.size)
        expect([...missing].every((each) => each > lowest && each < highest && !came.has(each))).toBe(true)
      })
      expect(isNew.toSorted((a, b) => a - b)).toEqual(sent.map((n) => start + n))
    }),
    { numRuns: 150 },
  )
})
