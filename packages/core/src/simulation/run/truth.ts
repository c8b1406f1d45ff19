import { isPriceText } from '../../decimal.ts'
import type { SimulatedTrade } from '../dialect.ts'
import type { SimulatedVenue } from '../venue.ts'

interface SymbolTruth {
  present: string
  /** Of the newest trade. */
  id: number
  at: number
  /** Until when each earlier price was the last one, epoch milliseconds. */
  readonly leftAt: Map<string, number>
}

/** Which price each symbol really had at which time, kept apart from everything that the engine knows. */
export class Truth {
  readonly #symbols = new Map<string, SymbolTruth>()

  constructor(venue: SimulatedVenue) {
    for (const symbol of venue.market.listed.keys()) {
      for (const trade of venue.market.recentTrades(symbol)) this.#follow(trade, trade.at)
    }
    venue.market.onTrade((trade) => this.#follow(trade, venue.clock.now()))
    // With one source only, a false price that could be a true one has to be believed for as long as it is told.
    venue.onTold(({ symbol, price }) => {
      if (venue.fault?.lies === true && isPriceText(price)) this.#symbols.get(symbol)?.leftAt.set(withoutZeros(price), venue.clock.now())
    })
  }

  /** How long ago a symbol last had a price, milliseconds; Infinity when it never had. */
  ageMs(symbol: string, price: string, now: number): number {
    const truth = this.#symbols.get(symbol)
    const key = withoutZeros(price)
    return truth?.present === key ? 0 : now - (truth?.leftAt.get(key) ?? -Infinity)
  }

  /** When a symbol traded last, epoch milliseconds. */
  lastTradeAt(symbol: string): number {
    return this.#symbols.get(symbol)?.at ?? -Infinity
  }

  #follow({ symbol, price, id, at }: SimulatedTrade, now: number): void {
    const key = withoutZeros(price)
    const truth = this.#symbols.get(symbol)
    if (truth === undefined) {
      this.#symbols.set(symbol, { present: key, id, at, leftAt: new Map() })
      return
    }
    // Of many trades at once the first may be heard of last.
    const isNewest = id > truth.id
    if (truth.present !== key) truth.leftAt.set(isNewest ? truth.present : key, now)
    if (isNewest) Object.assign(truth, { present: key, id, at })
  }
}

/** One text for all that mean the same plain decimal. */
function withoutZeros(price: string): string {
  return price.includes('.') ? price.replace(/\.?0+$/, '') : price
}
