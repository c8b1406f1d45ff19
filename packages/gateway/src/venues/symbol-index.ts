import { type AssetNames, type Connector, type FixedListing, symbolCandidates } from '@trinity/core'

/** The listing of each symbol that each of the tickers can have at a venue, under any of its names there and in any of the venue's quotes. */
export function indexSymbols(connector: Connector, names: AssetNames, tickers: readonly string[]): ReadonlyMap<string, FixedListing> {
  const index = new Map<string, FixedListing>()
  for (const ticker of tickers) {
    const asset = names.canonical(ticker)
    for (const { symbol, quote } of symbolCandidates(connector, names.namesAt(connector.name, asset))) {
      if (!index.has(symbol)) index.set(symbol, { asset, symbol, currency: quote })
    }
  }
  return index
}
