import { describe, expect, test } from 'vitest'
import { measureRounds } from './rounds.ts'
import { geometricMean, spreadOf } from './statistics.ts'
import { tableLines } from './table.ts'

describe('measureRounds', () => {
  test('warms everybody up, then takes turns', () => {
    const turns: string[] = []
    const contestant = (name: string) => ({ unitsPerPass: 10, pass: () => turns.push(name) && 1 })
    const [a, b] = [contestant('a'), contestant('b')]
    const rates = measureRounds([a, b], { rounds: 3, sliceMs: 0, warmUpMs: 0 })
    expect(turns.join('')).toBe('abababab')
    expect(rates.get(a)?.rounds).toHaveLength(3)
  })

  test('counts work per CPU time, so that waiting costs nothing', () => {
    const cell = new Int32Array(new SharedArrayBuffer(4))
    const waiting = { unitsPerPass: 1, pass: () => (Atomics.wait(cell, 0, 0, 20) === 'timed-out' ? 1 : 0) }
    const perWallSecond = 50
    expect(measureRounds([waiting], { rounds: 3, sliceMs: 0, warmUpMs: 0 }).get(waiting)?.median).toBeGreaterThan(4 * perWallSecond)
  })

  test('refuses a contestant whose count changes', () => {
    let count = 0
    expect(() => measureRounds([{ unitsPerPass: 1, pass: () => count++ }], { rounds: 1, sliceMs: 50, warmUpMs: 0 })).toThrow('another count')
  })
})

describe('figures', () => {
  test('the median lies between the middle two of an even number', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9, rounds: [5, 1, 9] })
    expect(spreadOf([4, 1, 9, 2]).median).toBe(3)
    expect(geometricMean([1, 4, 16])).toBeCloseTo(4)
  })

  test('a table aligns its first column left and figures right', () => {
    expect(
      tableLines([
        ['name', 'n'],
        ['a', '100'],
      ]),
    ).toEqual(['name    n', 'a     100'])
  })
})
