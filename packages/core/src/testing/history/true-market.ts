import type { Chance } from './chance.ts'

/** A trade as it happened. */
export interface TrueTrade {
  /** Place in the venue's order of the symbol's trades. */
  readonly index: number
  readonly symbol: string
  readonly price: string
  /** When it happened, in true UTC. */
  readonly happenedAt: number
  /** The same moment by the venue's own clock. */
  readonly at: number
  readonly id: string
}

/** How a symbol trades. */
export interface TrueMarketOptions {
  readonly symbol: string
  /** Mean pause between two trades, milliseconds. */
  readonly tradeEveryMs: number
  /** With few levels prices come back; 0 = each price comes once. */
  readonly priceLevels: number
  /** The venue's clock minus true UTC, milliseconds. */
  readonly venueClockErrorMs: number
}

/** Every trade of a symbol in the venue's order. */
export class TrueMarket {
  readonly options: TrueMarketOptions
  readonly trades: TrueTrade[] = []
  isHalted = false
  readonly #chance: Chance

  constructor(options: TrueMarketOptions, chance: Chance) {
    this.options = options
    this.#chance = chance
  }

  /** A trade happens now; two of one millisecond are told apart by their ids. */
  trade(now: number): TrueTrade {
    const { symbol, priceLevels, venueClockErrorMs } = this.options
    const index = this.trades.length
    const happenedAt = Math.max(now, this.trades.at(-1)?.happenedAt ?? 0)
    const level = priceLevels === 0 ? index : this.#chance.between(1, priceLevels)
    const trade = { index, symbol, price: `${100 + level}.50`, happenedAt, at: happenedAt + venueClockErrorMs, id: String(95 + index) }
    this.trades.push(trade)
    return trade
  }

  /** The venue's last trade as of a moment. */
  lastAsOf(moment: number): TrueTrade | undefined {
    return this.trades.findLast(({ happenedAt }) => happenedAt <= moment)
  }
}
