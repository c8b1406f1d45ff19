import { TrinityError } from '../errors.ts'

/**
 * The shared memory of keys, in words of 32 bits: a header, the plans in use, an index of the rows by hash, and one row of
 * 32 words (two cache lines) for each key. One thread writes keys and plans; every thread changes the cells of a row.
 */
export const keyLayoutVersion = 2

const headerWords = 16
const planWords = 8
const rowWords = 32

/** Most different plans; customers share those of their tiers. */
export const mostPlans = 256

/** Offsets in the header. */
export const keyHeader = { version: 0, rows: 1, longestProbe: 2 } as const

/** Offsets in a plan; 0 queries a second, and units with it, and −1 elsewhere stand for no limit. A plan never changes once a row points to it. */
export const planWord = { queriesPerSecond: 0, burst: 1, emissionUnits: 2, unitsPerUs: 3, monthlyQueries: 4, monthlyReports: 5 } as const

/** Offsets in a row. */
export const rowWord = {
  /** Rises by two when the row means another key, another secret or a revoked key; odd while the secret is being written. */
  epoch: 0,
  /** Status in bits 0–1, tier in 4–7, bit 8 = has a MAC key, plan in 16–31: one load tells all that admission needs. */
  state: 1,
  hash: 2,
  macKey: 10,
  // What requests write stands on the second cache line, away from what they only read.
  /** Two words that are one 64-bit number to `BigInt64Array`. */
  arrival: 24,
  quota: 26,
} as const

export const keyStatus = { free: 0, active: 1, revoked: 2 } as const
export const statusMask = 3
export const macKeyBit = 1 << 8

/** Where things stand in the memory of a key table. */
export interface KeyLayout {
  readonly words: Int32Array<SharedArrayBuffer>
  readonly wide: BigInt64Array<SharedArrayBuffer>
  readonly rows: number
  /** First word of the index; an entry is row + 1, 0 where nothing ever was, −1 where something was. */
  readonly index: number
  /** Size of the index − 1, a power of two − 1; at least half of the index stays empty. */
  readonly indexMask: number
}

/** Memory for a new table. */
export function createKeyLayout(rows: number): KeyLayout {
  const words = new Int32Array(new SharedArrayBuffer((rowsStart(rows) + rows * rowWords) * 4))
  Atomics.store(words, keyHeader.version, keyLayoutVersion)
  Atomics.store(words, keyHeader.rows, rows)
  return layoutOf(words, rows)
}

/** The layout of a buffer that another thread made. @throws TrinityError `TRN_INTERNAL` when it has another version */
export function openKeyLayout(buffer: SharedArrayBuffer): KeyLayout {
  const words = new Int32Array(buffer)
  const version = Atomics.load(words, keyHeader.version)
  if (version !== keyLayoutVersion)
    throw new TrinityError('TRN_INTERNAL', `The key table has layout ${version}, this code reads ${keyLayoutVersion}.`)
  return layoutOf(words, Atomics.load(words, keyHeader.rows))
}

function layoutOf(words: Int32Array<SharedArrayBuffer>, rows: number): KeyLayout {
  return { words, wide: new BigInt64Array(words.buffer), rows, index: headerWords + mostPlans * planWords, indexMask: indexSize(rows) - 1 }
}

function indexSize(rows: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(rows, 8) * 2))
}

function rowsStart(rows: number): number {
  return headerWords + mostPlans * planWords + indexSize(rows)
}

/** First word of a row; a multiple of 16. */
export function rowStart(layout: KeyLayout, row: number): number {
  return layout.index + layout.indexMask + 1 + row * rowWords
}

/** First word of a plan. */
export function planStart(plan: number): number {
  return headerWords + plan * planWords
}

/** Four bytes as a word, as the hash of a row is kept. */
export function wordAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 24) | ((bytes[offset + 1] ?? 0) << 16) | ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0)
}
