import type { Listing } from '../directory.ts'
import {
  assetHeader,
  assetHeaderWords,
  assetLayoutVersion,
  assetReach,
  bucketCountFor,
  entryStart,
  entryWord,
  entryWords,
  listingFlag,
  listingWord,
  listingWords,
  listingsPerAsset,
} from './asset-layout.ts'
import { ShortText } from './short-text.ts'

/** A listing as every thread sees it. */
export interface AssetListing extends Omit<Listing, 'symbol'> {
  /** The venue's number on the UDP wire. */
  readonly wireId: number
}

/** Counts of what could not be written, each time it was tried. */
export interface AssetTableOmissions {
  /** Names that are not 1 to 15 ASCII characters, and assets that came when the table was full. */
  assets: number
  /** Listings behind the sixteenth of an asset, and those in a currency that is not 1 to 15 ASCII characters. */
  listings: number
}

/**
 * The writer of the asset table, on the main thread: which listings each asset has, for the serving threads. An entry is never
 * freed, so its number names an asset for ever.
 */
export class AssetTable {
  readonly buffer: SharedArrayBuffer
  readonly omissions: AssetTableOmissions = { assets: 0, listings: 0 }
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #capacity: number
  readonly #bucketCount: number
  readonly #text = new ShortText()

  /** @param capacity most assets ever */
  constructor(capacity = 8192) {
    this.#capacity = capacity
    this.#bucketCount = bucketCountFor(capacity)
    this.buffer = new SharedArrayBuffer((assetHeaderWords + this.#bucketCount + capacity * entryWords) * 4)
    this.#words = new Int32Array(this.buffer)
    Atomics.store(this.#words, assetHeader.version, assetLayoutVersion)
    Atomics.store(this.#words, assetHeader.capacity, capacity)
    Atomics.store(this.#words, assetHeader.bucketCount, this.#bucketCount)
  }

  /** Assets that have an entry. */
  get size(): number {
    return Atomics.load(this.#words, assetHeader.entryCount)
  }

  /** Shows the listings of an asset in this order in place of those before. What doesn't fit is left out and counted. */
  setListings(asset: string, listings: readonly (Omit<AssetListing, 'asset'> & { readonly asset?: string })[]): void {
    const entry = this.#entryFor(asset, listings.length > 0)
    if (entry === -1) return
    const words = this.#words
    const start = entryStart(this.#bucketCount, entry)
    Atomics.add(words, start + entryWord.sequence, 1)
    let count = 0
    for (const { slot, generation, wireId, onDemand, halted, apart, currency } of listings) {
      if (count === listingsPerAsset || !this.#text.setText(currency, false)) {
        this.omissions.listings++
        continue
      }
      const flags = (onDemand ? listingFlag.onDemand : 0) | (halted ? listingFlag.halted : 0) | (apart ? listingFlag.apart : 0)
      const at = start + entryWord.listings + count++ * listingWords
      Atomics.store(words, at + listingWord.slot, slot)
      Atomics.store(words, at + listingWord.generation, generation)
      Atomics.store(words, at + listingWord.venue, (wireId & 255) | flags)
      this.#text.store(words, at + listingWord.currency)
    }
    Atomics.store(words, start + entryWord.listingCount, count)
    Atomics.add(words, start + entryWord.sequence, 1)
  }

  /** Says where else an asset could be read: anywhere at all, and in the currency of its first listing. */
  setReach(asset: string, { listed, elsewhere }: { readonly listed: boolean; readonly elsewhere: boolean }): void {
    const entry = this.#entryFor(asset, listed)
    const bits = (listed ? assetReach.listed : 0) | (elsewhere ? assetReach.elsewhere : 0)
    if (entry !== -1) Atomics.store(this.#words, entryStart(this.#bucketCount, entry) + entryWord.reach, bits)
  }

  /** Says whether a venue's listing has yet to be read: until then an asset without listing may still get one. */
  setAwaitsListings(awaits: boolean): void {
    Atomics.store(this.#words, assetHeader.awaitsListings, awaits ? 1 : 0)
  }

  #entryFor(asset: string, make: boolean): number {
    const words = this.#words
    if (!this.#text.setText(asset, true)) return this.#omit(make)
    const mask = this.#bucketCount - 1
    let bucket = this.#text.hash() & mask
    for (let found = this.#at(bucket); found !== -1; found = this.#at(bucket)) {
      if (this.#text.equals(words, entryStart(this.#bucketCount, found) + entryWord.name)) return found
      bucket = (bucket + 1) & mask
    }
    const entry = this.size
    if (!make || entry === this.#capacity) return this.#omit(make)
    this.#text.store(words, entryStart(this.#bucketCount, entry) + entryWord.name)
    Atomics.store(words, assetHeader.entryCount, entry + 1)
    Atomics.store(words, assetHeaderWords + bucket, entry + 1)
    return entry
  }

  #at(bucket: number): number {
    return (this.#words[assetHeaderWords + bucket] ?? 0) - 1
  }

  #omit(wanted: boolean): -1 {
    if (wanted) this.omissions.assets++
    return -1
  }
}
