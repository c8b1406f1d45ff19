import { type AssetListing, type BoardReading, type Clock, type PriceFinder, type PriceMiss, type PriceWish, TrinityError } from '@trinity/core'
import type { Control } from '../serving/control.ts'

/** A price as it is answered; times in epoch milliseconds. */
export interface ServedPrice {
  readonly asset: string
  /** Decimal text with the venue's own digits. */
  readonly price: string
  readonly currency: string
  readonly source: string
  /** The venue's number on the UDP wire. */
  readonly wireId: number
  /** Trade time; null where only an untimed reading is known. */
  readonly at: number | null
  readonly confirmedAt: number
  readonly tier: BoardReading['tier']
  readonly tierNumber: number
  readonly ageMs: number
  readonly freshnessLimitMs: number
  readonly stale: boolean
  /** False when this very request made the server fetch the asset. */
  readonly cached: boolean
}

/** A wish with the oldest evidence that the caller accepts. */
export interface PriceQuestion extends PriceWish {
  readonly maxAgeSeconds?: number | undefined
}

/** What the service works with. */
export interface PriceServiceParts {
  readonly finder: PriceFinder<AssetListing>
  readonly control: Pick<Control, 'fetch' | 'touch'>
  readonly clock: Clock
  readonly maxStaleSeconds: number
  sourceTag(venue: string): string
}

const touchMs = 1000

/** Answers price questions from the board; only an asset that nobody lists makes it wait. */
export class PriceService {
  readonly #parts: PriceServiceParts
  readonly #touchedAt = new Map<string, number>()

  constructor(parts: PriceServiceParts) {
    this.#parts = parts
  }

  /**
   * The price from the board, at once; undefined when the asset has to be fetched first ({@link fetch}).
   * @throws TrinityError `TRN_PRICE_STALE`
   */
  find(question: PriceQuestion): ServedPrice | undefined {
    const now = this.#parts.clock.now()
    const found = this.#parts.finder.find(question, now)
    if (typeof found === 'string') return undefined
    if (found.listing.onDemand) this.#touch(question.asset)
    return this.#serve(found.listing, found.reading, question, now, true)
  }

  /**
   * The price of an asset that {@link find} did not have: fetched where a venue trades it, else the reason why not.
   * @throws TrinityError `TRN_ASSET_UNKNOWN`, `TRN_QUOTE_UNAVAILABLE`, `TRN_PRICE_UNAVAILABLE`, `TRN_PRICE_STALE`
   */
  async fetch(question: PriceQuestion): Promise<ServedPrice> {
    await this.#parts.control.fetch(question)
    const now = this.#parts.clock.now()
    const found = this.#parts.finder.find(question, now)
    if (typeof found === 'string') throw missError(found, question)
    return this.#serve(found.listing, found.reading, question, now, false)
  }

  /** Why {@link find} has nothing at this moment. */
  missOf(question: PriceQuestion): TrinityError {
    const found = this.#parts.finder.find(question, this.#parts.clock.now())
    return missError(typeof found === 'string' ? found : 'price', question)
  }

  /** The main thread is told of an asset's use at most once a second. */
  #touch(asset: string): void {
    const now = this.#parts.clock.now()
    if (now - (this.#touchedAt.get(asset) ?? -Infinity) < touchMs) return
    this.#touchedAt.set(asset, now)
    void this.#parts.control.touch(asset)
  }

  #serve(listing: AssetListing, reading: BoardReading, question: PriceQuestion, now: number, cached: boolean): ServedPrice {
    const { maxStaleSeconds, sourceTag } = this.#parts
    const ageMs = Math.max(0, now - reading.confirmedAt)
    const limitSeconds = Math.min(question.maxAgeSeconds ?? maxStaleSeconds, maxStaleSeconds)
    if (ageMs > limitSeconds * 1000) {
      throw new TrinityError(
        'TRN_PRICE_STALE',
        `The newest price of ${listing.asset} was confirmed ${(ageMs / 1000).toFixed(1)} s ago, more than the ${limitSeconds} s allowed; try again soon.`,
      )
    }
    return {
      asset: listing.asset,
      price: reading.price,
      currency: listing.currency,
      source: sourceTag(listing.venue),
      wireId: listing.wireId,
      at: reading.at,
      confirmedAt: reading.confirmedAt,
      tier: reading.tier,
      tierNumber: reading.tierNumber,
      ageMs,
      freshnessLimitMs: reading.freshnessLimitMs,
      stale: ageMs > reading.freshnessLimitMs,
      cached,
    }
  }
}

function missError(miss: PriceMiss, { asset, quote, venue }: PriceQuestion): TrinityError {
  switch (miss) {
    case 'asset':
      return new TrinityError('TRN_ASSET_UNKNOWN', `No venue lists ${asset}; /exchanges shows what there is.`)
    case 'venue':
      return new TrinityError('TRN_ASSET_UNKNOWN', `${venue} does not list ${asset}; leave out source or see /exchanges.`)
    case 'quote':
      return new TrinityError('TRN_QUOTE_UNAVAILABLE', `${asset} is not quoted in ${quote} here; leave out quote or see /exchanges.`)
    case 'price':
      return new TrinityError('TRN_PRICE_UNAVAILABLE', `No price of ${asset} has arrived yet; try again in a second.`)
  }
}
