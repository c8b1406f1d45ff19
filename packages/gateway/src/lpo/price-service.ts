import {
  type AssetListing,
  type AssetReader,
  type BoardReading,
  type Clock,
  type FoundPrice,
  type PriceFinder,
  type PriceMiss,
  type PriceWish,
  TrinityError,
} from '@trinity/core'
import type { Control, FetchOutcome } from '../serving/control.ts'
import { FetchRequests } from './fetch-requests.ts'
import { missError, staleError } from './price-errors.ts'

/** A price as it is answered. */
export interface ServedPrice {
  /** The name that was asked for. */
  readonly asset: string
  /** Decimal text with the venue's own digits. */
  readonly price: string
  readonly currency: string
  readonly source: string
  /** The venue's number on the UDP wire. */
  readonly wireId: number
  /** Trade time in epoch milliseconds; null where only an untimed reading is known. */
  readonly at: number | null
  /** On the clock that is never set: ages are counted from here. */
  readonly confirmedAt: number
  /** The same moment in epoch milliseconds. */
  readonly confirmedUtc: number
  readonly tier: BoardReading['tier']
  readonly tierNumber: number
  readonly ageMs: number
  readonly freshnessLimitMs: number
  readonly stale: boolean
  readonly market: 'trading' | 'halted'
  /** False when this very request made the server fetch the listing. */
  readonly cached: boolean
}

/** A wish with the oldest evidence that the caller accepts. */
export interface PriceQuestion extends PriceWish {
  readonly maxAgeSeconds?: number | undefined
}

/** What the service works with. */
export interface PriceServiceParts {
  readonly finder: PriceFinder<AssetListing>
  readonly assets: Pick<AssetReader, 'entryOf' | 'listings' | 'isListed' | 'isElsewhere' | 'awaitsListings'>
  readonly control: Pick<Control, 'fetch' | 'touch'>
  readonly clock: Clock
  readonly maxStaleSeconds: number
  /** By all names of an asset: the one that its holders were given in its place. */
  readonly successors: ReadonlyMap<string, string>
  sourceTag(venue: string): string
}

type Found = FoundPrice<AssetListing>

const touchMs = 1000

/**
 * Answers price questions from the board. Only what the board does not have, or has no fresh price of while another venue may, makes a caller
 * wait for the main thread.
 */
export class PriceService {
  readonly #parts: PriceServiceParts
  readonly #fetches: FetchRequests
  readonly #touchedAt = new Map<string, number>()

  constructor(parts: PriceServiceParts) {
    this.#parts = parts
    this.#fetches = new FetchRequests(parts.control)
  }

  /**
   * The price from the board, at once; undefined when something has to be fetched first ({@link fetch}).
   * @throws TrinityError `TRN_PRICE_STALE`, `TRN_PRICE_UNAVAILABLE`
   */
  find(question: PriceQuestion): ServedPrice | undefined {
    const now = this.#parts.clock.now()
    const found = this.#readBoard(question, now)
    if (typeof found === 'string') {
      if (this.#isWorthFetching(found, question, now)) return undefined
      throw this.#missError(found, question)
    }
    return this.#isWorthReplacing(found, question, now) ? undefined : this.#serve(found, question, now, true)
  }

  /**
   * The price that {@link find} did not have: fetched where a venue trades the asset, else the best there is, or the reason why there is none.
   * @throws TrinityError `TRN_ASSET_UNKNOWN`, `TRN_QUOTE_UNAVAILABLE`, `TRN_PRICE_UNAVAILABLE`, `TRN_PRICE_STALE`, `TRN_OVERLOADED`
   */
  async fetch(question: PriceQuestion): Promise<ServedPrice> {
    const { clock } = this.#parts
    let outcome: FetchOutcome
    try {
      outcome = await this.#fetches.request(question, clock.now())
    } catch (error) {
      // The search for a better price has failed, not the one at hand.
      const price = this.#servable(question)
      if (price === undefined) throw error
      return price
    }
    const now = clock.now()
    const found = this.#readBoard(question, now)
    if (typeof found === 'string') throw this.#missError(found, question, outcome)
    return this.#serve(found, question, now, !found.listing.onDemand)
  }

  /**
   * The price as it stands on the board now, for those who can't wait; undefined where there is none that may be served. One that is stale,
   * halted or missing is fetched meanwhile, as {@link requestFetch} does.
   */
  peek(asset: string): ServedPrice | undefined {
    const price = this.#servable({ asset })
    if (price === undefined || price.stale || price.market === 'halted') this.requestFetch(asset)
    return price
  }

  /** Why {@link peek} has nothing at this moment. */
  missOf(asset: string): TrinityError {
    const { assets, clock } = this.#parts
    const now = clock.now()
    const found = this.#readBoard({ asset }, now)
    if (typeof found !== 'string') return this.#staleError(found, { asset }, now)
    if (found === 'asset' && assets.isListed(assets.entryOf(asset)))
      return new TrinityError('TRN_PRICE_UNAVAILABLE', `${asset} is being fetched; try again in a second.`)
    return this.#missError(found, { asset })
  }

  /** Has an asset fetched without anybody waiting for it, where another venue trades it that could be read: at most once in a few seconds. */
  requestFetch(asset: string): void {
    const { assets, clock } = this.#parts
    const entry = assets.entryOf(asset)
    const isReadable = assets.listings(entry).length === 0 ? assets.isListed(entry) : assets.isElsewhere(entry)
    const now = clock.now()
    if (isReadable && this.#fetches.isDue({ asset }, now)) this.#fetches.request({ asset }, now).catch(() => undefined)
  }

  #servable(question: PriceQuestion): ServedPrice | undefined {
    const now = this.#parts.clock.now()
    const found = this.#readBoard(question, now)
    return typeof found === 'string' || this.#isTooOld(found, question, now) ? undefined : this.#serve(found, question, now, true)
  }

  /** What the board has; an on-demand listing that somebody asks for is kept. */
  #readBoard(question: PriceQuestion, now: number): Found | PriceMiss {
    const found = this.#parts.finder.find(question, now)
    if (typeof found !== 'string' && found.listing.onDemand) this.#touch(question.asset, now)
    return found
  }

  /** Whether the main thread may find what the board does not have. */
  #isWorthFetching(miss: PriceMiss, question: PriceQuestion, now: number): boolean {
    if (miss !== 'price' || this.#listingsFor(question).every(({ onDemand }) => onDemand)) return true
    return this.#isReplaceable(question) && (this.#fetches.isPending(question) || this.#fetches.isDue(question, now))
  }

  /** Whether another venue may have a better price. Whoever can be answered at all waits for that only once in a few seconds. */
  #isWorthReplacing(found: Found, question: PriceQuestion, now: number): boolean {
    if (!found.listing.halted && ageOf(found, now) <= found.reading.freshnessLimitMs) return false
    if (!this.#isReplaceable(question)) return false
    return this.#fetches.isPending(question) ? this.#isTooOld(found, question, now) : this.#fetches.isDue(question, now)
  }

  #isReplaceable({ asset, quote, venue }: PriceQuestion): boolean {
    if (venue !== undefined) return false
    const { assets } = this.#parts
    const entry = assets.entryOf(asset)
    // What is known of other venues is about the currency of the first listing.
    return quote === undefined || quote === assets.listings(entry)[0]?.currency ? assets.isElsewhere(entry) : assets.isListed(entry)
  }

  /** The listings that could answer a question, with or without a price. */
  #listingsFor({ asset, quote, venue }: PriceQuestion): readonly AssetListing[] {
    const { assets } = this.#parts
    const listings = assets.listings(assets.entryOf(asset)).filter((listing) => listing.venue === (venue ?? listing.venue))
    const first = listings.find(({ apart }) => !apart || venue !== undefined) ?? listings[0]
    return listings.filter(({ currency }) => currency === (quote ?? first?.currency))
  }

  #missError(miss: PriceMiss, question: PriceQuestion, outcome?: FetchOutcome): TrinityError {
    const { assets, successors } = this.#parts
    const awaits = assets.awaitsListings
    return missError(miss, question, {
      ...(outcome ?? { awaits, unread: awaits ? ['some venues'] : [], listed: false }),
      successor: assets.isListed(assets.entryOf(question.asset)) ? undefined : successors.get(question.asset),
      listings: this.#listingsFor(question),
    })
  }

  #staleError(found: Found, question: PriceQuestion, now: number): TrinityError {
    return staleError(found.listing, ageOf(found, now), this.#limitSeconds(question))
  }

  #limitSeconds({ maxAgeSeconds }: PriceQuestion): number {
    const { maxStaleSeconds } = this.#parts
    return Math.min(maxAgeSeconds ?? maxStaleSeconds, maxStaleSeconds)
  }

  #isTooOld(found: Found, question: PriceQuestion, now: number): boolean {
    return ageOf(found, now) > this.#limitSeconds(question) * 1000
  }

  /** The main thread is told of an asset's use at most once a second. */
  #touch(asset: string, now: number): void {
    if (now - (this.#touchedAt.get(asset) ?? -Infinity) < touchMs) return
    this.#touchedAt.set(asset, now)
    void this.#parts.control.touch(asset)
  }

  #serve(found: Found, question: PriceQuestion, now: number, cached: boolean): ServedPrice {
    if (this.#isTooOld(found, question, now)) throw this.#staleError(found, question, now)
    const { listing, reading } = found
    const ageMs = ageOf(found, now)
    return {
      asset: listing.asset,
      price: reading.price,
      currency: listing.currency,
      source: this.#parts.sourceTag(listing.venue),
      wireId: listing.wireId,
      at: reading.at,
      confirmedAt: reading.confirmedAt,
      confirmedUtc: reading.confirmedUtc,
      tier: reading.tier,
      tierNumber: reading.tierNumber,
      ageMs,
      freshnessLimitMs: reading.freshnessLimitMs,
      stale: ageMs > reading.freshnessLimitMs,
      market: listing.halted ? 'halted' : 'trading',
      cached,
    }
  }
}

function ageOf({ reading }: Found, now: number): number {
  return Math.max(0, now - reading.confirmedAt)
}
