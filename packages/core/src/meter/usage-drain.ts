import { TrinityError } from '../errors.ts'
import {
  type UsageRow,
  unpackUsage,
  usageEntriesStart,
  usageEntryWord,
  usageEntryWords,
  usageHeader,
  usageIndexStart,
  usageLayoutVersion,
} from './usage-layout.ts'

/** Takes what a recorder counted, on the main thread, at any time; also after the recorder's thread has died. */
export class UsageDrain {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #capacity: number

  /** @throws TrinityError `TRN_INTERNAL` when the buffer has another layout version. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer)
    const version = Atomics.load(this.#words, usageHeader.version)
    if (version !== usageLayoutVersion)
      throw new TrinityError('TRN_INTERNAL', `The usage tables have layout ${version}, this code reads ${usageLayoutVersion}.`)
    this.#capacity = Atomics.load(this.#words, usageHeader.capacity)
  }

  /** Hands over each row with the requests counted since the last drain. A row that `each` throws at is handed over again by the next one. */
  drain(each: (row: UsageRow, requests: number) => void): void {
    for (const table of [0, 1]) {
      // Asked in this order: one that has entries and is not the active one has been left, and stays so until it is emptied.
      const isLeft = Atomics.load(this.#words, usageHeader.used + table) > 0 && Atomics.load(this.#words, usageHeader.active) !== table
      this.#take(table, each)
      if (isLeft) this.#clear(table)
    }
  }

  #take(table: number, each: (row: UsageRow, requests: number) => void): void {
    const words = this.#words
    const used = Atomics.load(words, usageHeader.used + table)
    const start = usageEntriesStart(this.#capacity, table)
    for (let at = start; at < start + used * usageEntryWords; at += usageEntryWords) {
      const requests = Atomics.load(words, at + usageEntryWord.requests)
      if (requests === 0) continue
      each(unpackUsage(words[at + usageEntryWord.keyLow] ?? 0, words[at + usageEntryWord.keyHigh] ?? 0), requests >>> 0)
      Atomics.sub(words, at + usageEntryWord.requests, requests)
    }
  }

  #clear(table: number): void {
    this.#words.fill(0, usageIndexStart(this.#capacity, table), usageEntriesStart(this.#capacity, table))
    // The recorder turns here once it reads this.
    Atomics.store(this.#words, usageHeader.used + table, 0)
  }
}
