import { expect, test } from 'vitest'
import { createBoard } from './board.ts'
import type { Evidence } from './evidence.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

test('a reading without any time, neither of its trade nor of its request, proves nothing', () => {
  const writer = new BoardWriter(createBoard(1), 9000)
  writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  const undated: Evidence = { price: '100', at: null, id: null, tier: 'L3_REST' }
  expect([writer.apply(0, undated, now), writer.price(0)]).toEqual(['ignored', ''])
  writer.apply(0, { price: '100', at: now, id: '1', tier: 'L1_MEMORY' }, now)
  expect([writer.apply(0, undated, now + 20_000), writer.confirmedAt(0)]).toEqual(['ignored', now])
})
