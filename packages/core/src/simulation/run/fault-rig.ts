import { type Board, createBoard } from '../../board/board.ts'
import { Directory, type Listing } from '../../board/directory.ts'
import { PriceFinder } from '../../board/price-finder.ts'
import { BoardWriter } from '../../board/writer.ts'
import type { Clock, Random } from '../../clock.ts'
import type { Connector, Tick } from '../../connector.ts'
import { Refresher } from '../../feed/refresher.ts'
import { RestReader } from '../../feed/rest-reader.ts'
import { FeedSupervisor } from '../../feed/supervisor.ts'
import type { Transport } from '../../transport.ts'

/** Ages that matter, milliseconds. */
export interface AgeLimits {
  /** Age of a confirmation at which another proof is looked for. */
  readonly unconfirmedMs: number
  /** Age past which a price is marked stale. */
  readonly freshnessLimitMs: number
  /** Age past which a price is not served at all. */
  readonly maxStaleMs: number
}

/** What the price service has in force. */
export const usualAges: AgeLimits = { unconfirmedMs: 9000, freshnessLimitMs: 30_000, maxStaleMs: 300_000 }

/** What a rig is made of. */
export interface FaultRigParts {
  readonly connector: Connector
  readonly symbols: readonly string[]
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly ages?: AgeLimits
}

/** One venue in the real engine: live feed, REST readings, board and price finder, put together as a price service does it. */
export class FaultRig {
  readonly connector: Connector
  readonly ages: AgeLimits
  readonly feed: FeedSupervisor
  readonly finder: PriceFinder
  readonly listings: readonly Listing[]
  readonly troubles: string[] = []
  readonly #board: Board
  readonly #writer: BoardWriter
  readonly #directory: Directory
  readonly #refresher: Refresher

  constructor(parts: FaultRigParts) {
    const { connector, symbols, transport, clock, random, ages = usualAges } = parts
    this.connector = connector
    this.ages = ages
    this.#board = createBoard(symbols.length)
    this.#writer = new BoardWriter(this.#board, ages.unconfirmedMs)
    this.#directory = new Directory(this.#writer, symbols.length, () => 0)
    const currency = connector.quotes[0] ?? ''
    this.listings = symbols.map((symbol) =>
      this.#directory.add({ venue: connector.name, asset: symbol, symbol, currency, onDemand: false, freshnessLimitMs: ages.freshnessLimitMs }),
    )
    this.finder = new PriceFinder(this.#board, this.#directory)
    this.feed = new FeedSupervisor(connector, { transport, clock, random })
    const reader = connector.rest === undefined ? undefined : new RestReader(connector.rest, transport, clock)
    this.#refresher = new Refresher({
      venues: [{ connector, reader }],
      directory: this.#directory,
      writer: this.#writer,
      clock,
      tiers: [],
      unconfirmedMs: ages.unconfirmedMs,
    })
    this.feed.on('tick', (tick, receivedAt, askedAt) => this.#onTick(tick, receivedAt, askedAt))
    this.feed.on('open', (opened) => void this.#refresher.readNow(connector.name, opened))
    this.feed.on('cut', (cut) => this.#doubt(cut))
    this.feed.on('reject', (symbol) => this.#doubt([symbol]))
    this.feed.on('trouble', (reason) => this.troubles.push(reason))
    this.#refresher.on('corrected', (listing) => this.feed.reportMute(listing.symbol))
    this.#refresher.on('trouble', (source, error) => this.troubles.push(`${source}: ${String(error)}`))
  }

  /** Hears of each change of a price that is shown, with the symbol. */
  onPrice(listener: (symbol: string) => void): void {
    this.#writer.on('price', (slot) => {
      const symbol = this.#directory.ofSlot(slot)?.symbol
      if (symbol !== undefined) listener(symbol)
    })
  }

  start(): void {
    this.feed.setSymbols(this.listings.map(({ symbol }) => symbol))
    this.#refresher.start()
  }

  stop(): void {
    this.feed.stop()
    this.#refresher.stop()
  }

  #onTick(tick: Tick, receivedAt: number, askedAt: number | undefined): void {
    const listing = this.#directory.ofSymbol(this.connector.name, tick.symbol)
    if (listing === undefined) return
    const evidence = { price: tick.price, at: tick.at ?? null, id: tick.id ?? null, orderAt: tick.orderAt, tier: 'L1_MEMORY' as const, askedAt }
    this.#writer.apply(listing.slot, evidence, receivedAt, tick.at !== undefined)
  }

  #doubt(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const listing = this.#directory.ofSymbol(this.connector.name, symbol)
      if (listing !== undefined) this.#writer.doubtFeed(listing.slot)
    }
  }
}
