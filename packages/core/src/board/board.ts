import type { Clock } from '../clock.ts'
import { TrinityError } from '../errors.ts'
import { header, headerWords, layoutVersion, slotWords } from './layout.ts'

/** The newest price of each listing in shared memory: one writer, any number of reading threads. */
export interface Board {
  readonly buffer: SharedArrayBuffer
  readonly words: Int32Array<SharedArrayBuffer>
  readonly slotCount: number
}

/** A new board with room for `slotCount` listings. */
export function createBoard(slotCount: number): Board {
  const words = new Int32Array(new SharedArrayBuffer((headerWords + slotCount * slotWords) * 4))
  Atomics.store(words, header.version, layoutVersion)
  Atomics.store(words, header.slotCount, slotCount)
  return { buffer: words.buffer, words, slotCount }
}

/**
 * The board in a buffer that another thread made.
 * @throws TrinityError `TRN_INTERNAL` when the buffer has another layout version.
 */
export function openBoard(buffer: SharedArrayBuffer): Board {
  const words = new Int32Array(buffer)
  const version = Atomics.load(words, header.version)
  if (version !== layoutVersion) throw new TrinityError('TRN_INTERNAL', `The price board has layout ${version}, this code reads ${layoutVersion}.`)
  return { buffer, words, slotCount: Atomics.load(words, header.slotCount) }
}

/** Index of the first word of a slot. */
export function slotStart(slot: number): number {
  return headerWords + slot * slotWords
}

/** Wall minus steady clock is noted in units of so many milliseconds: differences of 32 bits are right up to three years, and nobody sleeps for longer. */
const wallAheadUnitMs = 50

/** Less may be what a clock has drifted by, which the writer's thread does not note either. */
const leastSleepMs = 600

/** Notes wall minus steady clock, milliseconds, once all prices on the board are as old as that shows. */
export function noteWallAhead({ words }: Board, wallAheadMs: number): void {
  Atomics.store(words, header.wallAhead, Math.round(wallAheadMs / wallAheadUnitMs) | 0)
}

/**
 * For how long the machine may have slept since the writer's thread last looked, milliseconds: so much older all prices on the board are. In the
 * first moments after a sleep a reader may be asked before that thread has looked.
 */
export function unseenSleepMs({ words }: Board, clock: Pick<Clock, 'now' | 'wall'>): number {
  // In this order, so that a thread that waits in between sees no sleep.
  const wall = clock.wall()
  const units = Math.round((wall - clock.now()) / wallAheadUnitMs) - Atomics.load(words, header.wallAhead)
  const aheadMs = (units | 0) * wallAheadUnitMs
  return aheadMs > leastSleepMs ? aheadMs : 0
}
