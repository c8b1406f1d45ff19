import { createBoard } from '../board/board.ts'
import { BoardReading, readSlot } from '../board/reader.ts'
import { BoardWriter } from '../board/writer.ts'
import type { ListedTrade } from './shuffled-trades.ts'

/** What stands on a board after trades arrived in this order: one line a slot. */
export function playTrades(arrivals: readonly ListedTrade[], slots: number): readonly string[] {
  const board = createBoard(slots)
  const writer = new BoardWriter(board, 9000)
  const generations = Array.from({ length: slots }, (_, slot) => writer.open(slot, { currencyCode: 0, freshnessLimitMs: 30_000 }))
  let now = 0
  for (const { slot, price, at, id } of arrivals) {
    now = Math.max(now, at)
    writer.apply(slot, { price, at, id, tier: 'L1_MEMORY' }, now, true)
  }
  const reading = new BoardReading()
  return generations.map((generation, slot) =>
    readSlot(board, slot, generation, reading) ? `${reading.price} at ${reading.at} id ${reading.id} confirmed ${reading.confirmedAt} ${reading.tier}` : 'nothing',
  )
}
