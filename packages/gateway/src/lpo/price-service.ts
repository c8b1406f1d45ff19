import { type BoardReading, type Clock, type Listing, type PriceFinder, type PriceMiss, type PriceWish, TrinityError } from '@trinity/core'
import type { OnDemand } from '../venues/on-demand.ts'

/** A price as it is answered; times in epoch milliseconds. */
export interface ServedPrice {
  readonly asset: string
  /** Decimal text with the venue's own digits. */
  readonly price: string
  readonly currency: string
  readonly source: string
  /** Trade time; null where only an untimed reading is known. */
  readonly at: number | null
  readonly confirmedAt: number
  readonly tier: BoardReading['tier']
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
  readonly finder: PriceFinder
  readonly onDemand: OnDemand
  readonly clock: Clock
  readonly maxStaleSeconds: number
  sourceTag(venue: string): string
}

/** Answers price questions from the board; only an asset that nobody lists makes it wait. */
export class PriceService {
  readonly #parts: PriceServiceParts

  constructor(parts: PriceServiceParts) {
    this.#parts = parts
  }

  /**
   * The price from the board, at once; undefined when the asset has to be fetched first ({@link fetch}).
   * @throws TrinityError `TRN_PRICE_STALE`
   */
  find(question: PriceQuestion): ServedPrice | undefined {
    const found = this.#parts.finder.find(question, this.#parts.clock.now())
    if (typeof found === 'string') return undefined
    if (found.listing.onDemand) this.#parts.onDemand.touch(question.asset)
    return this.#serve(found.listing, found.reading, question, true)
  }

  /**
   * The price of an asset that {@link find} did not have: fetched where a venue trades it, else the reason why not.
   * @throws TrinityError `TRN_ASSET_UNKNOWN`, `TRN_QUOTE_UNAVAILABLE`, `TRN_PRICE_UNAVAILABLE`, `TRN_PRICE_STALE`
   */
  async fetch(question: PriceQuestion): Promise<ServedPrice> {
    await this.#parts.onDemand.fetch(question)
    const found = this.#parts.finder.find(question, this.#parts.clock.now())
    if (typeof found === 'string') throw missError(found, question)
    return this.#serve(found.listing, found.reading, question, false)
  }

  #serve(listing: Listing, reading: BoardReading, question: PriceQuestion, cached: boolean): ServedPrice {
    const { clock, maxStaleSeconds, sourceTag } = this.#parts
    const ageMs = Math.max(0, clock.now() - reading.confirmedAt)
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
      at: reading.at,
      confirmedAt: reading.confirmedAt,
      tier: reading.tier,
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
