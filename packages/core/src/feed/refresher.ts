import { EventEmitter } from 'eventemitter3'
import type { Directory, Listing } from '../board/directory.ts'
import type { Evidence } from '../board/evidence.ts'
import type { BoardWriter } from '../board/writer.ts'
import type { CacheTier } from '../cache/tier.ts'
import { type Clock, every } from '../clock.ts'
import type { Connector } from '../connector.ts'
import { equalDecimals } from '../decimal.ts'
import { TrinityError } from '../errors.ts'
import type { EvidenceTier, Quote } from '../price.ts'
import { futureToleranceMs, leadMs } from '../venue/time-base.ts'
import type { VenueTime } from '../venue/venue-time.ts'
import type { RestBody, RestReader } from './rest-reader.ts'
import { ticksNewestFirst } from './newest-first.ts'
import { isMoment } from './sound-moments.ts'

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
  readonly time: VenueTime
  /** Asked in order before REST. */
  readonly tiers: readonly { readonly tier: CacheTier; readonly evidence: EvidenceTier }[]
  /** Age of a confirmation at which another proof is looked for, milliseconds. */
  readonly unconfirmedMs: number
}

/** `corrected`: a reading showed a trade that the feed had not, made after `since`. `trouble`: a tier or a venue did not answer. */
export interface RefresherEvents {
  corrected: (listing: Listing, since: number) => void
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
  /** Tiers whose quotes have had times that are none. */
  readonly #warnedOfTimes = new Set<CacheTier>()
  readonly #lastReadingAt = new Map<string, number>()
  /** By slot: when its listing was last asked for. */
  readonly #asked: { readonly generation: number; readonly at: number }[] = []
  #stopLook: (() => void) | undefined
  #looking = false
  #stopped = false

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
    this.#stopped = true
    for (const { reader } of this.#parts.venues) reader?.stop()
  }

  /** When a listing was last part of a reading, on `Clock.now`; -Infinity before the first. */
  askedAt({ slot, generation }: Listing): number {
    const asked = this.#asked[slot]
    return asked?.generation === generation ? asked.at : -Infinity
  }

  /** Reads these listings of a venue at once, within its limits; resolves when the board shows the result. */
  async readNow(venueName: string, symbols: readonly string[]): Promise<void> {
    const venue = this.#parts.venues.find(({ connector }) => connector.name === venueName)
    if (venue?.reader === undefined || symbols.length === 0) return
    const at = this.#parts.clock.now()
    for (const symbol of symbols) {
      const listing = this.#parts.directory.ofSymbol(venueName, symbol)
      if (listing !== undefined) this.#asked[listing.slot] = { generation: listing.generation, at }
    }
    try {
      const { bodies, failures } = await venue.reader.read(symbols)
      for (const failure of failures) this.#report(venueName, failure)
      for (const body of bodies) this.#applyBody(venue.connector, body)
    } catch (error) {
      this.#report(venueName, error)
    }
  }

  /** Reads every listing of every venue at once, within their limits; halted ones are left out. */
  readAllNow(): void {
    const now = this.#parts.clock.now()
    for (const { connector } of this.#parts.venues) {
      this.#lastReadingAt.set(connector.name, now)
      void this.readNow(
        connector.name,
        this.#parts.directory.list(connector.name).flatMap(({ symbol, halted }) => (halted ? [] : [symbol])),
      )
    }
  }

  /** Reads what is unconfirmed at once, also where the venue was read a moment ago. */
  readDueNow(): void {
    for (const venue of this.#parts.venues) this.#readDue(venue, this.#unconfirmed(venue.connector.name), true)
  }

  #applyBody(connector: Connector, body: RestBody): void {
    const { directory, time, clock } = this.#parts
    const { name } = connector
    time.compareClocks(clock.now())
    if (body.madeAt !== undefined) time.observeBody(name, body.madeAt, body.askedAt, body.receivedAt)
    for (const { at } of body.ticks) if (at !== undefined) time.observeAnyTime(name, at, body.receivedAt)
    const delayMs = time.delayMs(name)
    const moments = this.#momentsOf(body, connector.rest?.bodyAgeMs ?? 0, delayMs ?? 0)
    for (const { symbol, price, at, id, rowAt } of ticksNewestFirst(body.ticks)) {
      this.#apply(directory.ofSymbol(name, symbol), { price, at: at ?? null, id: id ?? null, tier: 'L3_REST', ...moments, rowAt, delayMs })
    }
  }

  /**
   * A body proves its prices as of when its venue made it; one that does not say, as of when it can have been made at the earliest. One from the
   * future says nothing: it may be as old as its venue's clock is wrong.
   */
  #momentsOf({ madeAt, askedAt, receivedAt }: RestBody, bodyAgeMs: number, delayMs: number): Pick<Evidence, 'askedAt' | 'asOf' | 'isByVenue'> {
    if (madeAt === undefined) return { askedAt, asOf: askedAt - bodyAgeMs }
    const ageMs = this.#parts.time.ageMs(madeAt, receivedAt)
    if (ageMs < -futureToleranceMs) return {}
    // A venue whose trades come early has a clock that is ahead.
    return { askedAt, asOf: receivedAt - Math.max(0, ageMs + leadMs(delayMs)), isByVenue: true }
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      for (const { tier, evidence } of this.#parts.tiers) await this.#readTier(tier, evidence)
      const now = this.#parts.clock.now()
      for (const venue of this.#parts.venues) {
        const { name, rest } = venue.connector
        const everyMs = rest?.everyMs ?? 0
        const isVenueDue = now - (this.#lastReadingAt.get(name) ?? -Infinity) >= everyMs
        const isDue = (listing: Listing): boolean => {
          const askedAt = this.askedAt(listing)
          // Listings on demand have a pace of their own: the request that took one in has read it at any moment. A new one, as after the
          // venue has renamed a symbol, does not wait for the venue's turn.
          return listing.onDemand ? now - askedAt >= everyMs : isVenueDue || askedAt === -Infinity
        }
        this.#readDue(venue, this.#unconfirmed(name).filter(isDue), isVenueDue)
      }
    } finally {
      this.#looking = false
    }
  }

  /** @param isTurn whether that is the venue's turn: the next one is its interval later */
  #readDue({ connector: { name }, reader }: RefreshedVenue, due: readonly Listing[], isTurn: boolean): void {
    if (reader === undefined || due.length === 0) return
    if (isTurn && due.some(({ onDemand }) => !onDemand)) this.#lastReadingAt.set(name, this.#parts.clock.now())
    void this.readNow(name, this.#symbolsToRead(name, reader, due))
  }

  /** Where one request brings everything, all listings are read along: some would be due before the next reading. */
  #symbolsToRead(venue: string, reader: RestReader, due: readonly Listing[]): readonly string[] {
    const all = this.#parts.directory.list(venue).map(({ symbol }) => symbol)
    return reader.isBulk(all) ? all : due.map(({ symbol }) => symbol)
  }

  async #readTier(tier: CacheTier, evidence: EvidenceTier): Promise<void> {
    const listings = this.#unconfirmed()
    if (listings.length === 0) return
    try {
      const quotes = await this.#withinMs(tierWaitMs, tier.read(listings.map(quoteKey)))
      for (const listing of listings) {
        const quote = quotes.get(quoteKey(listing))
        if (quote === undefined) continue
        if (this.#hasSoundTimes(quote)) this.#apply(listing, this.#quoteEvidence(quote, evidence))
        else this.#warnOfTimes(tier)
      }
    } catch (error) {
      this.#report(tier.name, error)
    }
  }

  /** Such a quote is left out as a whole: without the time of its proof, or taken for untimed, it would be another one. */
  #warnOfTimes(tier: CacheTier): void {
    if (!this.#warnedOfTimes.has(tier)) this.#report(tier.name, 'read gave times that are none, or in the future; such quotes are left out')
    this.#warnedOfTimes.add(tier)
  }

  #hasSoundTimes({ at, confirmedAt }: Quote): boolean {
    if ((at !== null && !isMoment(at)) || !isMoment(confirmedAt)) return false
    return this.#parts.time.ageMs(confirmedAt, this.#parts.clock.now()) >= -futureToleranceMs
  }

  /** What a stop has broken off is no trouble. */
  #report(source: string, error: unknown): void {
    if (!this.#stopped) this.emit('trouble', source, error)
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
    return directory.list(venue).filter((listing) => !listing.halted && writer.confirmedAt(listing.slot) <= before)
  }

  #apply(listing: Listing | undefined, evidence: Evidence): void {
    if (listing === undefined) return
    const { writer, clock } = this.#parts
    const before = writer.price(listing.slot)
    const provedAt = writer.confirmedAt(listing.slot)
    const verdict = writer.apply(listing.slot, evidence, clock.now())
    if (verdict === 'replaces' && before !== '' && !equalDecimals(before, evidence.price)) this.emit('corrected', listing, provedAt)
  }

  #quoteEvidence({ price, at, id, confirmedAt }: Quote, tier: EvidenceTier): Evidence {
    const now = this.#parts.clock.now()
    return { price, at, id, tier, askedAt: now - Math.max(0, this.#parts.time.ageMs(confirmedAt, now)) }
  }
}

/** The key of a listing in cache tiers. */
export function quoteKey(listing: Pick<Listing, 'venue' | 'symbol'>): string {
  return `${listing.venue} ${listing.symbol}`
}
