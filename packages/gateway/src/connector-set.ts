import { AssetNames, type AssetRow, type Connector, TrinityError, defineConnector, isTrinityError } from '@trinity/core'
import { defaultConnectors } from './connectors.ts'
import { assetTable } from './settings/assets.ts'
import type { ListedAsset } from './settings/assets/asset-file.ts'
import { tickerPattern } from './settings/assets/ticker.ts'

/** Venues, and what is known of their assets before any listing is read. */
export interface ConnectorSet {
  /** In order of preference. */
  readonly connectors: readonly Connector[]
  /** Upper-case tickers that are kept hot, by venue. */
  readonly assets: Readonly<Record<string, readonly string[]>>
  readonly names: AssetNames
  /** What the venues were known to list on the asset table's date. */
  readonly listed: Readonly<Record<string, readonly ListedAsset[]>>
  /** What the operator should know of it, a line each. */
  readonly warnings: readonly string[]
}

/** A loaded module and the name it is known by to whoever asked for it. */
export interface ConnectorModule {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** What the server has without settings. */
export const defaultSet: ConnectorSet = {
  connectors: defaultConnectors,
  assets: assetTable.prewarmed,
  names: assetTable.names,
  listed: assetTable.listed,
  warnings: [],
}

/** Every ticker that some venue of the set prewarms. */
export function tickersOf({ assets }: ConnectorSet): readonly string[] {
  return [...new Set(Object.values(assets).flat())]
}

/**
 * The server's own connectors and, after them, that of each module. A module exports one connector under any name. It may export `assets`, the
 * tickers that are kept hot at its venue, and `assetNames`, the venue's own names of assets that it calls otherwise than everybody.
 * @throws TrinityError `TRN_CONNECTOR_INVALID` that names the module
 */
export function addConnectors(modules: readonly ConnectorModule[]): ConnectorSet {
  if (modules.length === 0) return defaultSet
  const connectors = [...defaultSet.connectors]
  const assets: Record<string, readonly string[]> = { ...defaultSet.assets }
  const listed: Record<string, readonly ListedAsset[]> = { ...defaultSet.listed }
  const warnings: string[] = []
  let { rows } = assetTable
  for (const module of modules) {
    const connector = readConnector(module)
    for (const other of connectors) refuseClash(module, connector, other)
    connectors.push(connector)
    assets[connector.name] = readAssets(module)
    listed[connector.name] = []
    const own = readAssetNames(module)
    warnings.push(...contradictions(own).map((words) => `TRINITY_CONNECTORS: ${module.name} exports assetNames by which ${words}.`))
    rows = joinNames(rows, connector.name, own)
  }
  return { connectors, assets, names: new AssetNames(rows), listed, warnings }
}

function refuse({ name }: ConnectorModule, words: string): never {
  throw new TrinityError('TRN_CONNECTOR_INVALID', `TRINITY_CONNECTORS: ${name} ${words}.`)
}

function readConnector(module: ConnectorModule): Connector {
  const found = new Set(Object.values(module.exports).filter(looksLikeConnector))
  if (found.size > 1) refuse(module, `exports ${found.size} connectors (${[...found].map(({ name }) => name).join(', ')}); a module has one`)
  const [connector] = found
  if (connector === undefined) return refuse(module, 'exports no connector: an object with apiVersion, name and decode')
  for (const field of ['toSymbol', 'subscribe', 'unsubscribe'] as const)
    if (typeof connector[field] !== 'function') refuse(module, `has no ${field} function`)
  for (const field of ['title', 'sourceTag'] as const) if (typeof connector[field] !== 'string') refuse(module, `has no text as ${field}`)
  try {
    return defineConnector(connector)
  } catch (error) {
    if (isTrinityError(error)) throw new TrinityError(error.code, `TRINITY_CONNECTORS: ${module.name}: ${error.message}`, { cause: error })
    return refuse(module, `is not a whole connector (${error instanceof Error ? error.message : String(error)})`)
  }
}

function looksLikeConnector(value: unknown): value is Connector {
  return (
    typeof value === 'object' &&
    value !== null &&
    'apiVersion' in value &&
    'name' in value &&
    typeof value.name === 'string' &&
    'decode' in value &&
    typeof value.decode === 'function'
  )
}

function refuseClash(module: ConnectorModule, connector: Connector, other: Connector): void {
  if (connector.name === other.name) refuse(module, `has the name '${connector.name}', which is taken`)
  if (connector.sourceTag === other.sourceTag) refuse(module, `has the sourceTag '${connector.sourceTag}', which ${other.name} has already`)
  if (connector.wireId === other.wireId)
    refuse(module, `has the wireId ${connector.wireId}, which ${other.name} has already; 128 to 254 are free for private connectors`)
}

const isTicker = (value: unknown): value is string => typeof value === 'string' && tickerPattern.test(value)
const isTickers = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isTicker)

function readAssets(module: ConnectorModule): readonly string[] {
  const { assets = [] } = module.exports
  if (!isTickers(assets)) return refuse(module, 'exports assets that are no list of upper-case tickers')
  return [...new Set(assets)]
}

/** The venue's names by asset. */
function readAssetNames(module: ConnectorModule): ReadonlyMap<string, readonly string[]> {
  const { assetNames = {} } = module.exports
  const names = new Map<string, readonly string[]>()
  const owners = new Map<string, string>()
  for (const [asset, own] of typeof assetNames === 'object' && assetNames !== null ? Object.entries(assetNames) : [['', assetNames]]) {
    if (!isTicker(asset) || !isTickers(own) || own.length === 0)
      return refuse(module, 'exports assetNames that are no lists of upper-case tickers by asset, such as { TON: ["GRAM"] }')
    const canonical = assetTable.names.canonical(asset)
    if (names.has(canonical)) refuse(module, `exports assetNames with ${canonical} twice: ${asset} is the same asset`)
    for (const name of own) {
      const owner = owners.get(name)
      if (owner !== undefined) refuse(module, `exports assetNames that give the name ${name} to ${owner} and to ${asset}`)
      owners.set(name, asset)
    }
    names.set(canonical, own)
  }
  return names
}

const knownAssets: ReadonlySet<string> = new Set([...assetTable.rows.map(({ asset }) => asset), ...Object.values(assetTable.prewarmed).flat()])

/**
 * Names that the asset table has for another asset. A module that also says what the venue calls that other one knows of both: two tokens under
 * one ticker.
 */
function contradictions(own: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...own].flatMap(([asset, names]) =>
    names.flatMap((name) => {
      const known = assetTable.names.canonical(name)
      return known === asset || own.has(known) || !knownAssets.has(known) ? [] : [`${name} is ${asset}; the asset table says that it is ${known}`]
    }),
  )
}

function joinNames(rows: readonly AssetRow[], venue: string, own: ReadonlyMap<string, readonly string[]>): readonly AssetRow[] {
  const added = [...own.keys()].filter((asset) => rows.every((row) => row.asset !== asset)).map((asset): AssetRow => ({ asset }))
  return [...rows, ...added].map((row) => {
    const names = own.get(row.asset)
    return names === undefined ? row : { ...row, names: { ...row.names, [venue]: names } }
  })
}
