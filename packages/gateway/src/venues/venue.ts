import {
  type BoardWriter,
  type Clock,
  type Connector,
  type Directory,
  type FeedStatus,
  FeedSupervisor,
  type Listing,
  type Random,
  RestReader,
  type Tick,
  type Transport,
  errorText,
} from '@trinity/core'
import type { QuietLog } from '../quiet-log.ts'
import { ListingBook } from './listing-book.ts'

/** What a venue works with. */
export interface VenueParts {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly log: QuietLog
  /** False turns off everything but the live feed. */
  readonly rest: boolean
  freshnessLimitMs(asset: string): number
  /** Called when the venue's own listing was read. */
  onListing(): void
}

/** A symbol that somebody has settled for an asset, in place of what the venue's own listing would decide: an operator, or a recording. */
export interface FixedListing {
  readonly asset: string
  readonly symbol: string
  readonly currency: string
}

/** What a venue carries from the start. */
export interface VenueAssets {
  /** Upper-case tickers; the venue's listing decides on their symbols. */
  readonly prewarmed: readonly string[]
  readonly fixed?: readonly FixedListing[]
}

/** How a listing stands: `missing` = the venue's own listing does not trade it. */
export type ListingState = 'pending' | 'live' | 'stale' | 'rejected' | 'missing'

/** One exchange as the server runs it: its live feed, its REST readings, its listing, and the board slots they fill. */
export class Venue {
  readonly connector: Connector
  readonly feed: FeedSupervisor
  readonly reader: RestReader | undefined
  readonly book: ListingBook
  readonly #parts: VenueParts
  readonly #assets: VenueAssets
  readonly #missing = new Set<string>()

  constructor(connector: Connector, assets: VenueAssets, parts: VenueParts) {
    this.connector = connector
    this.#assets = assets
    this.#parts = parts
    this.feed = new FeedSupervisor(connector, parts)
    this.reader = parts.rest && connector.rest !== undefined ? new RestReader(connector.rest, parts.transport, parts.clock) : undefined
    this.book = new ListingBook(
      connector,
      this.reader,
      parts.clock,
      () => {
        this.#reconcile()
        parts.onListing()
      },
      (error) => this.#warn('listing', { error: errorText(error) }, 'the listing could not be read'),
    )
    this.feed.on('tick', (tick, receivedAt, askedAt) => this.#onTick(tick, receivedAt, askedAt))
    this.feed.on('cut', (symbols, reason, retryInMs) => {
      this.#doubt(symbols)
      this.#warn('cut', { reason, retryInMs: Math.round(retryInMs) }, 'feed cut')
    })
    this.feed.on('open', () => parts.log.settle(`${connector.name} cut`, { venue: connector.name }, 'feed open again'))
    this.feed.on('reject', (symbol, reason) => {
      this.#doubt([symbol])
      this.#warn(`refused ${symbol}`, { symbol, reason }, 'symbol refused')
    })
    this.feed.on('trouble', (reason) => this.#warn(reason, { reason }, 'feed trouble'))
  }

  /** Opens a slot for each asset and starts the feed; the listing is compared as soon as it is read. */
  start(): void {
    this.#reconcile()
    this.book.start()
  }

  stop(): void {
    this.feed.stop()
    this.book.stop()
    this.reader?.stop()
  }

  status(): FeedStatus {
    const status = this.feed.status()
    if (this.#missing.size === 0) return status
    const missing = `not traded there: ${[...this.#missing].join(', ')}`
    return { ...status, state: status.state === 'down' ? 'down' : 'degraded', why: status.why === '' ? missing : `${status.why}; ${missing}` }
  }

  /** Assets that should be here but are not traded at the venue. */
  get missing(): ReadonlySet<string> {
    return this.#missing
  }

  /** A listing's state by its evidence; `reason` says why a refused one was refused. */
  listingState(listing: Listing, now: number): { readonly state: ListingState; readonly reason: string } {
    const reason = this.feed.symbolReason(listing.symbol)
    if (this.feed.symbolState(listing.symbol) === 'rejected') return { state: 'rejected', reason }
    const confirmedAt = this.#parts.writer.confirmedAt(listing.slot)
    if (confirmedAt === 0) return { state: 'pending', reason }
    return { state: now - confirmedAt > this.#parts.freshnessLimitMs(listing.asset) ? 'stale' : 'live', reason }
  }

  /** Adds the slot of an asset's symbol at this venue; one that is there is kept. */
  addListing(asset: string, symbol: string, currency: string, onDemand: boolean): Listing {
    return this.#parts.directory.add({
      venue: this.connector.name,
      asset,
      symbol,
      currency,
      onDemand,
      freshnessLimitMs: this.#parts.freshnessLimitMs(asset),
    })
  }

  #reconcile(): void {
    const { directory } = this.#parts
    const kept = new Set<Listing>()
    const missingBefore = [...this.#missing].join()
    this.#missing.clear()
    const fixed = this.#assets.fixed ?? []
    for (const { asset, symbol, currency } of fixed) kept.add(this.addListing(asset, symbol, currency, false))
    for (const asset of this.#assets.prewarmed) {
      if (fixed.some((listing) => listing.asset === asset)) continue
      const pair = this.book.resolve(asset)
      if (pair === undefined) this.#missing.add(asset)
      else kept.add(this.addListing(asset, pair.symbol, pair.quote, false))
    }
    for (const listing of directory.list(this.connector.name)) if (!listing.onDemand && !kept.has(listing)) directory.remove(listing)
    this.feed.setSymbols([...kept].map((listing) => listing.symbol))
    const missing = [...this.#missing].join()
    if (missing !== missingBefore && missing !== '') this.#warn('missing', { missing }, 'assets are not traded at the venue')
  }

  #onTick(tick: Tick, receivedAt: number, askedAt: number | undefined): void {
    const listing = this.#parts.directory.ofSymbol(this.connector.name, tick.symbol)
    if (listing === undefined) return
    const evidence = { price: tick.price, at: tick.at ?? null, id: tick.id ?? null, orderAt: tick.orderAt, tier: 'L1_MEMORY' as const, askedAt }
    // A price without a trade time comes from a quote channel and says nothing about the channel of trades.
    this.#parts.writer.apply(listing.slot, evidence, receivedAt, tick.at !== undefined)
  }

  #warn(kind: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#parts.log.warn(`${this.connector.name} ${kind}`, { venue: this.connector.name, ...fields }, message)
  }

  #doubt(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const listing = this.#parts.directory.ofSymbol(this.connector.name, symbol)
      if (listing !== undefined) this.#parts.writer.doubtFeed(listing.slot)
    }
  }
}
