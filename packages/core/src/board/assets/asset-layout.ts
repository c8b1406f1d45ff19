/**
 * The shared memory of the asset table, in Int32 words: a header, the buckets of a hash index (entry + 1, 0 = empty), and
 * the entries. An entry is made once and never freed.
 */
export const assetLayoutVersion = 2

export const assetHeaderWords = 8

/** Offsets in the header. */
export const assetHeader = {
  version: 0,
  capacity: 1,
  bucketCount: 2,
  entryCount: 3,
  /** 1 = some venue's listing has not been read yet, so that an asset without listing may still get one. */
  awaitsListings: 4,
} as const

/** Most listings that are kept of an asset; more are left out from the end. */
export const listingsPerAsset = 16

/** Offsets in an entry. */
export const entryWord = {
  /** Odd while the listings are written. */
  sequence: 0,
  /** Bits of {@link assetReach}. */
  reach: 1,
  listingCount: 2,
  /** A {@link ShortText} in upper case, written before the index shows the entry. */
  name: 4,
  listings: 8,
} as const

/** Where an asset could be read although no listing here shows it. */
export const assetReach = {
  /** Some venue trades it, so that it can be fetched on demand. */
  listed: 1,
  /** A venue without a listing here trades it in the currency of its first listing, so that it can stand in for that. */
  elsewhere: 2,
} as const

export const listingFlag = { onDemand: 256, halted: 512, apart: 1024 } as const

/** Offsets in one listing of an entry. */
export const listingWord = {
  slot: 0,
  generation: 1,
  /** Wire id of the venue in bits 0–7, and bits of {@link listingFlag}. */
  venue: 2,
  /** A {@link ShortText}. */
  currency: 3,
} as const

export const listingWords = 7
export const entryWords = entryWord.listings + listingsPerAsset * listingWords

/** Buckets of the index: a power of two, at most half of them taken. */
export function bucketCountFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, capacity) * 2))
}

/** Index of the first word of an entry. */
export function entryStart(bucketCount: number, entry: number): number {
  return assetHeaderWords + bucketCount + entry * entryWords
}
