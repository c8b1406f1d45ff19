import type { BoardWriter } from '../board/writer.ts'
import type { Directory, Listing } from '../board/directory.ts'
import type { Clock, Random } from '../clock.ts'
import type { Connector } from '../connector.ts'
import { RestReader } from '../feed/rest-reader.ts'
import { type FeedStatus, FeedSupervisor } from '../feed/supervisor.ts'
import type { Transport } from '../transport.ts'
import type { AssetNames } from './asset-names.ts'
import { InstrumentList } from './instrument-list.ts'
import type { VenueTime } from './venue-time.ts'

/** Where a venue's warnings go; of one `key` some may be left out when they come too often. */
export interface VenueLog {
  warn(key: string, fields: Readonly<Record<string, unknown>>, message: string): void
  /** What was warned of under `key` is over. */
  settle(key: string, fields: Readonly<Record<string, unknown>>, message: string): void
}

/** The engine that a venue belongs to: all venues of a node share one of each. */
export interface VenueDeps {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly time: VenueTime
  readonly names: AssetNames
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly log: VenueLog
  /** False turns off everything but the live feed. */
  readonly rest: boolean
  freshnessLimitMs(asset: string): number
  /** Called when the venue's own listing was read. */
  onListing(): void
}

/** A symbol that somebody has chosen for an asset, in place of what the venue's own listing would decide: an operator, or a recording. */
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

/** Without a trade for so long a market may be halted. */
const quietMs = 60_000

/** How a listing stands: `missing` = the venue's own listing does not have it, or has it as closed. */
export type ListingState = 'pending' | 'live' | 'stale' | 'rejected' | 'missing'

/** One exchange as a server runs it: its live feed, its REST readings, its own listing, and the board slots that they fill. */
export class Venue {
  readonly connector: Connector
  readonly feed: FeedSupervisor
  readonly reader: RestReader | undefined
  readonly instruments: InstrumentList
  readonly #deps: VenueDeps
  readonly #prewarmed: readonly string[]
  readonly #fixed: readonly FixedListing[]
  readonly #missing = new Set<string>()
  /** Symbols that were last logged as halted. */
  #halted = ''
  #started = false

  constructor(connector: Connector, { prewarmed, fixed = [] }: VenueAssets, deps: VenueDeps) {
    this.connector = connector
    this.#deps = deps
    this.#prewarmed = [...new Set(prewarmed.map((asset) => deps.names.canonical(asset)))]
    this.#fixed = fixed.map((listing) => ({ ...listing, asset: deps.names.canonical(listing.asset) }))
    const { transport, clock, random, time } = deps
    this.feed = new FeedSupervisor(connector, { transport, clock, random, utcNow: () => time.utcNow() })
    this.reader = deps.rest && connector.rest !== undefined ? new RestReader(connector.rest, transport, clock) : undefined
    this.instruments = new InstrumentList({
      connector,
      reader: this.reader,
      names: deps.names,
      clock,
      random,
      wanted: this.#prewarmed,
      onDemand: () => this.#listings().flatMap(({ symbol, onDemand }) => (onDemand ? [symbol] : [])),
      hasHalted: () => this.#listings().some(({ halted }) => halted),
      quiet: () => this.#quiet(),
      onChange: () => {
        this.settle('listing', 'listing read again')
        this.#reconcile()
        deps.onListing()
      },
      onWarning: (kind, reason) => this.warn(kind, { reason }, 'listing'),
    })
  }

  /** Opens a slot for each configured asset. Nothing goes out. */
  open(): void {
    this.#reconcile()
  }

  /** Starts the feed; the listing is compared as soon as it is read. */
  start(): void {
    this.#setSymbols()
    this.instruments.start()
  }

  stop(): void {
    this.feed.stop()
    this.instruments.stop()
    this.reader?.stop()
  }

  status(): FeedStatus {
    const status = this.feed.status()
    const halted = this.#listings().filter((listing) => listing.halted && !listing.onDemand)
    const reasons = [
      status.why,
      this.#missing.size === 0 ? '' : `not listed there: ${[...this.#missing].join(', ')}`,
      halted.length === 0 ? '' : `halted there: ${halted.map(({ asset }) => asset).join(', ')}`,
    ].filter((reason) => reason !== '')
    const isWhole = this.#missing.size === 0 && halted.length === 0
    return { ...status, state: isWhole || status.state === 'down' ? status.state : 'degraded', why: reasons.join('; ') }
  }

  /** Assets that should be here but are not listed at the venue. */
  get missing(): ReadonlySet<string> {
    return this.#missing
  }

  /** A listing's state by its evidence; `reason` says why it has no live prices, where the feed knows. */
  listingState(listing: Listing, now: number): { readonly state: ListingState; readonly reason: string } {
    const reason = this.feed.symbolReason(listing.symbol)
    if (this.feed.symbolState(listing.symbol) === 'rejected') return { state: 'rejected', reason }
    const confirmedAt = this.#deps.writer.confirmedAt(listing.slot)
    if (confirmedAt === 0) return { state: 'pending', reason }
    return { state: now - confirmedAt > this.#deps.freshnessLimitMs(listing.asset) ? 'stale' : 'live', reason }
  }

  /** Adds the slot of an asset's symbol at this venue; one that is there is kept. */
  addListing(asset: string, symbol: string, currency: string, more: { readonly onDemand: boolean; readonly apart?: boolean }): Listing {
    const halted = this.instruments.status(symbol) === 'halted'
    if (halted && more.onDemand) this.instruments.readSoon()
    return this.#deps.directory.add({
      venue: this.connector.name,
      asset,
      symbol,
      currency,
      halted,
      freshnessLimitMs: this.#deps.freshnessLimitMs(asset),
      ...more,
    })
  }

  warn(kind: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#deps.log.warn(`${this.connector.name} ${kind}`, { venue: this.connector.name, ...fields }, message)
  }

  /** What was warned of is over. */
  settle(kind: string, message: string): void {
    this.#deps.log.settle(`${this.connector.name} ${kind}`, { venue: this.connector.name }, message)
  }

  #listings(): readonly Listing[] {
    return this.#deps.directory.list(this.connector.name)
  }

  #quiet(): readonly string[] {
    const { writer, clock } = this.#deps
    const before = clock.now() - quietMs
    return this.#listings().flatMap(({ slot, symbol, onDemand }) => (!onDemand && writer.feedSeenAt(slot) < before ? [symbol] : []))
  }

  #reconcile(): void {
    const { directory } = this.#deps
    const kept = new Set<string>()
    const missingBefore = [...this.#missing].join()
    this.#missing.clear()
    for (const { asset, symbol, currency } of this.#fixed) kept.add(this.addListing(asset, symbol, currency, { onDemand: false }).symbol)
    for (const asset of this.#prewarmed) {
      if (this.#fixed.some((listing) => listing.asset === asset)) continue
      const held = this.#listings().find((listing) => listing.asset === asset && !listing.onDemand)?.symbol
      const instrument = this.instruments.resolve(asset, undefined, held)
      if (instrument === undefined) this.#missing.add(asset)
      else kept.add(this.addListing(asset, instrument.symbol, instrument.quote, { onDemand: false }).symbol)
    }
    for (const listing of this.#listings()) {
      const status = this.instruments.status(listing.symbol)
      const isGone = listing.onDemand ? status === 'closed' || status === 'absent' : !kept.has(listing.symbol)
      if (isGone) directory.remove(listing)
      else if (status !== 'unknown') directory.update(listing, { halted: status === 'halted' })
    }
    if (this.#started) this.#setSymbols()
    const missing = [...this.#missing].join()
    if (missing !== missingBefore && missing !== '') this.warn('missing', { missing }, 'assets are not listed at the venue')
    this.#logHalts()
  }

  #logHalts(): void {
    const halted = this.#listings()
      .flatMap((listing) => (listing.halted ? [listing.symbol] : []))
      .join()
    if (halted === this.#halted) return
    this.#halted = halted
    if (halted === '') this.settle('halted', 'no market is halted any more')
    else this.warn('halted', { halted }, 'markets are halted')
  }

  #setSymbols(): void {
    this.#started = true
    this.feed.setSymbols(
      this.#listings()
        .filter((listing) => !listing.onDemand)
        .map((listing) => listing.symbol),
    )
  }
}
