import { type AssetNames, type Clock, type Connector, InstrumentList, type Random, RestReader, type Transport } from '@trinity/core'

/** Longest wait for a venue's listing. */
const listingWaitMs = 5000

/** What symbols are resolved with. */
export interface SymbolResolution {
  readonly connector: Connector
  readonly names: AssetNames
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  /** Hears of assets that the venue does not trade now, and why its listing was not read. */
  onNotice(notice: string): void
}

/**
 * The symbols of assets at a venue, by the venue's own listing; when that can't be read, those that the connector would try first. Halted ones
 * are among them, since they trade again some time; assets that the venue does not list are reported and left out.
 */
export async function resolveSymbols(assets: readonly string[], resolution: SymbolResolution): Promise<readonly string[]> {
  const { connector, onNotice } = resolution
  const list = await readList(assets, resolution)
  const found = assets.map((asset) => ({ asset, instrument: list.resolve(asset) }))
  const notice = (words: string, those: readonly { readonly asset: string }[]): void => {
    if (those.length > 0) onNotice(`${words} at ${connector.title}: ${those.map(({ asset }) => asset).join(', ')}`)
  }
  notice(
    'not traded',
    found.filter(({ instrument }) => instrument === undefined),
  )
  notice(
    'halted',
    found.filter(({ instrument }) => instrument?.status === 'halted'),
  )
  return found.flatMap(({ instrument }) => instrument?.symbol ?? [])
}

async function readList(
  wanted: readonly string[],
  { connector, names, transport, clock, random, onNotice }: SymbolResolution,
): Promise<InstrumentList> {
  const reader = connector.rest === undefined ? undefined : new RestReader(connector.rest, transport, clock)
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      list.stop()
      reader?.stop()
      resolve(list)
    }
    const onWarning = (kind: string, reason: string): void => {
      onNotice(kind === 'listing' ? `the listing of ${connector.title} could not be read: ${reason}` : reason)
      if (kind === 'listing') done()
    }
    const list = new InstrumentList({ connector, reader, names, clock, random, wanted, onChange: done, onWarning })
    const cancel = clock.after(reader === undefined ? 0 : listingWaitMs, done)
    list.start()
  })
}
