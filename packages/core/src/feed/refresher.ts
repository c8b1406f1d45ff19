import { EventEmitter } from 'eventemitter3'
import type { Directory, Listing } from '../board/directory.ts'
import type { Evidence, Verdict } from '../board/evidence.ts'
import type { BoardWriter } from '../board/writer.ts'
import type { CacheTier } from '../cache/tier.ts'
import { type Clock, every } from '../clock.ts'
import type { Connector, ConnectorRest } from '../connector.ts'
import { TrinityError } from '../errors.ts'
import type { EvidenceTier, Quote } from '../price.ts'
import type { RestReader } from './rest-reader.ts'

/** What the refresher knows of a venue. */
export interface RefreshedVenue {
  readonly connector: Connector
  /** Absent where REST is off. */
  readonly reader?: RestReader | undefined
}

/** What the refresher works with. */
export interface RefresherParts {
  readonly venues: readonly RefreshedVenue[]
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly clock: Clock
  /** Asked in order before REST. */
  readonly tiers: readonly { readonly tier: CacheTier; readonly evidence: EvidenceTier }[]
  /** Age of a confirmation at which another proof is looked for, milliseconds. */
  readonly unconfirmedMs: number
}

/** `corrected`: a reading showed a trade that the feed had not. `trouble`: a tier or a venue did not answer. */
export interface RefresherEvents {
  corrected: (listing: Listing) => void
  trouble: (source: string, error: unknown) => void
}

/** Longest wait for a cache tier; the venue is asked in its place. */
const tierWaitMs = 500

/** How often unconfirmed listings are looked for. */
const lookMs = 1000

/**
 * Keeps every listing confirmed without any request asking for it: what no feed has proved for a while is looked up in
 * the cache tiers, then read from its venue by REST, at the venue's pace.
 */
export class Refresher extends EventEmitter<RefresherEvents> {
  readonly #parts: RefresherParts
  readonly #lastReadingAt = new Map<string, number>()
  #stopLook: (() => void) | undefined
  #looking = false

  constructor(parts: RefresherParts) {
    super()
    this.#parts = parts
  }

  start(): void {
    this.#stopLook ??= every(this.#parts.clock, lookMs, () => void this.#look())
  }

  stop(): void {
    this.#stopLook?.()
    this.#stopLook = undefined
    for (const { reader } of this.#parts.venues) reader?.stop()
  }

  /** Reads these listings of a venue at once, within its limits; resolves when the board shows the result. */
  async readNow(venueName: string, symbols: readonly string[]): Promise<void> {
    const reader = this.#parts.venues.find(({ connector }) => connector.name === venueName)?.reader
    if (reader === undefined || symbols.length === 0) return
    try {
      const { ticks, failures, askedAt } = await reader.read(symbols)
      for (const failure of failures) this.emit('trouble', venueName, failure)
      for (const { symbol, price, at, id } of ticks) {
        this.#apply(this.#parts.directory.ofSymbol(venueName, symbol), { price, at: at ?? null, id: id ?? null, tier: 'L3_REST', askedAt })
      }
    } catch (error) {
      this.emit('trouble', venueName, error)
    }
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      for (const { tier, evidence } of this.#parts.tiers) await this.#readTier(tier, evidence)
      for (const { connector, reader } of this.#parts.venues) {
        const { rest } = connector
        if (rest === undefined || reader === undefined) continue
        const now = this.#parts.clock.now()
        if (now - (this.#lastReadingAt.get(connector.name) ?? -Infinity) < rest.everyMs) continue
        const due = this.#unconfirmed(connector.name)
        if (due.length === 0) continue
        this.#lastReadingAt.set(connector.name, now)
        void this.readNow(connector.name, this.#symbolsToRead(connector.name, rest, due))
      }
    } finally {
      this.#looking = false
    }
  }

  /** Where one request brings everything, all listings are read along: some would be due before the next reading. */
  #symbolsToRead(venue: string, rest: ConnectorRest, due: readonly Listing[]): readonly string[] {
    const all = this.#parts.directory.list(venue).map(({ symbol }) => symbol)
    return rest.request(all).length === 1 ? all : due.map(({ symbol }) => symbol)
  }

  async #readTier(tier: CacheTier, evidence: EvidenceTier): Promise<void> {
    const listings = this.#unconfirmed()
    if (listings.length === 0) return
    try {
      const quotes = await this.#withinMs(tierWaitMs, tier.read(listings.map(quoteKey)))
      for (const listing of listings) {
        const quote = quotes.get(quoteKey(listing))
        if (quote !== undefined) this.#apply(listing, quoteEvidence(quote, evidence))
      }
    } catch (error) {
      this.emit('trouble', tier.name, error)
    }
  }

  async #withinMs<T>(waitMs: number, answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(waitMs, () => reject(new TrinityError('TRN_VENUE_UNAVAILABLE', `no answer in ${waitMs} ms`)))
      answer.then(resolve, reject).finally(cancel)
    })
  }

  #unconfirmed(venue?: string): readonly Listing[] {
    const { directory, writer, clock, unconfirmedMs } = this.#parts
    const before = clock.now() - unconfirmedMs
    return directory.list(venue).filter((listing) => writer.confirmedAt(listing.slot) <= before)
  }

  #apply(listing: Listing | undefined, evidence: Evidence): Verdict | undefined {
    if (listing === undefined) return undefined
    const known = this.#parts.writer.confirmedAt(listing.slot) > 0
    const verdict = this.#parts.writer.apply(listing.slot, evidence, this.#parts.clock.now())
    if (verdict === 'replaces' && known) this.emit('corrected', listing)
    return verdict
  }
}

/** The key of a listing in cache tiers. */
export function quoteKey(listing: Pick<Listing, 'venue' | 'symbol'>): string {
  return `${listing.venue} ${listing.symbol}`
}

function quoteEvidence(quote: Quote, tier: EvidenceTier): Evidence {
  return { price: quote.price, at: quote.at, id: quote.id, tier, askedAt: quote.confirmedAt }
}
