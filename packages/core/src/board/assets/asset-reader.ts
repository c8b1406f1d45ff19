import { TrinityError } from '../../errors.ts'
import {
  assetHeader,
  assetHeaderWords,
  assetLayoutVersion,
  assetReach,
  entryStart,
  entryWord,
  listingFlag,
  listingWord,
  listingWords,
  listingsPerAsset,
} from './asset-layout.ts'
import type { AssetListing } from './asset-table.ts'
import { ShortText, loadShortText } from './short-text.ts'

/** How often a change under way is tried again at once; a writer needs a few microseconds. */
const spins = 100

/** How often a reader that knows nothing yet of an asset then sleeps a millisecond. */
const naps = 20
const napMs = 1

const none: readonly AssetListing[] = []

/** Reads the asset table on any thread: finding an asset allocates nothing, its listings are decoded once per change. */
export class AssetReader {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #bucketCount: number
  readonly #venueNames: ReadonlyMap<number, string>
  readonly #text = new ShortText()
  /** The sequence that the listings below were decoded at, or the odd one that was given up. */
  readonly #sequences: Int32Array
  readonly #listings: (readonly AssetListing[])[]
  readonly #names: string[] = []
  /** An entry stays where it is, and whoever looks one up often asks again for the same: first for the price, then to meter it. */
  #lastAsset = ''
  #lastEntry = -1

  /**
   * @param venueNames by wire id
   * @throws TrinityError `TRN_INTERNAL` when the buffer has another layout version.
   */
  constructor(buffer: SharedArrayBuffer, venueNames: ReadonlyMap<number, string>) {
    this.#words = new Int32Array(buffer)
    const version = Atomics.load(this.#words, assetHeader.version)
    if (version !== assetLayoutVersion)
      throw new TrinityError('TRN_INTERNAL', `The asset table has layout ${version}, this code reads ${assetLayoutVersion}.`)
    const capacity = Atomics.load(this.#words, assetHeader.capacity)
    this.#bucketCount = Atomics.load(this.#words, assetHeader.bucketCount)
    this.#venueNames = venueNames
    this.#sequences = new Int32Array(capacity)
    this.#listings = Array.from({ length: capacity }, () => none)
  }

  /** Assets that have an entry: their numbers are 0 to this, exclusive. */
  get size(): number {
    return Atomics.load(this.#words, assetHeader.entryCount)
  }

  /** The entry of an ASCII symbol of 1 to 15 bytes in any case; -1 for one that nobody ever listed or offered. */
  find(bytes: Uint8Array, offset: number, length: number): number {
    return this.#text.setBytes(bytes, offset, length) ? this.#probe() : -1
  }

  /** As {@link find}, for a text. */
  entryOf(asset: string): number {
    if (asset === this.#lastAsset) return this.#lastEntry
    const entry = this.#text.setText(asset, true) ? this.#probe() : -1
    if (entry === -1) return -1
    this.#lastAsset = asset
    this.#lastEntry = entry
    return entry
  }

  /** The listings of an entry, best first; the same array until they change. Empty for -1. */
  listings(entry: number): readonly AssetListing[] {
    if (entry < 0) return none
    const sequence = Atomics.load(this.#words, entryStart(this.#bucketCount, entry) + entryWord.sequence)
    if (sequence !== this.#sequences[entry]) this.#refresh(entry)
    return this.#listings[entry] ?? none
  }

  /** The listings of an asset, best first; empty for an unknown one. */
  ofAsset(asset: string): readonly AssetListing[] {
    return this.listings(this.entryOf(asset))
  }

  /** Whether some venue trades the asset, so that it can be fetched on demand. */
  isListed(entry: number): boolean {
    return (this.#reach(entry) & assetReach.listed) !== 0
  }

  /** Whether another venue could stand in for the asset's first listing, in the same currency. */
  isElsewhere(entry: number): boolean {
    return (this.#reach(entry) & assetReach.elsewhere) !== 0
  }

  /** Whether a venue's listing has yet to be read, so that an asset without listing may still get one. */
  get awaitsListings(): boolean {
    return Atomics.load(this.#words, assetHeader.awaitsListings) === 1
  }

  /** The asset's name in upper case. */
  name(entry: number): string {
    return (this.#names[entry] ??= loadShortText(this.#words, entryStart(this.#bucketCount, entry) + entryWord.name))
  }

  #reach(entry: number): number {
    return entry < 0 ? 0 : Atomics.load(this.#words, entryStart(this.#bucketCount, entry) + entryWord.reach)
  }

  #probe(): number {
    const words = this.#words
    const mask = this.#bucketCount - 1
    let bucket = this.#text.hash() & mask
    // Half of the buckets are free; the bound guards against an endless search in memory that was spoilt.
    for (let probes = 0; probes <= mask; probes++) {
      const entry = Atomics.load(words, assetHeaderWords + bucket) - 1
      if (entry === -1) return -1
      if (this.#text.equals(words, entryStart(this.#bucketCount, entry) + entryWord.name)) return entry
      bucket = (bucket + 1) & mask
    }
    return -1
  }

  /** What was known stays in force while a change is under way, also when its writer died in the middle of it. */
  #refresh(entry: number): void {
    const words = this.#words
    const at = entryStart(this.#bucketCount, entry) + entryWord.sequence
    const isNew = this.#sequences[entry] === 0
    for (let attempt = 0; attempt < spins + naps; attempt++) {
      const before = Atomics.load(words, at)
      if ((before & 1) === 1) {
        if (attempt < spins) continue
        // Remembered, so that the next call doesn't wait for the same write again.
        this.#sequences[entry] = before
        if (!isNew) return
        Atomics.wait(words, at, before, napMs)
        continue
      }
      const listings = this.#decode(entry)
      if (Atomics.load(words, at) !== before) continue
      this.#sequences[entry] = before
      this.#listings[entry] = listings
      return
    }
  }

  #decode(entry: number): readonly AssetListing[] {
    const words = this.#words
    const start = entryStart(this.#bucketCount, entry)
    const asset = this.name(entry)
    const count = Math.min(Atomics.load(words, start + entryWord.listingCount), listingsPerAsset)
    return Array.from({ length: count }, (_, i) => {
      const at = start + entryWord.listings + i * listingWords
      const venueWord = Atomics.load(words, at + listingWord.venue)
      const wireId = venueWord & 255
      return {
        venue: this.#venueNames.get(wireId) ?? String(wireId),
        asset,
        currency: loadShortText(words, at + listingWord.currency),
        slot: Atomics.load(words, at + listingWord.slot),
        generation: Atomics.load(words, at + listingWord.generation),
        onDemand: (venueWord & listingFlag.onDemand) !== 0,
        halted: (venueWord & listingFlag.halted) !== 0,
        apart: (venueWord & listingFlag.apart) !== 0,
        wireId,
      }
    })
  }
}
