import { createBoard } from '../board/board.ts'
import { Directory, type Listing } from '../board/directory.ts'
import { PriceFinder } from '../board/price-finder.ts'
import { BoardWriter } from '../board/writer.ts'
import type { Connector, FeedEvent, ListedSymbol, MarketState, Tick } from '../connector.ts'
import { Refresher } from '../feed/refresher.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { type FakeSocket, FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { AssetNames } from './asset-names.ts'
import { VenueTime } from './venue-time.ts'
import { type FixedListing, Venue } from './venue.ts'
import { wireVenues } from './wire-venue.ts'

/** What a venue of the rig is like. */
export interface RigVenue {
  readonly name: string
  readonly prewarmed?: readonly string[]
  readonly fixed?: readonly FixedListing[]
  readonly quotes?: readonly string[]
}

/** Age at which a price is stale, milliseconds. */
export const limitMs = 30_000

/** Venues in the real engine, wired as the price service wires them, with a transport that does what a test tells it to. */
export class VenueRig {
  readonly clock = new FakeClock()
  readonly start = this.clock.now()
  readonly transport = new FakeTransport(this.clock)
  readonly board = createBoard(16)
  readonly time = new VenueTime(this.clock)
  readonly log: string[] = []
  /** By venue: its listing, by symbol; absent = it can't be read. */
  readonly listed = new Map<string, Readonly<Record<string, MarketState>>>()
  /** By venue: what its REST body shows. */
  readonly shown = new Map<string, readonly Tick[]>()
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly refresher: Refresher
  readonly venues: readonly Venue[]
  readonly finder: PriceFinder
  listingsRead = 0

  constructor(venues: readonly RigVenue[], { rest = true, names = new AssetNames([]) } = {}) {
    const { board, clock, transport, time } = this
    const ranks = venues.map(({ name }) => name)
    this.writer = new BoardWriter(board, 9000, time)
    this.directory = new Directory(this.writer, 16, ({ venue }) => ranks.indexOf(venue))
    transport.answer = ({ url }) => this.#respond(new URL(url))
    const warned = new Set<string>()
    const log = {
      warn: (key: string, fields: object, message: string) => {
        warned.add(key)
        this.log.push(`${key}: ${message} ${JSON.stringify(fields)}`)
      },
      settle: (key: string, _: object, message: string) => {
        if (warned.delete(key)) this.log.push(`${key}: ${message}`)
      },
    }
    const { directory, writer } = this
    const freshnessLimitMs = (): number => limitMs
    const onListing = (): void => void this.listingsRead++
    const deps = { transport, clock, random: () => 0.5, time, names, directory, writer, log, rest, freshnessLimitMs, onListing }
    this.venues = venues.map(({ prewarmed = [], fixed = [], ...venue }) => new Venue(rigConnector(venue), { prewarmed, fixed }, deps))
    this.refresher = new Refresher({ venues: this.venues, directory, writer, clock, time, tiers: [], unconfirmedMs: 9000 })
    this.refresher.on('trouble', (source, error) => this.log.push(`no reading of ${source}: ${String(error)}`))
    wireVenues({ venues: this.venues, directory, writer, refresher: this.refresher, time, clock })
    this.finder = new PriceFinder(board, directory, this.clock)
  }

  get venue(): Venue {
    return this.venues[0] as Venue
  }

  /** Starts everything; sockets open, and what is listed is read. */
  async run(): Promise<this> {
    for (const venue of this.venues) venue.open()
    this.time.start()
    for (const venue of this.venues) venue.start()
    this.refresher.start()
    return this.open()
  }

  /** Connections open, and what is asked for there is acknowledged. */
  async open(): Promise<this> {
    const opening = this.transport.sockets.filter(({ state }) => state === 'connecting')
    for (const socket of opening) socket.open()
    await this.clock.advanceAsync(0)
    for (const socket of opening) socket.deliver(plainFrame(...subscribedOn(socket).map((symbol) => ({ kind: 'ack', symbol }) as const)))
    return this
  }

  /** Lets time pass with a sign of life each second on every connection. */
  async pass(ms: number): Promise<void> {
    for (const end = this.clock.now() + ms; this.clock.now() < end;) {
      await this.clock.advanceAsync(Math.min(1000, end - this.clock.now()))
      for (const socket of this.transport.sockets) if (socket.state === 'open') socket.deliver(plainFrame({ kind: 'alive' }))
    }
  }

  /** The newest connection of a venue. */
  socket(venue: string): FakeSocket {
    return this.transport.sockets.findLast(({ url }) => url.includes(venue)) as FakeSocket
  }

  send(venue: string, ...events: readonly FeedEvent[]): void {
    this.socket(venue).deliver(plainFrame(...events))
  }

  /** A live trade of now; its id is its time. */
  trade(venue: string, symbol: string, price: string, more: Partial<Omit<Tick, 'kind'>> = {}): void {
    const at = this.clock.now() + this.time.offsetMs
    this.send(venue, plainTick(symbol, price, { at, id: String(at), ...more }))
  }

  /** What is subscribed on the newest connection of a venue. */
  subscribed(venue: string): readonly string[] {
    return subscribedOn(this.socket(venue))
  }

  /** Moments at which a venue's prices were asked for, milliseconds since the start. */
  readings(venue: string): readonly number[] {
    return this.transport.requests.filter(({ what }) => what.url === `https://${venue}.test/last`).map(({ at }) => at - this.start)
  }

  /** How often a venue's own listing was asked for. */
  listingRequests(venue: string): number {
    return this.transport.requests.filter(({ what }) => what.url === `https://${venue}.test/list`).length
  }

  listing(venue: string, symbol: string): Listing {
    return this.directory.ofSymbol(venue, symbol) as Listing
  }

  /** Price and age in seconds of a listing, `!` for a halted one; or why there is none. */
  served(asset: string, venue?: string): string {
    const found = this.finder.find({ asset, venue }, this.clock.now())
    if (typeof found === 'string') return found
    const ageSeconds = (this.clock.now() - found.reading.confirmedAt) / 1000
    return `${found.reading.price} ${ageSeconds} s${found.listing.halted ? ' !' : ''}`
  }

  #respond(url: URL): { status: number; body: string } {
    const venue = url.host.replace('.test', '')
    if (url.pathname === '/last') return { status: 200, body: JSON.stringify({ ticks: this.shown.get(venue) ?? [] }) }
    const listed = this.listed.get(venue)
    if (listed === undefined) return { status: 503, body: 'maintenance' }
    return { status: 200, body: JSON.stringify(Object.entries(listed).map(([symbol, state]) => ({ symbol, state }))) }
  }
}

function subscribedOn(socket: FakeSocket): readonly string[] {
  const symbols = new Set<string>()
  for (const { what } of socket.sent) {
    const { subscribe = [], unsubscribe = [] } = readPlainRequest(what)
    for (const symbol of unsubscribe) symbols.delete(symbol)
    for (const symbol of subscribe) symbols.add(symbol)
  }
  return [...symbols]
}

function rigConnector({ name, quotes = ['USD', 'EUR'] }: Pick<RigVenue, 'name' | 'quotes'>): Connector {
  return plainVenue({
    name,
    quotes,
    urls: [`wss://${name}.test`],
    rest: {
      everyMs: 20_000,
      limit: { count: 100, perMs: 1000 },
      request: () => [{ url: `https://${name}.test/last` }],
      decode: (body) => JSON.parse(body) as { ticks: Tick[] },
      list: { request: () => ({ url: `https://${name}.test/list` }), decode: (body) => JSON.parse(body) as ListedSymbol[] },
    },
  })
}
