import type { Connector, Pair } from '../../connector.ts'
import { type ConnectorFixtures, incomingFrames } from '../fixtures.ts'

const bases = ['BTC', 'ETH', 'DOGE', 'SOL', 'XRP', 'ADA', 'UNI', '1INCH', 'USDC', 'S', 'STETH', 'BT', 'BTCB']

/** Pairs that any venue has to tell apart, in its own quotes, and those of the fixtures. */
export function knownPairs(connector: Connector, { pairs = [] }: ConnectorFixtures): readonly Pair[] {
  const all = [...bases.flatMap((base) => connector.quotes.map((quote) => ({ base, quote }))), ...pairs]
  return [...new Map(all.map((pair) => [`${pair.base} ${pair.quote}`, pair])).values()]
}

/** Symbols for a session: those that the fixtures tell of first. */
export function sessionSymbols(connector: Connector, fixtures: ConnectorFixtures, count: number): readonly string[] {
  const told = incomingFrames(fixtures).flatMap(({ events }) =>
    events.flatMap((event) => ('symbol' in event && event.symbol !== undefined ? [event.symbol] : [])),
  )
  const known = knownPairs(connector, fixtures).map((pair) => connector.toSymbol(pair))
  return [...new Set([...told, ...known])].slice(0, Math.min(count, connector.limits.symbolsPerConnection))
}

/** As many made-up symbols as asked for, all different. */
export function madeUpSymbols(connector: Connector, count: number): readonly string[] {
  const quote = connector.quotes[0] ?? 'USD'
  const symbols: string[] = []
  for (let i = 0; symbols.length < count; i++) symbols.push(connector.toSymbol({ base: `Q${i.toString(36).toUpperCase().padStart(4, '0')}Q`, quote }))
  return symbols
}
