import { expect, test } from 'vitest'
import { createBoard } from './board.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

test('a trade after one that was later than a reading is later too, whatever becomes known of the delay in between', () => {
  const writer = new BoardWriter(createBoard(1), 9000)
  writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  writer.apply(0, { price: '3', at: null, id: null, tier: 'L3_REST', askedAt: now }, now)
  // Nobody knows yet how late the venue's trades come.
  expect(writer.apply(0, { price: '1', at: now - 4500, id: '1', tier: 'L1_MEMORY' }, now + 1000, true)).toBe('replaces')
  expect(writer.apply(0, { price: '2', at: now - 800, id: '2', tier: 'L1_MEMORY', delayMs: 120 }, now + 4000, true)).toBe('replaces')
  expect(writer.price(0)).toBe('2')
})

test('but not after one that only names the price of the reading', () => {
  const writer = new BoardWriter(createBoard(1), 9000)
  writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  writer.apply(0, { price: '3', at: null, id: null, tier: 'L3_REST', askedAt: now }, now)
  expect(writer.apply(0, { price: '3', at: now - 9000, id: '1', tier: 'L1_MEMORY' }, now + 1000, true)).toBe('replaces')
  expect(writer.apply(0, { price: '2', at: now - 8000, id: '2', tier: 'L1_MEMORY' }, now + 4000, true)).toBe('ignored')
})
