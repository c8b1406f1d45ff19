import {
  type KeyLayout,
  keyHeader,
  keyStatus,
  macKeyBit,
  openKeyLayout,
  planStart,
  planWord,
  rowStart,
  rowWord,
  statusMask,
  wordAt,
} from './key-layout.ts'
import { type Plan, type Tier, tiers } from './plan.ts'

/** How often a reader tries again while a secret is being written; that takes well under a microsecond. */
const spins = 10_000

/** Looks keys up in the shared memory of a {@link KeyTable}, from any thread and without allocating. Rows come from its own look-ups. */
export class KeyReader {
  readonly #layout: KeyLayout
  readonly #sought = new Int32Array(8)
  readonly #plans: (Plan | undefined)[] = []

  constructor(buffer: SharedArrayBuffer) {
    this.#layout = openKeyLayout(buffer)
  }

  /** The row of a key by the 32 bytes of its SHA-256, revoked or not; −1 when there is none. All bytes are compared, whatever differs first. */
  find(hash: Uint8Array): number {
    if (hash.length !== 32) return -1
    for (let i = 0; i < 8; i++) this.#sought[i] = wordAt(hash, i * 4)
    return this.#look(8)
  }

  /** The row of a key by the first 8 bytes of its SHA-256; −1 when there is none. */
  findShort(bytes: Uint8Array, offset: number): number {
    this.#sought[0] = wordAt(bytes, offset)
    this.#sought[1] = wordAt(bytes, offset + 4)
    return this.#look(2)
  }

  isRevoked(row: number): boolean {
    return (this.#state(row) & statusMask) !== keyStatus.active
  }

  tier(row: number): Tier {
    return tiers[(this.#state(row) >>> 4) & 15] ?? 'free'
  }

  /** A number that stands for the plan of a row: what is prepared for a plan can be kept under it. */
  planNumber(row: number): number {
    return this.#state(row) >>> 16
  }

  plan(row: number): Plan {
    const number = this.planNumber(row)
    return (this.#plans[number] ??= readPlan(this.#layout.words, planStart(number)))
  }

  /** Copies the 32 bytes that UDP clients of the key authenticate with; false where the key has none. */
  macKey(row: number, into: Uint8Array, offset: number): boolean {
    const { words } = this.#layout
    const start = rowStart(this.#layout, row)
    for (let attempt = 0; attempt < spins; attempt++) {
      const epoch = Atomics.load(words, start + rowWord.epoch)
      if ((epoch & 1) === 1) continue
      if ((Atomics.load(words, start + rowWord.state) & macKeyBit) === 0) return false
      for (let i = 0; i < 8; i++) {
        const word = Atomics.load(words, start + rowWord.macKey + i)
        into[offset + i * 4] = word >>> 24
        into[offset + i * 4 + 1] = word >>> 16
        into[offset + i * 4 + 2] = word >>> 8
        into[offset + i * 4 + 3] = word
      }
      if (Atomics.load(words, start + rowWord.epoch) === epoch) return true
    }
    return false
  }

  /** Changes when the row is given to another key, when its key is revoked or restored, and with its MAC key. */
  epoch(row: number): number {
    return Atomics.load(this.#layout.words, rowStart(this.#layout, row) + rowWord.epoch)
  }

  #state(row: number): number {
    return Atomics.load(this.#layout.words, rowStart(this.#layout, row) + rowWord.state)
  }

  #look(count: number): number {
    const { words, index, indexMask } = this.#layout
    const longest = Atomics.load(words, keyHeader.longestProbe)
    const first = this.#sought[0] ?? 0
    for (let probe = 0; probe <= longest; probe++) {
      const entry = Atomics.load(words, index + ((first + probe) & indexMask))
      if (entry === 0) return -1
      if (entry > 0 && this.#matches(entry - 1, count)) return entry - 1
    }
    return -1
  }

  #matches(row: number, count: number): boolean {
    const { words } = this.#layout
    const start = rowStart(this.#layout, row)
    let difference = 0
    for (let i = 0; i < count; i++) difference |= Atomics.load(words, start + rowWord.hash + i) ^ (this.#sought[i] ?? 0)
    return difference === 0 && (Atomics.load(words, start + rowWord.state) & statusMask) !== keyStatus.free
  }
}

function readPlan(words: Int32Array, start: number): Plan {
  const limit = (offset: number): number | null => {
    const value = Atomics.load(words, start + offset)
    return value < 0 ? null : value
  }
  const queriesPerSecond = Atomics.load(words, start + planWord.queriesPerSecond)
  return {
    monthlyQueries: limit(planWord.monthlyQueries),
    queriesPerSecond: queriesPerSecond === 0 ? null : queriesPerSecond,
    burst: queriesPerSecond === 0 ? null : limit(planWord.burst),
    minWaitSeconds: queriesPerSecond === 0 ? 0 : 1 / queriesPerSecond,
    monthlyReports: limit(planWord.monthlyReports),
  }
}
