/**
 * The shared memory of one recorder's usage, in Int32 words: a header, then two tables. The recorder fills one table; when it is full and the
 * other is empty it turns to that and never touches the full one again until the drain has emptied it. A table is an index of
 * buckets (entry + 1, 0 = free), which only the recorder reads, and entries in the order they came.
 */
export const usageLayoutVersion = 1

export const usageHeaderWords = 8

/** Offsets in the header. */
export const usageHeader = {
  version: 0,
  capacity: 1,
  /** Which table the recorder fills. */
  active: 2,
  /** Two words: entries in use of each table. */
  used: 4,
} as const

export const usageEntryWords = 4

/** Offsets in an entry. */
export const usageEntryWord = { keyLow: 0, keyHigh: 1, requests: 2 } as const

/** What answered requests came by. */
export const usageProtocols = { http: 0, udp: 1, stream: 2 } as const

/** A value of {@link usageProtocols}. */
export type UsageProtocol = (typeof usageProtocols)[keyof typeof usageProtocols]

/** Stands for no venue. */
export const noWireId = 255

/** What answered requests had in common. */
export interface UsageRow {
  /** Row of the key table; -1 for a request without a key. */
  readonly keyRow: number
  /** Entry of the asset table; -1 for none or several. */
  readonly asset: number
  /** Venue on the UDP wire; 255 for none. */
  readonly wireId: number
  /** Evidence tier 1 to 3; 0 where no price was served. */
  readonly tier: number
  readonly protocol: UsageProtocol
  /** HTTP status, or the one that stands for it. */
  readonly status: number
}

/** Memory for one recorder: `capacity` different rows before the second table is taken, each used until it is full. */
export function createUsageTables(capacity = 32_768): SharedArrayBuffer {
  const words = new Int32Array(new SharedArrayBuffer((usageHeaderWords + 2 * tableWords(capacity)) * 4))
  Atomics.store(words, usageHeader.version, usageLayoutVersion)
  Atomics.store(words, usageHeader.capacity, capacity)
  return words.buffer
}

/** A power of two, at most half of them taken. */
export function usageBuckets(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, capacity) * 2))
}

function tableWords(capacity: number): number {
  return usageBuckets(capacity) + capacity * usageEntryWords
}

/** Index of the first bucket of a table. */
export function usageIndexStart(capacity: number, table: number): number {
  return usageHeaderWords + table * tableWords(capacity)
}

/** Index of the first entry of a table. */
export function usageEntriesStart(capacity: number, table: number): number {
  return usageIndexStart(capacity, table) + usageBuckets(capacity)
}

/** Key row + 1 in bits 0–17, wire id in 18–25, tier in 26–27, protocol in 28–29. */
export function packLow(keyRow: number, wireId: number, tier: number, protocol: number): number {
  return (keyRow + 1) | (wireId << 18) | (tier << 26) | (protocol << 28)
}

/** Asset + 1 in bits 0–14, status in 15–24. */
export function packHigh(asset: number, status: number): number {
  return (asset + 1) | (status << 15)
}

/** Whether each part fits its bits; a row that does not is never counted under another's key. */
export function isPackable(keyRow: number, asset: number, wireId: number, tier: number, protocol: number, status: number): boolean {
  return ((keyRow + 1) >>> 18) + ((asset + 1) >>> 15) + (wireId >>> 8) + (tier >>> 2) + (protocol >>> 2) + (status >>> 10) === 0
}

/** The row of two packed words. */
export function unpackUsage(low: number, high: number): UsageRow {
  return {
    keyRow: (low & 0x3ffff) - 1,
    asset: (high & 0x7fff) - 1,
    wireId: (low >>> 18) & 255,
    tier: (low >>> 26) & 3,
    protocol: ((low >>> 28) & 3) as UsageProtocol,
    status: (high >>> 15) & 1023,
  }
}
