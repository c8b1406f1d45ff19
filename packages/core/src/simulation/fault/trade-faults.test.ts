import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../testing/seeded-random.ts'
import type { SimulatedTrade } from '../dialect.ts'
import { findFault } from './fault-table.ts'

const trade: SimulatedTrade = { symbol: 'A', price: '12.34', size: '1', at: 1_790_000_000_123, id: 1, takerBuys: true }

function distort(name: string, count = 40): readonly SimulatedTrade[] {
  const change = findFault(name).behaviour.trades?.(seededRandom(1))
  return Array.from({ length: count }, (_, i) => change?.({ ...trade, id: i + 1 }) ?? []).flat()
}

describe('faults of trades', () => {
  test('bad prices stand between good ones', () => {
    expect(new Set(distort('price-nan').map(({ price }) => price))).toEqual(new Set(['12.34', 'NaN']))
    expect(new Set(distort('price-1e308').map(({ price }) => price))).toEqual(new Set(['1e308']))
  })

  test('times are whole numbers of every unit', () => {
    expect(new Set(distort('time-units-mixed').map(({ at }) => at))).toEqual(new Set([1_790_000_000, 1_790_000_000_123, 1_790_000_000_123_000]))
  })

  test('reordering loses nothing and repeats some', () => {
    const ids = distort('duplicate-and-reordered', 300).map(({ id }) => id)
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b))
    expect(ids.length).toBeGreaterThan(new Set(ids).size + 50)
    expect(new Set(ids).size).toBeGreaterThan(295)
  })
})
