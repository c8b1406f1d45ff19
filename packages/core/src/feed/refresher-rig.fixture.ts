import { createBoard } from '../board/board.ts'
import { Directory, type Listing } from '../board/directory.ts'
import { BoardReading, readSlot } from '../board/reader.ts'
import { BoardWriter } from '../board/writer.ts'
import type { CacheTier } from '../cache/tier.ts'
import type { Connector, ConnectorRest, RestPrices, Tick } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainTick, plainVenue } from '../testing/fake/plain-venue.ts'
import { VenueTime } from '../venue/venue-time.ts'
import { Refresher } from './refresher.ts'
import { RestReader } from './rest-reader.ts'

const unconfirmedMs = 9000

export const rest: ConnectorRest = {
  everyMs: 20_000,
  limit: { count: 10, perMs: 1000 },
  request: (symbols) => [{ url: `https://plain.test/?${symbols.join('+')}` }],
  decode: (body) => JSON.parse(body) as RestPrices,
}

/** Two listings of a venue, its REST responses as text, and a tier before them. */
export class RefresherRig {
  readonly clock = new FakeClock()
  readonly start = this.clock.now()
  readonly transport = new FakeTransport(this.clock, () => ({ status: 200, body: JSON.stringify({ ticks: this.answer, madeAt: this.madeAt }) }))
  readonly time = new VenueTime(this.clock)
  readonly #board = createBoard(4)
  readonly writer = new BoardWriter(this.#board, unconfirmedMs, this.time)
  readonly directory = new Directory(this.writer, 4, () => 0)
  readonly listings = ['a', 'b'].map((symbol) =>
    this.directory.add({ venue: 'plain', asset: symbol, symbol, currency: 'USD', onDemand: false, freshnessLimitMs: 30_000 }),
  )
  readonly refresher: Refresher
  readonly log: string[] = []
  answer: Tick[] = []
  /** When the venue says that it made its bodies. */
  madeAt: number | undefined

  constructor(tiers: readonly CacheTier[] = [], more: Partial<Connector> = {}) {
    const connector = plainVenue({ rest, ...more })
    const reader = connector.rest === undefined ? undefined : new RestReader(connector.rest, this.transport, this.clock)
    this.refresher = new Refresher({
      venues: [{ connector, reader }],
      directory: this.directory,
      writer: this.writer,
      clock: this.clock,
      time: this.time,
      tiers: tiers.map((tier) => ({ tier, evidence: 'L2_VALKEY' as const })),
      unconfirmedMs,
    })
    this.refresher.on('corrected', ({ symbol }, since) => this.log.push(`corrected ${symbol} since ${since - this.start}`))
    this.refresher.on('trouble', (source, error) => this.log.push(`trouble ${source}: ${String(error)}`))
    this.refresher.start()
  }

  get a(): Listing {
    return this.listings[0] as Listing
  }

  read(listing: Listing = this.a): BoardReading | undefined {
    const reading = new BoardReading()
    return readSlot(this.#board, listing.slot, listing.generation, reading) ? reading : undefined
  }

  trade(listing: Listing, price: string): void {
    const now = this.clock.now()
    this.writer.apply(listing.slot, { price, at: now, id: String(now), tier: 'L1_MEMORY' }, now, true)
  }

  get requestTimes(): number[] {
    return this.transport.requests.map(({ at }) => at - this.start)
  }
}

/** A price without a trade time. */
export const untimed = (symbol: string, price: string): Tick => plainTick(symbol, price, { at: undefined })
