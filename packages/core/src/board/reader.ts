import type { EvidenceTier } from '../price.ts'
import { type Board, slotStart } from './board.ts'
import { slotWord, unknownTime } from './layout.ts'

/** One slot as read: a plain record that a reader keeps and reuses, so that reading allocates only the texts asked for. */
export class BoardReading {
  tier: EvidenceTier = 'L1_MEMORY'
  currencyCode = 0
  freshnessLimitMs = 0
  /** Epoch milliseconds, or null where the trade time is not known. */
  at: number | null = null
  confirmedAt = 0
  freshSince = 0
  readonly #words = new Int32Array(12)
  readonly #bytes = new Uint8Array(this.#words.buffer)
  #priceLength = 0
  #idLength = 0

  /** Decimal text with the venue's own digits. */
  get price(): string {
    return asciiText(this.#bytes, 0, this.#priceLength)
  }

  /** The venue's trade id; null where unknown. */
  get id(): string | null {
    return this.#idLength === 0 ? null : asciiText(this.#bytes, 24, this.#idLength)
  }

  /** Takes over the words of a slot; for {@link readSlot} only. */
  load(words: Int32Array, start: number): boolean {
    const meta = Atomics.load(words, start + slotWord.meta)
    const tier = tiers[meta & 255]
    if (tier === undefined) return false
    this.tier = tier
    this.currencyCode = (meta >>> 8) & 255
    this.#priceLength = (meta >>> 16) & 255
    this.#idLength = meta >>> 24
    this.freshnessLimitMs = Atomics.load(words, start + slotWord.freshnessLimitMs)
    const at = loadTime(words, start + slotWord.tradeTime)
    this.at = at === unknownTime ? null : at
    this.confirmedAt = loadTime(words, start + slotWord.confirmedAt)
    this.freshSince = loadTime(words, start + slotWord.freshSince)
    for (let i = 0; i < 12; i++) this.#words[i] = Atomics.load(words, start + slotWord.price + i)
    return true
  }
}

const tiers: readonly (EvidenceTier | undefined)[] = [undefined, 'L1_MEMORY', 'L2_VALKEY', 'L3_REST']

/** How often a reader tries again at once when a write comes in between; a writer needs well under a microsecond. */
const spins = 100

/** How often it then sleeps a millisecond, for a writer that lost its core in the middle of a write. */
const naps = 20
const napMs = 1

/**
 * Reads a slot into `reading`. False when it holds no price, belongs to another listing by now, or a writer died in the
 * middle of a write.
 */
export function readSlot(board: Board, slot: number, generation: number, reading: BoardReading): boolean {
  const { words } = board
  const start = slotStart(slot)
  for (let attempt = 0; attempt < spins + naps; attempt++) {
    const before = Atomics.load(words, start + slotWord.sequence)
    if ((before & 1) === 1) {
      if (attempt >= spins) Atomics.wait(words, start + slotWord.sequence, before, napMs)
      continue
    }
    if (Atomics.load(words, start + slotWord.generation) !== generation) return false
    const found = reading.load(words, start)
    if (Atomics.load(words, start + slotWord.sequence) === before) return found
  }
  return false
}

function loadTime(words: Int32Array, index: number): number {
  return Atomics.load(words, index + 1) * 0x1_0000_0000 + (Atomics.load(words, index) >>> 0)
}

function asciiText(bytes: Uint8Array, start: number, length: number): string {
  let text = ''
  for (let i = start; i < start + length; i++) text += String.fromCharCode(bytes[i] ?? 0)
  return text
}
