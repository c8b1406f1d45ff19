import { expect, test } from 'vitest'
import { type Board, createBoard } from './board.ts'
import { BoardReading, readSlot } from './reader.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

/** A board whose slots were written equally often. */
function makeBoard(...prices: readonly string[]): Board {
  const board = createBoard(prices.length)
  const writer = new BoardWriter(board, 9000)
  for (const [slot, price] of prices.entries()) {
    writer.open(slot, { currencyCode: 0, freshnessLimitMs: 30_000 })
    writer.apply(slot, { price, at: now, id: '1', tier: 'L1_MEMORY' }, now)
  }
  return board
}

test('a reading that is used for another slot, another listing or another board shows that one', () => {
  const [board, other] = [makeBoard('1', '2'), makeBoard('3', '4')]
  const reading = new BoardReading()
  const read = (from: Board, slot: number, generation = 1): string | undefined =>
    readSlot(from, slot, generation, reading) ? reading.price : undefined
  expect([read(board, 0), read(board, 1), read(board, 0), read(other, 0), read(board, 0)]).toEqual(['1', '2', '1', '3', '1'])
  expect([read(board, 0, 2), read(board, 0)]).toEqual([undefined, '1'])
})
