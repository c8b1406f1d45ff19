import { AssetTable, type Board, ChangeLog, KeyTable, createBoard, createCounters, createUsageTables } from '@trinity/core'
import { servingCounterNames } from '../metrics/serving-counters.ts'

/** The memory that the main thread writes and every serving thread reads. */
export interface SharedState {
  readonly board: SharedArrayBuffer
  readonly assets: SharedArrayBuffer
  readonly keys: SharedArrayBuffer
  /** Rows of the key table. */
  readonly keyRows: number
  /** Notes the entry of each asset whose price changed. */
  readonly changes: SharedArrayBuffer
}

/** The writers of the shared state; one thread has them. */
export interface SharedWriters {
  readonly board: Board
  readonly assets: AssetTable
  readonly keys: KeyTable
  readonly changes: ChangeLog
  readonly state: SharedState
}

/** What one serving thread writes and the main thread drains. */
export interface WorkerRegion {
  readonly usage: SharedArrayBuffer
  readonly counters: SharedArrayBuffer
}

/** Most keys at once. */
export const keyRows = 65_536

/** New memory for a server whose board has room for `boardSlots` listings. */
export function createSharedState(boardSlots: number): SharedWriters {
  const board = createBoard(boardSlots)
  const assets = new AssetTable()
  const keys = new KeyTable(keyRows)
  const changes = new ChangeLog()
  return { board, assets, keys, changes, state: { board: board.buffer, assets: assets.buffer, keys: keys.buffer, keyRows, changes: changes.buffer } }
}

export function createRegion(): WorkerRegion {
  return { usage: createUsageTables(), counters: createCounters(servingCounterNames.length) }
}
