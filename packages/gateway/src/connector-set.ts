import { type Connector, TrinityError, defineConnector, isTrinityError } from '@trinity/core'
import { defaultConnectors } from './connectors.ts'
import { prewarmedAssets } from './settings/assets.ts'

/** Venues and what is kept hot at each. */
export interface ConnectorSet {
  /** In order of preference. */
  readonly connectors: readonly Connector[]
  /** Upper-case tickers by venue. */
  readonly assets: Readonly<Record<string, readonly string[]>>
}

/** A loaded module and the name it is known by to whoever asked for it. */
export interface ConnectorModule {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** What the server has without settings. */
export const defaultSet: ConnectorSet = { connectors: defaultConnectors, assets: prewarmedAssets }

/** Every ticker that some venue of the set prewarms. */
export function tickersOf({ assets }: ConnectorSet): readonly string[] {
  return [...new Set(Object.values(assets).flat())]
}

/**
 * The set with the connector of each module after those that it has. A module exports one connector under any name and may export `assets`:
 * the tickers that are kept hot at its venue.
 * @throws TrinityError `TRN_CONNECTOR_INVALID` that names the module
 */
export function addConnectors(set: ConnectorSet, modules: readonly ConnectorModule[]): ConnectorSet {
  const connectors = [...set.connectors]
  const assets: Record<string, readonly string[]> = { ...set.assets }
  for (const module of modules) {
    const connector = readConnector(module)
    for (const other of connectors) refuseClash(module, connector, other)
    connectors.push(connector)
    assets[connector.name] = readAssets(module)
  }
  return { connectors, assets }
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

function readAssets(module: ConnectorModule): readonly string[] {
  const { assets = [] } = module.exports
  const isTicker = (value: unknown): value is string => typeof value === 'string' && /^[A-Z0-9]{1,20}$/.test(value)
  if (!Array.isArray(assets) || !assets.every(isTicker)) return refuse(module, 'exports assets that are no list of upper-case tickers')
  return [...new Set(assets)]
}
