import { type Clock, type Directory, type Listing, type PriceWish, type Refresher, TrinityError, every } from '@trinity/core'
import type { PriceParameters } from '../settings/parameters.ts'
import type { Venue } from './venue.ts'

/** What on-demand listings work with. */
export interface OnDemandParts {
  readonly venues: readonly Venue[]
  readonly directory: Directory
  readonly refresher: Refresher
  readonly clock: Clock
  readonly parameters: PriceParameters
}

const sweepMs = 60_000

/**
 * Listings outside the prewarmed lists, taken in when somebody asks. Whether they exist is known from the venues' own
 * listings, so an unknown asset costs no reading; a known one costs a single one, however many ask at once. They stay on
 * the board, kept by the refresher, until nobody has asked for a while.
 */
export class OnDemand {
  readonly #parts: OnDemandParts
  readonly #usedAt = new Map<string, number>()
  readonly #fetching = new Map<string, Promise<void>>()
  #stopSweep: (() => void) | undefined

  constructor(parts: OnDemandParts) {
    this.#parts = parts
  }

  start(): void {
    this.#stopSweep = every(this.#parts.clock, sweepMs, () => this.#sweep())
  }

  stop(): void {
    this.#stopSweep?.()
  }

  /** Keeps an asset's listings for another while. */
  touch(asset: string): void {
    if (this.#usedAt.has(asset)) this.#usedAt.set(asset, this.#parts.clock.now())
  }

  /**
   * Takes in what a wish needs and resolves when a first reading came or the wait is over. What no venue trades, and what is kept
   * hot anyway, resolves at once.
   * @throws TrinityError `TRN_OVERLOADED` when too many such assets are kept already
   */
  async fetch(wish: PriceWish): Promise<void> {
    const pending = this.#fetching.get(wishKey(wish))
    if (pending !== undefined) return pending
    if (this.#isKeptHot(wish)) return
    const listings = this.#takeIn(wish)
    if (listings.length === 0) return
    const fetching = this.#read(listings).finally(() => this.#fetching.delete(wishKey(wish)))
    this.#fetching.set(wishKey(wish), fetching)
    await fetching
  }

  /** Whether a wish is about a listing that is there whether anybody asks or not. */
  #isKeptHot(wish: PriceWish): boolean {
    const listings = this.#parts.directory.ofAsset(wish.asset).filter(({ venue }) => wish.venue === undefined || wish.venue === venue)
    const currency = wish.quote ?? listings[0]?.currency
    return listings.some((listing) => listing.currency === currency && !listing.onDemand)
  }

  /** Takes in the asset at every venue that trades it, so that who asks first decides nothing; returns what the wish is about. */
  #takeIn(wish: PriceWish): readonly Listing[] {
    const { venues, parameters, clock } = this.#parts
    const offers = venues.flatMap((venue) => {
      const { asset, quote } = wish
      const pairs = [venue.book.resolve(asset), ...(quote === undefined ? [] : [venue.book.resolve(asset, quote)])]
      const traded = pairs
        .filter((pair) => pair !== undefined)
        .filter(({ symbol }) => venue.reader !== undefined && venue.book.status(symbol) === 'tradable')
      return traded.map((pair) => ({ venue, pair }))
    })
    const wanted = offers.filter(({ venue, pair }) => isWanted(wish, venue.connector.name, pair.quote))
    if (wanted.length === 0) return []
    if (!this.#usedAt.has(wish.asset) && this.#usedAt.size >= parameters.onDemandAssets) {
      throw new TrinityError('TRN_OVERLOADED', 'Too many assets outside the prewarmed lists are in use; try again in a few minutes.')
    }
    this.#usedAt.set(wish.asset, clock.now())
    const listings = new Set(offers.map(({ venue, pair }) => venue.addListing(wish.asset, pair.symbol, pair.quote, true)))
    return [...listings].filter((listing) => isWanted(wish, listing.venue, listing.currency))
  }

  async #read(listings: readonly Listing[]): Promise<void> {
    const { refresher, clock, parameters } = this.#parts
    const readings = listings.map((listing) => refresher.readNow(listing.venue, [listing.symbol]))
    await new Promise<void>((resolve) => {
      const cancel = clock.after(parameters.onDemandWaitMs, resolve)
      void Promise.all(readings).then(() => {
        cancel()
        resolve()
      })
    })
  }

  #sweep(): void {
    const { directory, clock, parameters } = this.#parts
    const before = clock.now() - parameters.onDemandIdleSeconds * 1000
    for (const [asset, usedAt] of this.#usedAt) {
      if (usedAt > before) continue
      this.#usedAt.delete(asset)
      for (const listing of directory.ofAsset(asset)) if (listing.onDemand) directory.remove(listing)
    }
  }
}

function isWanted(wish: PriceWish, venue: string, currency: string): boolean {
  return (wish.venue ?? venue) === venue && (wish.quote ?? currency) === currency
}

function wishKey(wish: PriceWish): string {
  return `${wish.asset} ${wish.quote ?? ''} ${wish.venue ?? ''}`
}
