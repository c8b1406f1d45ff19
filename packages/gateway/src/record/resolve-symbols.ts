import { type Clock, type Connector, RestReader, type Transport, errorText } from '@trinity/core'
import { ListingBook } from '../venues/listing-book.ts'

/** Longest wait for a venue's listing. */
const listingWaitMs = 5000

/**
 * The symbols of assets at a venue, by the venue's own listing; when that can't be read, those that the connector would try first. Assets
 * that the venue does not trade are told and left out.
 */
export async function resolveSymbols(
  connector: Connector,
  assets: readonly string[],
  transport: Transport,
  clock: Clock,
  onNotice: (notice: string) => void,
): Promise<readonly string[]> {
  const book = await readBook(connector, transport, clock, onNotice)
  const pairs = assets.map((asset) => ({ asset, symbol: book.resolve(asset)?.symbol }))
  const missing = pairs.filter(({ symbol }) => symbol === undefined).map(({ asset }) => asset)
  if (missing.length > 0) onNotice(`not traded at ${connector.title}: ${missing.join(', ')}`)
  return pairs.flatMap(({ symbol }) => symbol ?? [])
}

async function readBook(connector: Connector, transport: Transport, clock: Clock, onNotice: (notice: string) => void): Promise<ListingBook> {
  const reader = connector.rest === undefined ? undefined : new RestReader(connector.rest, transport, clock)
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      book.stop()
      reader?.stop()
      resolve(book)
    }
    const book = new ListingBook(connector, reader, clock, done, (error) => {
      onNotice(`the listing of ${connector.title} could not be read: ${errorText(error)}`)
      done()
    })
    const cancel = clock.after(reader === undefined ? 0 : listingWaitMs, done)
    book.start()
  })
}
