import { expect, test } from 'vitest'
import { createBoard } from './board.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

function makeWriter(): BoardWriter {
  const writer = new BoardWriter(createBoard(1), 9000)
  writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  return writer
}

test('a price that a reading has proved stays proved when its older trade is named later', () => {
  const writer = makeWriter()
  writer.apply(0, { price: '1.50', at: null, id: null, tier: 'L3_REST', askedAt: now }, now)
  expect(writer.apply(0, { price: '1.5', at: now - 19_000, id: '7', tier: 'L1_MEMORY' }, now + 40, true)).toBe('replaces')
  expect(writer.confirmedAt(0)).toBe(now)
})

test('an older trade of another price, named later, is not shown', () => {
  const writer = makeWriter()
  writer.apply(0, { price: '1.50', at: null, id: null, tier: 'L3_REST', askedAt: now }, now)
  expect(writer.apply(0, { price: '1.6', at: now - 19_000, id: '7', tier: 'L1_MEMORY' }, now + 40, true)).toBe('ignored')
  expect([writer.price(0), writer.confirmedAt(0)]).toEqual(['1.50', now])
})

test('another price is proved only by its own trade', () => {
  const writer = makeWriter()
  writer.apply(0, { price: '1.50', at: now - 60_000, id: '6', tier: 'L1_MEMORY' }, now, true)
  writer.confirm(0, now, 'L3_REST', now)
  writer.apply(0, { price: '1.6', at: now - 19_000, id: '7', tier: 'L1_MEMORY' }, now + 40, true)
  expect(writer.confirmedAt(0)).toBe(now - 19_000)
})
