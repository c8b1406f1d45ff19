import { type Connector, symbolCandidates } from '../connector.ts'
import type { AssetNames } from './asset-names.ts'

/** Stands for a ticker while it is found out where a venue's symbols hold it. */
const probe = 'QQQQQQQ'

const ticker = /^[A-Z0-9]{1,15}$/

/**
 * The assets behind a venue's symbols. Connectors only say which symbol a ticker has, so the way back is tried and then proved:
 * what doesn't lead to the same symbol again is left out.
 */
export function listedAssets(connector: Connector, names: AssetNames, symbols: ReadonlySet<string>): ReadonlySet<string> {
  const forms = connector.quotes.map((quote) => {
    const [before = '', after = ''] = connector.toSymbol({ base: probe, quote }).split(new RegExp(probe, 'i'))
    return { before, after }
  })
  const found = new Set<string>()
  for (const symbol of symbols) {
    for (const { before, after } of forms) {
      if (!symbol.startsWith(before) || !symbol.endsWith(after)) continue
      const name = symbol.slice(before.length, symbol.length - after.length).toUpperCase()
      if (!ticker.test(name)) continue
      const asset = names.assetAt(connector.name, name)
      const leadsBack = symbolCandidates(connector, names.namesAt(connector.name, asset)).some((candidate) => candidate.symbol === symbol)
      if (leadsBack) found.add(asset)
    }
  }
  return found
}
