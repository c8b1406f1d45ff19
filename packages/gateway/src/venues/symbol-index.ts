import { type Connector, symbolCandidates } from '@trinity/core'
import { knownTickers } from '../settings/assets.ts'
import type { FixedListing } from './venue.ts'

/** The listing of each symbol that each of the tickers can have at a venue, in any of the venue's quotes. */
export function indexSymbols(connector: Connector, tickers: readonly string[] = knownTickers): ReadonlyMap<string, FixedListing> {
  const index = new Map<string, FixedListing>()
  for (const asset of tickers) {
    const plain = connector.quotes.map((quote) => ({ symbol: connector.toSymbol({ base: asset, quote }), quote }))
    for (const { symbol, quote } of [...plain, ...symbolCandidates(connector, asset)]) {
      if (!index.has(symbol)) index.set(symbol, { asset, symbol, currency: quote })
    }
  }
  return index
}
