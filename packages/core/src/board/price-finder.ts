import type { Clock } from '../clock.ts'
import type { Board } from './board.ts'
import type { Listing } from './directory.ts'
import { BoardReading, readSlot } from './reader.ts'
import { unseenSleepMs } from './unseen-sleep.ts'

/** Which price of an asset is wanted. */
export interface PriceWish {
  /** Upper-case ticker. */
  readonly asset: string
  /** Upper-case currency; absent = that of the asset's first listing. */
  readonly quote?: string | undefined
  /** One venue only. */
  readonly venue?: string | undefined
}

/** What a finder has to know of a listing. */
export type PricedListing = Pick<Listing, 'venue' | 'currency' | 'slot' | 'generation' | 'halted' | 'apart'>

/** Where a finder looks up an asset: the directory, or its shared copy. */
export interface ListingSource<L extends PricedListing> {
  /** Best first; empty for an unknown asset. */
  ofAsset(asset: string): readonly L[]
}

/** A found price; valid until the finder is asked again. */
export interface FoundPrice<L extends PricedListing = Listing> {
  readonly listing: L
  readonly reading: BoardReading
}

/** Why there is no price: no listing at all, none at the venue, none in the currency, or none has a price yet. */
export type PriceMiss = 'asset' | 'venue' | 'quote' | 'price'

/** What {@link PriceFinder.best} returns: 0 for a price, otherwise the {@link PriceMiss} as a number. */
export const priceOutcome = { found: 0, asset: 1, venue: 2, quote: 3, price: 4 } as const

/** A value of {@link priceOutcome}. */
export type PriceOutcome = (typeof priceOutcome)[keyof typeof priceOutcome]

const misses: readonly (PriceMiss | undefined)[] = [undefined, 'asset', 'venue', 'quote', 'price']

/** How long a listing that came back must be fresh before it is preferred to the one that stood in. */
export const settleMs = 10_000

/** Chooses among the listings of an asset by the board alone; never waits, never goes out. */
export class PriceFinder<L extends PricedListing = Listing> {
  /** What {@link best} found last; undefined after a miss. */
  listing: L | undefined = undefined
  readonly #board: Board
  readonly #listings: ListingSource<L>
  readonly #clock: Pick<Clock, 'now' | 'wall'>
  #sleptMs = 0
  #sleepSeenAt = -Infinity
  #best = new BoardReading()
  /** By slot, so that what has not changed since is not read again. */
  readonly #readings: BoardReading[] = []

  constructor(board: Board, listings: ListingSource<L>, clock: Pick<Clock, 'now' | 'wall'>) {
    this.#board = board
    this.#listings = listings
    this.#clock = clock
  }

  /** The price that {@link best} found last; overwritten by its next call, and without meaning after a miss. */
  get reading(): BoardReading {
    return this.#best
  }

  /**
   * The first fresh listing in order, in one currency; one that was stale counts again after it was fresh for
   * {@link settleMs}, unless nothing else is fresh. A halted market comes after all that trade and are fresh. With none fresh, the one proved
   * last. A listing that is apart from the others answers only those who name its venue.
   */
  find(wish: PriceWish, now: number): FoundPrice<L> | PriceMiss {
    const miss = misses[this.best(this.#listings.ofAsset(wish.asset), now, wish.quote, wish.venue)]
    return miss ?? { listing: this.listing as L, reading: this.#best }
  }

  /**
   * The choice of {@link find} among given listings, without allocation: the answer is left in {@link listing} and
   * {@link reading}.
   */
  best(listings: readonly L[], now: number, currency?: string, venue?: string): PriceOutcome {
    this.listing = undefined
    if (listings.length === 0) return priceOutcome.asset
    let wanted = currency
    let atVenue = false
    let offered = false
    let bestScore = -Infinity
    const sleptMs = this.#unseenSleepMs(now)
    for (let i = 0; i < listings.length; i++) {
      const listing = listings[i] as L
      if (venue !== undefined && listing.venue !== venue) continue
      atVenue = true
      if (listing.apart && venue === undefined) {
        // Perhaps another token of that name: it is there, but its price is not for those who don't name its venue.
        offered ||= listing.currency === (currency ?? listing.currency)
        continue
      }
      wanted ??= listing.currency
      if (listing.currency !== wanted) continue
      offered = true
      const reading = (this.#readings[listing.slot] ??= new BoardReading())
      if (!readSlot(this.#board, listing.slot, listing.generation, reading)) continue
      reading.ageBySleep(sleptMs, now)
      const score = scoreReading(reading, now, listing.halted)
      if (score <= bestScore) continue
      bestScore = score
      this.listing = listing
      this.#best = reading
      if (score === settledScore) break
    }
    if (this.listing !== undefined) return priceOutcome.found
    if (!atVenue) return priceOutcome.venue
    return offered ? priceOutcome.price : priceOutcome.quote
  }

  /** Once a millisecond is enough: two clocks cost as much as a price. */
  #unseenSleepMs(now: number): number {
    if (now === this.#sleepSeenAt) return this.#sleptMs
    this.#sleepSeenAt = now
    return (this.#sleptMs = unseenSleepMs(this.#board, this.#clock))
  }
}

const settledScore = 2

const freshScore = 1
const haltedScore = 0.5

/** {@link settledScore}, {@link freshScore} or {@link haltedScore}; below 0 = stale by that many milliseconds of age. */
function scoreReading(reading: BoardReading, now: number, halted: boolean): number {
  const ageMs = Math.max(0, now - reading.confirmedAt)
  if (ageMs > reading.freshnessLimitMs) return -ageMs
  if (halted) return haltedScore
  return reading.freshSince === 0 || now - reading.freshSince >= settleMs ? settledScore : freshScore
}
