import { createBoard } from '../../board/board.ts'
import { BoardReading, readSlot } from '../../board/reader.ts'
import { BoardWriter } from '../../board/writer.ts'
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
  return generations.map((generation, slot) => {
    if (!readSlot(board, slot, generation, reading)) return nothing
    return describe(reading.price, reading.at, reading.id, reading.confirmedAt)
  })
}

/** What has to stand there: the last trade of each listing, in the true order of the trades. */
export function lastTrades(trades: readonly ListedTrade[], slots: number): readonly string[] {
  const last = Array.from({ length: slots }, () => nothing)
  for (const { slot, price, at, id } of trades) last[slot] = describe(price, at, id, at)
  return last
}

const nothing = 'nothing'

function describe(price: string, at: number | null, id: string | null, confirmedAt: number): string {
  return `${price} at ${at} id ${id} confirmed ${confirmedAt}`
}
