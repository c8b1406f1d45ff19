import type { MarketState } from '../connector.ts'
import type { SimulatedMarket, SimulatedTrade } from './dialect.ts'
import type { RandomMarket } from './market.ts'

/** A market as its venue shows it. */
export interface ShownMarket extends SimulatedMarket {
  /** The newest trades of a symbol, oldest first. */
  recentTrades(symbol: string): readonly SimulatedTrade[]
}

/**
 * Shows a market under the venue's present names, as it was some time ago.
 * @param names what the venue calls a symbol now, by the symbol that it started with; others keep theirs
 */
export function showMarket(market: RandomMarket, names: ReadonlyMap<string, string>, agoMs = 0): ShownMarket {
  const now = market.now - agoMs
  const listed = new Map<string, MarketState>()
  const symbols = new Map<string, string>()
  for (const [symbol, state] of market.listed) {
    const name = names.get(symbol) ?? symbol
    listed.set(name, state)
    symbols.set(name, symbol)
  }
  const tradesThen = (name: string): readonly SimulatedTrade[] => {
    const trades = market.recentTrades(symbols.get(name) ?? '')
    const then = trades.filter(({ at }) => at <= now)
    // The oldest that the market remembers is the nearest to what was before.
    return (then.length > 0 ? then : trades.slice(0, 1)).map((trade) => ({ ...trade, symbol: name }))
  }
  return { listed, now, recentTrades: tradesThen, lastTrade: (name) => tradesThen(name).at(-1) }
}
