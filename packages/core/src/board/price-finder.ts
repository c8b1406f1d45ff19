import type { Board } from './board.ts'
import type { Directory, Listing } from './directory.ts'
import { BoardReading, readSlot } from './reader.ts'

/** Which price of an asset is wanted. */
export interface PriceWish {
  /** Upper-case ticker. */
  readonly asset: string
  /** Upper-case currency; absent = that of the asset's first listing. */
  readonly quote?: string | undefined
  /** One venue only. */
  readonly venue?: string | undefined
}

/** A found price; valid until the finder is asked again. */
export interface FoundPrice {
  readonly listing: Listing
  readonly reading: BoardReading
}

/** Why there is no price: no listing at all, none at the venue, none in the currency, or none has a price yet. */
export type PriceMiss = 'asset' | 'venue' | 'quote' | 'price'

/** How long a listing that came back must be fresh before it is preferred to the one that stood in. */
export const settleMs = 10_000

/** Chooses among the listings of an asset by the board alone; never waits, never goes out. */
export class PriceFinder {
  readonly #board: Board
  readonly #directory: Pick<Directory, 'ofAsset'>
  #best = new BoardReading()
  #spare = new BoardReading()

  constructor(board: Board, directory: Pick<Directory, 'ofAsset'>) {
    this.#board = board
    this.#directory = directory
  }

  /**
   * The first fresh listing in order, in one currency; one that was stale counts again after it was fresh for
   * {@link settleMs}, unless nothing else is fresh. With none fresh, the one proved last.
   */
  find(wish: PriceWish, now: number): FoundPrice | PriceMiss {
    const listings = this.#directory.ofAsset(wish.asset)
    const first = listings[0]
    if (first === undefined) return 'asset'
    const atVenue = wish.venue === undefined ? listings : listings.filter((listing) => listing.venue === wish.venue)
    if (atVenue.length === 0) return 'venue'
    const currency = wish.quote ?? (atVenue[0] ?? first).currency
    let found: Listing | undefined
    let bestScore = -Infinity
    let offered = false
    for (const listing of atVenue) {
      if (listing.currency !== currency) continue
      offered = true
      if (!readSlot(this.#board, listing.slot, listing.generation, this.#spare)) continue
      const score = scoreReading(this.#spare, now)
      if (score <= bestScore) continue
      bestScore = score
      found = listing
      const spare = this.#best
      this.#best = this.#spare
      this.#spare = spare
      if (score === settledScore) break
    }
    if (!offered) return 'quote'
    return found === undefined ? 'price' : { listing: found, reading: this.#best }
  }
}

const settledScore = 2

/** 2 = fresh and settled, 1 = fresh, below 0 = stale by that many milliseconds of age. */
function scoreReading(reading: BoardReading, now: number): number {
  const ageMs = Math.max(0, now - reading.confirmedAt)
  if (ageMs > reading.freshnessLimitMs) return -ageMs
  return reading.freshSince === 0 || now - reading.freshSince >= settleMs ? settledScore : 1
}
