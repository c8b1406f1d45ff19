import { createBoard } from '../../board/board.ts'
import { Directory } from '../../board/directory.ts'
import { type FoundPrice, PriceFinder, type PriceMiss } from '../../board/price-finder.ts'
import { BoardWriter } from '../../board/writer.ts'
import type { Clock, Random } from '../../clock.ts'
import type { Connector } from '../../connector.ts'
import { Refresher } from '../../feed/refresher.ts'
import type { FeedSupervisor } from '../../feed/supervisor.ts'
import type { Transport } from '../../transport.ts'
import type { AssetNames } from '../../venue/asset-names.ts'
import { VenueTime } from '../../venue/venue-time.ts'
import { Venue } from '../../venue/venue.ts'
import { wireVenues } from '../../venue/wire-venue.ts'

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
  /** Upper-case tickers. */
  readonly assets: readonly string[]
  readonly names: AssetNames
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly ages: AgeLimits
}

/** One venue in the real engine, wired as the price service wires it, and what a caller would be answered. */
export class FaultRig {
  readonly connector: Connector
  readonly assets: readonly string[]
  readonly ages: AgeLimits
  readonly venue: Venue
  readonly #clock: Clock
  readonly #time: VenueTime
  readonly #writer: BoardWriter
  readonly #directory: Directory
  readonly #finder: PriceFinder
  readonly #refresher: Refresher

  constructor({ connector, assets, names, transport, clock, random, ages }: FaultRigParts) {
    this.connector = connector
    this.assets = assets
    this.ages = ages
    this.#clock = clock
    // A renamed asset has a slot under either name for a moment.
    const slotCount = 2 * assets.length
    const board = createBoard(slotCount)
    const time = new VenueTime(clock)
    const writer = new BoardWriter(board, ages.unconfirmedMs, time)
    const directory = new Directory(writer, slotCount, () => 0)
    this.venue = new Venue(
      connector,
      { prewarmed: assets },
      {
        transport,
        clock,
        random,
        time,
        names,
        directory,
        writer,
        log: { warn: () => undefined, settle: () => undefined },
        rest: true,
        freshnessLimitMs: () => ages.freshnessLimitMs,
        onListing: () => undefined,
      },
    )
    const venues = [this.venue]
    this.#refresher = new Refresher({ venues, directory, writer, clock, time, tiers: [], unconfirmedMs: ages.unconfirmedMs })
    wireVenues({ venues, directory, writer, refresher: this.#refresher, time, clock })
    this.#time = time
    this.#writer = writer
    this.#directory = directory
    this.#finder = new PriceFinder(board, directory, clock)
  }

  get feed(): FeedSupervisor {
    return this.venue.feed
  }

  /** What a caller who asks for an asset is answered now; valid until the next call. */
  find(asset: string): FoundPrice | PriceMiss {
    return this.#finder.find({ asset }, this.#clock.now())
  }

  /** Whether the engine takes the market of an asset for halted. */
  isHalted(asset: string): boolean {
    return this.#directory.ofAsset(asset)[0]?.halted === true
  }

  /** Hears of each change of a price that is shown, with the asset. */
  onPrice(listener: (asset: string) => void): void {
    this.#writer.on('price', (slot) => {
      const asset = this.#directory.ofSlot(slot)?.asset
      if (asset !== undefined) listener(asset)
    })
  }

  start(): void {
    this.venue.open()
    this.#time.start()
    this.venue.start()
    this.#refresher.start()
  }

  stop(): void {
    this.#refresher.stop()
    this.#time.stop()
    this.venue.stop()
  }
}
