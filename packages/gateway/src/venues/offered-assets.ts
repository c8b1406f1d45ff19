import { type Connector, symbolCandidates } from '@trinity/core'

/** Stands for a ticker while it is found out where a venue's symbols hold it. */
const probe = 'QQQQQQQ'

const ticker = /^[A-Z0-9]{1,15}$/

/**
 * The tickers behind a venue's symbols. Connectors only say which symbol a ticker has, so the way back is tried and then proved:
 * what doesn't lead to the same symbol again is left out.
 */
export function offeredAssets(connector: Connector, symbols: ReadonlySet<string>): ReadonlySet<string> {
  const forms = connector.quotes.map((quote) => {
    const [before = '', after = ''] = connector.toSymbol({ base: probe, quote }).split(new RegExp(probe, 'i'))
    return { before, after }
  })
  const found = new Set<string>()
  for (const symbol of symbols) {
    for (const { before, after } of forms) {
      if (!symbol.startsWith(before) || !symbol.endsWith(after)) continue
      const asset = symbol.slice(before.length, symbol.length - after.length).toUpperCase()
      if (ticker.test(asset) && symbolCandidates(connector, asset).some((candidate) => candidate.symbol === symbol)) found.add(asset)
    }
  }
  for (const asset of Object.keys(connector.renames ?? {})) {
    if (symbolCandidates(connector, asset).some(({ symbol }) => symbols.has(symbol))) found.add(asset)
  }
  return found
}
