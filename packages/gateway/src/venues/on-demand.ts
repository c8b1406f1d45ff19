import {
  type AssetNames,
  type BoardWriter,
  type Clock,
  type Directory,
  type Listing,
  type PriceWish,
  type Refresher,
  type Venue,
  every,
} from '@trinity/core'
import type { FetchOutcome } from '../serving/control.ts'
import type { PriceParameters } from '../settings/parameters.ts'
import { type AssetMarket, marketsOf, openMarketsOf } from './asset-market.ts'
import { FallBack } from './fall-back.ts'
import { OnDemandRoom, tooManyAssets } from './on-demand-room.ts'
import type { PriceDivergence } from './price-divergence.ts'
import { SharedReadings } from './shared-readings.ts'

/** What on-demand listings work with. */
export interface OnDemandDeps {
  readonly venues: readonly Venue[]
  readonly directory: Directory
  readonly names: AssetNames
  readonly writer: BoardWriter
  readonly refresher: Refresher
  readonly divergence: PriceDivergence
  readonly clock: Clock
  readonly parameters: PriceParameters
  freshnessLimitMs(asset: string): number
  /** Whether a venue's listing that has not been read may still be waited for. */
  awaitsListings(): boolean
}

const sweepMs = 60_000

/**
 * Listings outside the prewarmed lists, taken in when somebody asks. Whether they exist is known from the venues' own listings, so an unknown
 * asset costs no reading; a known one costs a single one, however many ask at once. They stay on the board, kept by the refresher, until nobody
 * has asked for a while.
 */
export class OnDemand {
  readonly #deps: OnDemandDeps
  readonly #room: OnDemandRoom
  readonly #fallBack: FallBack
  readonly #readings: SharedReadings
  readonly #usedAt = new Map<string, number>()
  readonly #fetching = new Map<string, Promise<void>>()
  #stopSweep: (() => void) | undefined

  constructor(deps: OnDemandDeps) {
    const { parameters } = deps
    this.#deps = deps
    this.#room = new OnDemandRoom(deps.directory, parameters.onDemandListings)
    this.#fallBack = new FallBack({ ...deps, room: this.#room, idleMs: parameters.onDemandIdleSeconds * 1000 })
    this.#readings = new SharedReadings({ ...deps, waitMs: parameters.onDemandWaitMs })
  }

  start(): void {
    this.#stopSweep = every(this.#deps.clock, sweepMs, () => this.#sweep())
    this.#fallBack.start()
  }

  stop(): void {
    this.#stopSweep?.()
    this.#fallBack.stop()
  }

  /** Every venue is about to be read anew; none stands in for another before that. */
  awaitReadings(): void {
    this.#fallBack.grantGrace()
  }

  /** Keeps an asset's listings for another while. */
  touch(name: string): void {
    const asset = this.#deps.names.canonical(name)
    if (this.#usedAt.has(asset)) this.#usedAt.set(asset, this.#deps.clock.now())
    this.#fallBack.touch(asset)
  }

  /**
   * Takes in what a request needs and resolves when a first reading came or the wait is over. What no venue trades, and what has a good price
   * already, resolves at once.
   * @throws TrinityError `TRN_OVERLOADED` when too many such assets are kept already
   */
  async fetch(request: PriceWish): Promise<FetchOutcome> {
    const wish = { ...request, asset: this.#deps.names.canonical(request.asset) }
    const key = `${wish.asset} ${wish.quote ?? ''} ${wish.venue ?? ''}`
    let fetching = this.#fetching.get(key)
    if (fetching === undefined) {
      fetching = this.#read(wish.asset, this.#findListings(wish)).finally(() => this.#fetching.delete(key))
      this.#fetching.set(key, fetching)
    }
    await fetching
    return this.#outcome(wish)
  }

  async #read(asset: string, listings: readonly Listing[]): Promise<void> {
    if (listings.length === 0) return
    await this.#readings.read(listings)
    this.#deps.divergence.admit(asset)
  }

  #outcome({ asset, quote, venue }: PriceWish): FetchOutcome {
    const { venues, awaitsListings } = this.#deps
    const couldHave = ({ connector }: Venue): boolean =>
      (venue ?? connector.name) === connector.name && (quote === undefined || connector.quotes.includes(quote))
    const unread = venues.filter((one) => one.instruments.isUnread && couldHave(one)).map(({ connector }) => connector.name)
    return { unread, awaits: awaitsListings() && unread.length > 0, listed: this.#isListed(asset, venue) }
  }

  #isListed(asset: string, venue: string | undefined): boolean {
    const { venues, directory } = this.#deps
    const wanted = venues.filter(({ connector }) => (venue ?? connector.name) === connector.name)
    return directory.ofAsset(asset).some((listing) => isWanted({ asset, venue }, listing)) || openMarketsOf(wanted, asset).length > 0
  }

  /** Takes in what a request is about; the listings that have to be read for it. */
  #findListings(wish: PriceWish): readonly Listing[] {
    const own = this.#deps.directory.ofAsset(wish.asset).filter(({ onDemand }) => !onDemand)
    const [first] = own
    if (first === undefined) return this.#takeInEverywhere(wish)
    const { asset, quote = first.currency, venue } = wish
    if (venue !== undefined) return own.some((listing) => isWanted(wish, listing)) ? [] : this.#takeInAt(venue, wish, first.currency)
    if (own.some(({ currency }) => currency === quote)) return this.#fallBack.takeIn(asset, quote)
    return this.#add(asset, openMarketsOf(this.#deps.venues, asset, quote))
  }

  /** One venue only, for those who name it: in the currency asked for, else in that of the asset, else in the venue's first. */
  #takeInAt(name: string, { asset, quote }: PriceWish, ownCurrency: string): readonly Listing[] {
    const venues = this.#deps.venues.filter(({ connector }) => connector.name === name)
    const inOwnCurrency = quote === undefined ? marketsOf(venues, asset, 'trading', ownCurrency) : []
    return this.#add(asset, inOwnCurrency.length > 0 ? inOwnCurrency : openMarketsOf(venues, asset, quote))
  }

  /** Every venue that trades the asset, so that who asks first decides nothing. */
  #takeInEverywhere(wish: PriceWish): readonly Listing[] {
    const { venues } = this.#deps
    const { asset, quote } = wish
    const markets = [...openMarketsOf(venues, asset), ...(quote === undefined ? [] : openMarketsOf(venues, asset, quote))]
    if (!markets.some(({ venue, currency }) => isWanted(wish, { venue: venue.connector.name, currency }))) return []
    return this.#add(asset, markets).filter((listing) => isWanted(wish, listing))
  }

  #add(asset: string, markets: readonly AssetMarket[]): readonly Listing[] {
    const { clock, directory, parameters } = this.#deps
    if (markets.length === 0) return []
    if (!this.#usedAt.has(asset) && this.#usedAt.size >= parameters.onDemandAssets) throw tooManyAssets()
    this.#room.require(markets)
    this.#usedAt.set(asset, clock.now())
    const isFirst = directory.ofAsset(asset).length === 0
    for (const { venue, symbol, currency } of markets) venue.addListing(asset, symbol, currency, { onDemand: true, apart: true })
    const [best] = directory.ofAsset(asset)
    // There is nothing yet that the first could be apart from.
    if (isFirst && best !== undefined) directory.update(best, { apart: false })
    return markets.flatMap(({ venue, symbol }) => directory.ofSymbol(venue.connector.name, symbol) ?? [])
  }

  #sweep(): void {
    const { directory, clock, parameters } = this.#deps
    const before = clock.now() - parameters.onDemandIdleSeconds * 1000
    for (const [asset, usedAt] of this.#usedAt) {
      if (usedAt > before) continue
      this.#usedAt.delete(asset)
      for (const listing of directory.ofAsset(asset)) if (listing.onDemand) directory.remove(listing)
    }
  }
}

function isWanted({ quote, venue }: PriceWish, listing: Pick<Listing, 'venue' | 'currency'>): boolean {
  return (venue ?? listing.venue) === listing.venue && (quote ?? listing.currency) === listing.currency
}
