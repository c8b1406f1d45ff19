import { describe, expect, test } from 'vitest'
import { SecondCells, cellLimit } from './second-cells.ts'

describe('cells of a second', () => {
  test('admit so many in a second, each cell for itself', () => {
    const cells = new SecondCells(2)
    const taken = [0, 1, 999].map((ms) => cells.take(0, 7000 + ms, 2))
    expect(taken).toEqual([true, true, false])
    expect(cells.take(1, 7999, 2)).toBe(true)
    expect(cells.take(0, 8000, 2)).toBe(true)
  })

  test('count up to their limit', () => {
    const cells = new SecondCells(1)
    const taken = Array.from({ length: cellLimit + 5 }, () => cells.take(0, 1_790_000_000_000, cellLimit))
    expect(taken.filter(Boolean)).toHaveLength(cellLimit)
  })
})
