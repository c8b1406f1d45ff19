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
