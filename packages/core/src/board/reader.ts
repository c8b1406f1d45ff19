import type { EvidenceTier } from '../price.ts'
import { stepMs } from '../venue/time-base.ts'
import { type Board, slotStart } from './board.ts'
import { slotWord, textBytes, unknownTime } from './layout.ts'

/** One slot as read: a plain record that a reader keeps and reuses, so that reading allocates only the texts asked for. */
export class BoardReading {
  /** Evidence tier as on the UDP wire: 1 to 3. */
  tierNumber = 1
  currencyCode = 0
  freshnessLimitMs = 0
  /** Epoch milliseconds, or −1 where it is not known. */
  tradeTime = 0
  /** When the price was proved last in epoch milliseconds. */
  confirmedUtc = 0
  freshSince = 0
  #sleptMs = 0
  #confirmedAt = 0
  readonly #words = new Int32Array(12)
  readonly #bytes = new Uint8Array(this.#words.buffer)
  #priceLength = 0
  #idLength = 0
  /** What was read last: of which memory, which slot and listing, at which state. */
  #source: Int32Array | undefined
  #start = 0
  #generation = 0
  #sequence = 0

  get tier(): EvidenceTier {
    return tiers[this.tierNumber] ?? 'L1_MEMORY'
  }

  /** When the price was proved last, on the clock that is never set, `Clock.now`: ages are counted from here. */
  get confirmedAt(): number {
    return this.#confirmedAt - this.#sleptMs
  }

  /**
   * Makes the price older by an unseen sleep, and stale where that leaves everything unconfirmed.
   * @param sleptMs see `unseenSleepMs`; 0 takes back what was given before
   */
  ageBySleep(sleptMs: number, now: number): void {
    this.#sleptMs = sleptMs
    if (sleptMs > stepMs) this.#sleptMs = Math.max(sleptMs, this.freshnessLimitMs + 1 - now + this.#confirmedAt)
  }

  /** {@link tradeTime}, or null where it is not known. */
  get at(): number | null {
    return this.tradeTime === unknownTime ? null : this.tradeTime
  }

  /** Decimal text with the venue's own digits. */
  get price(): string {
    return asciiText(this.#bytes, 0, this.#priceLength)
  }

  /** Writes the price as ASCII digits to `into` and returns their number: 1 to 24 bytes, all of which must find room. */
  copyPrice(into: Uint8Array, offset: number): number {
    for (let i = 0; i < this.#priceLength; i++) into[offset + i] = this.#bytes[i] ?? 0
    return this.#priceLength
  }

  /** The venue's trade id; null where unknown. */
  get id(): string | null {
    return this.#idLength === 0 ? null : asciiText(this.#bytes, 24, this.#idLength)
  }

  /** Whether the slot still is as it was read; for {@link readSlot} only. */
  holds(words: Int32Array, start: number, generation: number): boolean {
    const isSame = this.#source === words && this.#start === start && this.#generation === generation
    return isSame && Atomics.load(words, start + slotWord.sequence) === this.#sequence
  }

  /** Notes what was loaded as read whole; for {@link readSlot} only. */
  keep(words: Int32Array, start: number, generation: number, sequence: number): void {
    this.#source = words
    this.#start = start
    this.#generation = generation
    this.#sequence = sequence
  }

  /** Takes over the words of a slot; for {@link readSlot} only. */
  load(words: Int32Array, start: number): boolean {
    this.#source = undefined
    const meta = Atomics.load(words, start + slotWord.meta)
    const tierNumber = meta & 255
    if (tiers[tierNumber] === undefined) return false
    this.tierNumber = tierNumber
    this.currencyCode = (meta >>> 8) & 255
    this.#priceLength = (meta >>> 16) & 255
    this.#idLength = meta >>> 24
    this.freshnessLimitMs = Atomics.load(words, start + slotWord.freshnessLimitMs)
    this.tradeTime = loadTime(words, start + slotWord.tradeTime)
    this.#confirmedAt = loadTime(words, start + slotWord.confirmedAt)
    this.confirmedUtc = loadTime(words, start + slotWord.confirmedUtc)
    this.freshSince = loadTime(words, start + slotWord.freshSince)
    // Only the words in use: an atomic load is a call, and most prices are short.
    this.#loadText(words, start + slotWord.price, 0, this.#priceLength)
    this.#loadText(words, start + slotWord.id, 6, this.#idLength)
    return true
  }

  #loadText(words: Int32Array, from: number, to: number, length: number): void {
    // In the middle of a write a length can be anything.
    const count = Math.min((length + 3) >> 2, textBytes / 4)
    for (let i = 0; i < count; i++) this.#words[to + i] = Atomics.load(words, from + i)
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
  // Most questions come between two changes: one load tells that, where reading takes twenty.
  if (reading.holds(words, start, generation)) return true
  for (let attempt = 0; attempt < spins + naps; attempt++) {
    const before = Atomics.load(words, start + slotWord.sequence)
    if ((before & 1) === 1) {
      if (attempt >= spins) Atomics.wait(words, start + slotWord.sequence, before, napMs)
      continue
    }
    if (Atomics.load(words, start + slotWord.generation) !== generation) return false
    const found = reading.load(words, start)
    if (Atomics.load(words, start + slotWord.sequence) !== before) continue
    if (found) reading.keep(words, start, generation, before)
    return found
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
