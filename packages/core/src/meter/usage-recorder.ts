import { TrinityError } from '../errors.ts'
import {
  type UsageProtocol,
  type UsageRow,
  isPackable,
  packHigh,
  packLow,
  usageBuckets,
  usageEntriesStart,
  usageEntryWord,
  usageEntryWords,
  usageHeader,
  usageIndexStart,
  usageLayoutVersion,
} from './usage-layout.ts'

/** The slow way of a request that the tables have no room for; it must not lose it. */
export type UsageSpill = (row: UsageRow) => void

/**
 * Counts the answered requests of one thread. Each is counted by a single atomic addition, and by nothing else, so a thread may
 * end anywhere: its requests are counted or not, never half.
 */
export class UsageRecorder {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #capacity: number
  readonly #mask: number
  readonly #spill: UsageSpill
  #table = 0
  #index = 0
  #entries = 0

  /**
   * One recorder at a time on a buffer; a new one goes on where the last one ended.
   * @throws TrinityError `TRN_INTERNAL` when the buffer has another layout version.
   */
  constructor(buffer: SharedArrayBuffer, spill: UsageSpill) {
    this.#words = new Int32Array(buffer)
    const version = Atomics.load(this.#words, usageHeader.version)
    if (version !== usageLayoutVersion)
      throw new TrinityError('TRN_INTERNAL', `The usage tables have layout ${version}, this code writes ${usageLayoutVersion}.`)
    this.#capacity = Atomics.load(this.#words, usageHeader.capacity)
    this.#mask = usageBuckets(this.#capacity) - 1
    this.#spill = spill
    this.#turnTo(Atomics.load(this.#words, usageHeader.active))
  }

  /**
   * Counts one request, before its answer leaves.
   * @param keyRow row of the key table up to 2¹⁸ − 2; -1 for none
   * @param asset entry of the asset table up to 2¹⁵ − 2; -1 for none or several
   * @param wireId of the venue; 255 for none
   * @param tier evidence tier 1 to 3; 0 where no price was served
   * @param status HTTP status, or the one that stands for it
   */
  record(keyRow: number, asset: number, wireId: number, tier: number, protocol: UsageProtocol, status: number): void {
    const words = this.#words
    const low = packLow(keyRow, wireId, tier, protocol)
    const high = packHigh(asset, status)
    let bucket = hashKey(low, high) & this.#mask
    if (isPackable(keyRow, asset, wireId, tier, protocol, status)) {
      // Half of the buckets are free; the bound guards against an endless search in memory that was spoilt.
      for (let probes = 0; probes <= this.#mask; probes++) {
        const entry = words[this.#index + bucket] ?? 0
        if (entry === 0) {
          if (this.#addEntry(low, high, bucket)) return
          break
        }
        const at = this.#entries + (entry - 1) * usageEntryWords
        if (words[at] === low && words[at + usageEntryWord.keyHigh] === high) {
          Atomics.add(words, at + usageEntryWord.requests, 1)
          return
        }
        bucket = (bucket + 1) & this.#mask
      }
    }
    this.#spill({ keyRow, asset, wireId, tier, protocol, status })
  }

  #addEntry(low: number, high: number, freeBucket: number): boolean {
    const words = this.#words
    let bucket = freeBucket
    let used = Atomics.load(words, usageHeader.used + this.#table)
    if (used === this.#capacity) {
      const other = 1 - this.#table
      if (Atomics.load(words, usageHeader.used + other) > 0) return false
      this.#turnTo(other)
      bucket = hashKey(low, high) & this.#mask
      used = 0
    }
    const at = this.#entries + used * usageEntryWords
    words[at + usageEntryWord.keyLow] = low
    words[at + usageEntryWord.keyHigh] = high
    // The drain looks at entries in use only, and the index must not lead to one that it doesn't look at.
    Atomics.store(words, usageHeader.used + this.#table, used + 1)
    Atomics.store(words, this.#index + bucket, used + 1)
    Atomics.add(words, at + usageEntryWord.requests, 1)
    return true
  }

  #turnTo(table: number): void {
    this.#table = table
    this.#index = usageIndexStart(this.#capacity, table)
    this.#entries = usageEntriesStart(this.#capacity, table)
    Atomics.store(this.#words, usageHeader.active, table)
  }
}

function hashKey(low: number, high: number): number {
  let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
