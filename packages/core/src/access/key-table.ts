import { TrinityError } from '../errors.ts'
import { checkPlan } from './check-plan.ts'
import { emissionUnitsOf, fillBucket, unitsPerUsOf } from './gcra.ts'
import {
  type KeyLayout,
  createKeyLayout,
  keyHeader,
  keyStatus,
  macKeyBit,
  mostPlans,
  planStart,
  planWord,
  rowStart,
  rowWord,
  statusMask,
  wordAt,
} from './key-layout.ts'
import { KeyReader } from './key-reader.ts'
import type { KeyEntry, KeyRecord } from './key-store.ts'
import { type Plan, tiers } from './plan.ts'

/** The only writer of the shared memory in which all threads look keys up and count their requests. */
export class KeyTable {
  readonly #layout: KeyLayout
  readonly #reader: KeyReader
  /** As they were put last; hash and secret of a row are compared in the shared memory, so that nothing else need be kept of them. */
  readonly #holders: KeyEntry[] = []
  readonly #rowOfId = new Map<string, number>()
  readonly #plans = new Map<string, number>()
  /** In the order of their revocation: when the table is full, the first is given away. */
  readonly #revoked = new Set<number>()

  /** @param rows most keys, revoked ones included while there is room */
  constructor(rows = 65_536) {
    this.#layout = createKeyLayout(rows)
    this.#reader = new KeyReader(this.buffer)
  }

  get buffer(): SharedArrayBuffer {
    return this.#layout.words.buffer
  }

  /**
   * Adds a key or brings it up to date; what it has used stays counted, and its bucket is full anew only with another plan. An entry
   * must not change afterwards: the same one again is no work.
   * @throws TrinityError `TRN_KEY_FILE_INVALID` when another id has the same key, `TRN_SETTING_INVALID` for a plan that can't be counted, `TRN_INTERNAL` when the table is full
   */
  put(entry: KeyEntry): number {
    const { words, wide } = this.#layout
    const known = this.#rowOfId.get(entry.id)
    if (known !== undefined && this.#holders[known] === entry && this.#revoked.has(known) === entry.revoked) return known
    const { hash, macKey = noBytes } = entry
    for (const bytes of [hash, macKey]) require32Bytes(bytes)
    const owner = this.#reader.find(hash)
    if (owner >= 0 && owner !== known)
      throw new TrinityError('TRN_KEY_FILE_INVALID', `The keys ${entry.id} and ${this.#holders[owner]?.id ?? ''} are the same; revoke one of them.`)
    const plan = this.#planNumber(entry.plan)
    const row = known ?? this.#takeRow()
    const start = rowStart(this.#layout, row)
    const stateBefore = Atomics.load(words, start + rowWord.state)
    const status = entry.revoked ? keyStatus.revoked : keyStatus.active
    const state = status | (tiers.indexOf(entry.tier) << 4) | (entry.macKey === undefined ? 0 : macKeyBit) | (plan << 16)
    const isOther = owner < 0
    if (isOther) this.#empty(row)
    if (isOther || ((stateBefore ^ state) & macKeyBit) !== 0 || !holdsBytes(words, start + rowWord.macKey, macKey)) {
      Atomics.add(words, start + rowWord.epoch, 1)
      if (isOther) storeBytes(words, start + rowWord.hash, hash)
      storeBytes(words, start + rowWord.macKey, macKey)
      if (!isOther) Atomics.store(words, start + rowWord.state, state)
      Atomics.add(words, start + rowWord.epoch, 1)
    }
    this.#holders[row] = entry
    if (isOther) Atomics.store(words, start + rowWord.quota, 0)
    Atomics.store(words, start + rowWord.state, state)
    if (isOther || stateBefore >>> 16 !== plan) fillBucket(wide, start + rowWord.arrival)
    if (!isOther && ((stateBefore ^ state) & statusMask) !== 0) Atomics.add(words, start + rowWord.epoch, 2)
    if (isOther) this.#enter(row, entry.id)
    if (!entry.revoked) this.#revoked.delete(row)
    else if (isOther || (stateBefore & statusMask) !== keyStatus.revoked) this.#revoked.add(row)
    return row
  }

  /** Refuses a key from now on, in every thread. */
  revoke(row: number): void {
    const { words } = this.#layout
    if (this.#holders[row] === undefined || this.#revoked.has(row)) return
    const start = rowStart(this.#layout, row)
    const state = Atomics.load(words, start + rowWord.state)
    Atomics.store(words, start + rowWord.state, (state & ~statusMask) | keyStatus.revoked)
    Atomics.add(words, start + rowWord.epoch, 2)
    this.#revoked.add(row)
  }

  rowOf(id: string): number | undefined {
    return this.#rowOfId.get(id)
  }

  /** Every key with a row, revoked ones too. */
  ids(): MapIterator<string> {
    return this.#rowOfId.keys()
  }

  /** Who a row belongs to. */
  entryAt(row: number): KeyRecord | undefined {
    const holder = this.#holders[row]
    return holder === undefined ? undefined : { id: holder.id, name: holder.name, tier: holder.tier }
  }

  #takeRow(): number {
    if (this.#holders.length < this.#layout.rows) return this.#holders.length
    for (const row of this.#revoked) return row
    throw new TrinityError('TRN_INTERNAL', `The key table is full: ${this.#layout.rows} keys are in use.`)
  }

  /** Takes a row from its holder, so that no look-up meets it half written. */
  #empty(row: number): void {
    const { words, index, indexMask } = this.#layout
    const holder = this.#holders[row]
    if (holder === undefined) return
    const start = rowStart(this.#layout, row)
    Atomics.store(words, start + rowWord.state, keyStatus.free)
    const first = Atomics.load(words, start + rowWord.hash)
    let probe = 0
    while (Atomics.load(words, index + ((first + probe) & indexMask)) !== row + 1) probe++
    Atomics.store(words, index + ((first + probe) & indexMask), -1)
    this.#rowOfId.delete(holder.id)
    this.#revoked.delete(row)
  }

  #enter(row: number, id: string): void {
    const { words, index, indexMask } = this.#layout
    const first = Atomics.load(words, rowStart(this.#layout, row) + rowWord.hash)
    let probe = 0
    while (Atomics.load(words, index + ((first + probe) & indexMask)) > 0) probe++
    if (probe > Atomics.load(words, keyHeader.longestProbe)) Atomics.store(words, keyHeader.longestProbe, probe)
    Atomics.store(words, index + ((first + probe) & indexMask), row + 1)
    this.#rowOfId.set(id, row)
  }

  #planNumber(plan: Plan): number {
    const { queriesPerSecond, burst, monthlyQueries, monthlyReports } = plan
    const name = JSON.stringify([queriesPerSecond, burst, monthlyQueries, monthlyReports])
    const known = this.#plans.get(name)
    if (known !== undefined) return known
    checkPlan(plan)
    const number = this.#plans.size
    if (number === mostPlans) throw new TrinityError('TRN_INTERNAL', `The key table is full: ${mostPlans} plans are in use.`)
    const { words } = this.#layout
    const start = planStart(number)
    Atomics.store(words, start + planWord.queriesPerSecond, queriesPerSecond ?? 0)
    Atomics.store(words, start + planWord.burst, queriesPerSecond === null ? 0 : (burst ?? 0))
    Atomics.store(words, start + planWord.emissionUnits, queriesPerSecond === null ? 0 : emissionUnitsOf(queriesPerSecond))
    Atomics.store(words, start + planWord.unitsPerUs, queriesPerSecond === null ? 0 : unitsPerUsOf(queriesPerSecond))
    Atomics.store(words, start + planWord.monthlyQueries, monthlyQueries ?? -1)
    Atomics.store(words, start + planWord.monthlyReports, monthlyReports ?? -1)
    this.#plans.set(name, number)
    return number
  }
}

const noBytes = new Uint8Array(32)

function require32Bytes({ length }: Uint8Array): void {
  if (length !== 32) throw new TrinityError('TRN_INTERNAL', `A hash or secret of a key has ${length} bytes in place of 32.`)
}

function holdsBytes(words: Int32Array, index: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < 8; i++) if (Atomics.load(words, index + i) !== wordAt(bytes, i * 4)) return false
  return true
}

function storeBytes(words: Int32Array, index: number, bytes: Uint8Array): void {
  for (let i = 0; i < 8; i++) Atomics.store(words, index + i, wordAt(bytes, i * 4))
}
