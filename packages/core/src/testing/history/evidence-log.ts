import { ListingOracle, type Reading, type Snapshot } from './listing-oracle.ts'
import { NodeTimeOracle } from './node-time-oracle.ts'
import type { TrueTrade } from './true-market.ts'

/** Hears of all evidence at the moment when the node gets it, with the truth about it. */
export class EvidenceLog {
  readonly time: NodeTimeOracle
  readonly #trueUtc: () => number
  readonly #listings = new Map<string, ListingOracle>()

  constructor(trueUtc: () => number, startErrorMs: number) {
    this.#trueUtc = trueUtc
    this.time = new NodeTimeOracle(startErrorMs)
  }

  listing(venue: string, symbol: string): ListingOracle {
    const key = `${venue} ${symbol}`
    let oracle = this.#listings.get(key)
    if (oracle === undefined) this.#listings.set(key, (oracle = new ListingOracle(this.time, venue)))
    return oracle
  }

  /** The wall clock jumped: it was set, or the node slept for `sleptMs`. */
  jumped(jumpMs: number, sleptMs: number): void {
    this.time.jumped(jumpMs, this.#trueUtc(), this.#trueUtc() - sleptMs)
    for (const oracle of this.#listings.values()) oracle.jumped(jumpMs, sleptMs)
  }

  cut(venue: string): void {
    for (const [key, oracle] of this.#listings) if (key.startsWith(`${venue} `)) oracle.cut()
  }

  sawLive(venue: string, trade: TrueTrade): void {
    const now = this.#trueUtc()
    this.listing(venue, trade.symbol).sawLive(trade, now, this.time.knowsDelayOf(venue))
    this.time.sawLive(venue, trade, now)
  }

  sawSnapshot(venue: string, trade: TrueTrade, snapshot: Snapshot): void {
    this.listing(venue, trade.symbol).sawSnapshot(trade, snapshot, this.#trueUtc())
  }

  sawReading(venue: string, trade: TrueTrade, reading: Reading): void {
    this.listing(venue, trade.symbol).sawReading(trade, reading, this.#trueUtc(), this.time.knowsDelayOf(venue))
  }

  sawListing(venue: string, symbol: string, isHalted: boolean, askedAt: number): void {
    this.listing(venue, symbol).sawListing(isHalted, askedAt)
  }
}
