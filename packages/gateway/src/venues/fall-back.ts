import { type BoardWriter, type Clock, type Directory, type Listing, type Venue, every, settleMs } from '@trinity/core'
import { marketsOf } from './asset-market.ts'
import type { OnDemandRoom } from './on-demand-room.ts'

/** What a fall-back works with. */
export interface FallBackDeps {
  readonly venues: readonly Venue[]
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly clock: Clock
  readonly room: OnDemandRoom
  /** How long a stand-in is kept after the last request for it. */
  readonly idleMs: number
  freshnessLimitMs(asset: string): number
}

interface StandIns {
  readonly asset: string
  readonly currency: string
  /** Symbols by venue that were taken in for this. */
  readonly symbols: Map<string, string>
  usedAt: number
  /** Since when the asset's own listings have been healthy again. */
  healthySince: number | undefined
}

/** How long venues have for their own first prices, after a start and after the clock was set, before others stand in for them. */
const graceMs = 5000

const checkMs = 5000

/** How long the asset's own listing must be healthy before its stand-ins go: it has to be preferred again, and to have stayed so. */
const recoveryMs = settleMs + 30_000

/**
 * Listings of other venues that stand in for an asset's own while that is stale, without a price or halted: always in the same currency,
 * and only while somebody asks.
 */
export class FallBack {
  readonly #deps: FallBackDeps
  readonly #standIns = new Map<string, StandIns>()
  #graceUntil = Infinity
  #stopChecks: (() => void) | undefined

  constructor(deps: FallBackDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#stopChecks = every(this.#deps.clock, checkMs, () => this.#check())
    this.grantGrace()
  }

  stop(): void {
    this.#stopChecks?.()
  }

  /** Nothing is proved any more, or not yet: venues are about to be read, and nobody stands in before they had time for that. */
  grantGrace(): void {
    this.#graceUntil = this.#deps.clock.now() + graceMs
  }

  /** Keeps an asset's stand-ins for another while. */
  touch(asset: string): void {
    for (const standIns of this.#standIns.values()) if (standIns.asset === asset) standIns.usedAt = this.#deps.clock.now()
  }

  /**
   * Takes in all venues that trade the asset in the currency, where its own listings have no good price; empty where they do.
   * @throws TrinityError `TRN_OVERLOADED` when there is no room for them
   */
  takeIn(asset: string, currency: string): readonly Listing[] {
    const { venues, directory, clock, room } = this.#deps
    const own = this.#ownListings(asset, currency)
    if (!this.#isNeeded(own)) return []
    const markets = marketsOf(venues, asset, 'trading', currency).filter(({ venue }) =>
      own.every((listing) => listing.venue !== venue.connector.name),
    )
    if (markets.length === 0) return []
    room.require(markets)
    const key = `${asset} ${currency}`
    const standIns = this.#standIns.get(key) ?? { asset, currency, symbols: new Map<string, string>(), usedAt: 0, healthySince: undefined }
    this.#standIns.set(key, standIns)
    standIns.usedAt = clock.now()
    return markets.map(({ venue, symbol }) => {
      const known = directory.ofSymbol(venue.connector.name, symbol)
      if (known !== undefined) return known
      standIns.symbols.set(venue.connector.name, symbol)
      return venue.addListing(asset, symbol, currency, { onDemand: true, apart: true })
    })
  }

  #ownListings(asset: string, currency: string): readonly Listing[] {
    return this.#deps.directory.ofAsset(asset).filter((listing) => !listing.onDemand && listing.currency === currency)
  }

  #isNeeded(own: readonly Listing[]): boolean {
    if (own.some((listing) => this.#isHealthy(listing))) return false
    return this.#deps.clock.now() >= this.#graceUntil || own.some(({ halted }) => halted)
  }

  #isHealthy(listing: Listing): boolean {
    const { writer, clock, freshnessLimitMs } = this.#deps
    const ageMs = clock.now() - writer.confirmedAt(listing.slot)
    return !listing.halted && !listing.apart && ageMs <= freshnessLimitMs(listing.asset)
  }

  #check(): void {
    const { clock, idleMs } = this.#deps
    const now = clock.now()
    for (const [key, standIns] of this.#standIns) {
      const isHealthy = this.#ownListings(standIns.asset, standIns.currency).some((listing) => this.#isHealthy(listing))
      standIns.healthySince = isHealthy ? (standIns.healthySince ?? now) : undefined
      const isOver = isHealthy && now - (standIns.healthySince ?? now) >= recoveryMs
      if (!isOver && now - standIns.usedAt < idleMs) continue
      this.#standIns.delete(key)
      this.#remove(standIns)
    }
  }

  #remove({ symbols }: StandIns): void {
    for (const [venue, symbol] of symbols) {
      const listing = this.#deps.directory.ofSymbol(venue, symbol)
      if (listing?.onDemand === true) this.#deps.directory.remove(listing)
    }
  }
}
