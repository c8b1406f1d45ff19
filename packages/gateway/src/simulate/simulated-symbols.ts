import { type AssetNames, type Connector, symbolCandidates } from '@trinity/core'
import type { ListedAsset } from '../settings/assets/asset-file.ts'

/** What simulated exchanges list. */
export interface SimulatedAssets {
  /** Upper-case tickers by venue. */
  readonly assets: Readonly<Record<string, readonly string[]>>
  readonly names: AssetNames
  /** What venues list beyond their prewarmed assets. */
  readonly listed: Readonly<Record<string, readonly ListedAsset[]>>
}

/** The symbols of one simulated exchange. */
export interface SimulatedSymbols {
  /** Those of its prewarmed assets, in order. */
  readonly symbols: readonly string[]
  /** All others. */
  readonly rare: readonly string[]
  /** The asset of any of them. */
  assetOf(symbol: string): string | undefined
}

/** The symbols that a venue has for its assets, under its own names of them: the first name and currency of a prewarmed one. */
export function simulatedSymbols(connector: Connector, { assets, names, listed }: SimulatedAssets): SimulatedSymbols {
  const { name } = connector
  const owners = new Map<string, string>()
  for (const ticker of assets[name] ?? []) {
    const asset = names.canonical(ticker)
    const [first] = symbolCandidates(connector, names.namesAt(name, asset))
    if (first !== undefined) owners.set(first.symbol, asset)
  }
  const symbols = [...owners.keys()]
  for (const { asset, quote } of listed[name] ?? []) {
    const [base] = names.namesAt(name, asset)
    if (base !== undefined) owners.set(connector.toSymbol({ base, quote }), asset)
  }
  return { symbols, rare: [...owners.keys()].slice(symbols.length), assetOf: (symbol) => owners.get(symbol) }
}
