import { noWireId, priceOutcome, usageProtocols } from '@trinity/core'
import {
  assetCountOf,
  assetStatus,
  firstAssetAt,
  lowerWord,
  nextAssetAt,
  requestIdOf,
  symbolLengthAt,
  upperWord,
  wireSize,
  writeEmptyQuoteEntry,
  writeQuoteEntry,
  writeQuoteHead,
} from '@trinity/udp'
import type { Datagram } from '../datagram.ts'
import type { UdpParts } from '../parts.ts'
import type { WantedAssets } from './wanted.ts'

/** What a quoter works with. */
export interface QuoterParts extends Pick<UdpParts, 'assets' | 'finder' | 'usage' | 'priceCounters' | 'maxStaleMs'> {
  readonly wanted: WantedAssets
}

const several = -1

/** Writes QUOTEs from the board, and meters each request before its answer leaves. */
export class Quoter {
  readonly #parts: QuoterParts
  /** What the last entry was made of, for the meter. */
  #entry = several
  #wireId: number = noWireId
  #tier = 0

  constructor(parts: QuoterParts) {
    this.#parts = parts
  }

  /** Writes the answer to a well-formed QUERY without its tag and returns its length so far. */
  quote(datagram: Datagram, keyRow: number): number {
    const { memory, at, answerAt } = datagram
    const count = assetCountOf(memory, at)
    let next = writeQuoteHead(memory, answerAt, requestIdOf(memory, at), datagram.utcHigh, datagram.utcLow, count)
    let asset = firstAssetAt(at)
    for (let i = 0; i < count; i++) {
      next = this.#writeAsset(datagram, asset, next)
      asset = nextAssetAt(memory, asset)
    }
    const { usage } = this.#parts
    if (count === 1) usage.record(keyRow, this.#entry, this.#wireId, this.#tier, usageProtocols.udp, 200)
    else usage.record(keyRow, several, noWireId, 0, usageProtocols.udp, 200)
    return next - answerAt
  }

  /** Meters a request that got no QUOTE. */
  meterRefusal(keyRow: number, status: number): void {
    this.#parts.usage.record(keyRow, several, noWireId, 0, usageProtocols.udp, status)
  }

  #writeAsset(datagram: Datagram, asset: number, at: number): number {
    const { assets, finder, wanted, priceCounters, maxStaleMs } = this.#parts
    const { memory, nowMs } = datagram
    const entry = assets.find(memory, asset + 1, symbolLengthAt(memory, asset))
    this.#entry = entry
    this.#wireId = noWireId
    this.#tier = 0
    if (entry < 0) return this.#writeUnlisted(memory, at)
    const listings = assets.listings(entry)
    if (finder.best(listings, nowMs) !== priceOutcome.found) return this.#writeUnpriced(datagram, entry, listings.length > 0, at)
    const { listing, reading } = finder
    if (listing === undefined) return this.#writeMiss(memory, at, assetStatus.unavailable)
    const ageMs = Math.max(0, nowMs - reading.confirmedAt)
    const isStale = ageMs > reading.freshnessLimitMs
    if ((isStale || listing.halted) && assets.isElsewhere(entry)) wanted.want(entry, true, datagram.monotonicMs)
    else if (listing.onDemand) wanted.want(entry, false, datagram.monotonicMs)
    if (ageMs > maxStaleMs) return this.#writeMiss(memory, at, assetStatus.unavailable)
    this.#wireId = listing.wireId
    this.#tier = reading.tierNumber
    if (isStale) priceCounters.addStale()
    const status = isStale ? assetStatus.stale : assetStatus.fresh
    const tradeTime = Math.max(0, reading.tradeTime)
    // The price goes where it belongs at once; the entry is then written around it.
    const priceAt = at + wireSize.quoteEntryHead
    const length = reading.copyPrice(memory, priceAt)
    return writeQuoteEntry(
      memory,
      at,
      status,
      reading.tierNumber,
      listing.wireId,
      reading.currencyCode,
      upperWord(tradeTime),
      lowerWord(tradeTime),
      lowerWord(ageMs),
      memory,
      priceAt,
      length,
    )
  }

  /** No price: of an asset with listings it may come any moment or from another venue, one that some venue trades has to be fetched. */
  #writeUnpriced({ memory, monotonicMs }: Datagram, entry: number, hasListings: boolean, at: number): number {
    const { assets, wanted } = this.#parts
    const isListed = assets.isListed(entry)
    if (isListed) wanted.want(entry, !hasListings || assets.isElsewhere(entry), monotonicMs)
    return hasListings || isListed ? this.#writeMiss(memory, at, assetStatus.unavailable) : this.#writeUnlisted(memory, at)
  }

  /** Nobody knows the asset, or not yet. */
  #writeUnlisted(memory: Uint8Array, at: number): number {
    return this.#writeMiss(memory, at, this.#parts.assets.awaitsListings ? assetStatus.unavailable : assetStatus.unknown)
  }

  #writeMiss(memory: Uint8Array, at: number, status: number): number {
    this.#parts.priceCounters.addMiss()
    return writeEmptyQuoteEntry(memory, at, status)
  }
}
