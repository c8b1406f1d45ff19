import { type Board, BoardReading, type Directory, readSlot } from '@trinity/core'
import type { Exchange } from '../lpo/status-routes.ts'

/** A listing as the status page shows it. */
export interface StatusListing {
  readonly symbol: string
  readonly asset: string
  readonly aliases: readonly string[]
  readonly currency: string
  readonly market: Exchange['listings'][number]['market']
  readonly state: Exchange['listings'][number]['state']
  /** Decimal text; null where there is none or it is too old to be shown. */
  readonly price: string | null
  readonly age_seconds: number | null
  readonly why: string
}

/** A venue as the status page shows it. */
export interface StatusVenue {
  readonly id: string
  readonly name: string
  readonly region: string
  readonly state: Exchange['state']
  readonly why: string
  readonly listings: readonly StatusListing[]
}

/** What the view looks at. */
export interface StatusViewParts {
  readonly board: Board
  readonly directory: Directory
  readonly maxStaleSeconds: number
  exchanges(): readonly Exchange[]
}

/** Every venue and listing with its price, as they stand now. */
export function readStatus({ board, directory, maxStaleSeconds, exchanges }: StatusViewParts): readonly StatusVenue[] {
  const reading = new BoardReading()
  const priceOf = (venue: string, symbol: string, ageSeconds: number | null): string | null => {
    const listing = directory.ofSymbol(venue, symbol)
    if (listing === undefined || ageSeconds === null || ageSeconds > maxStaleSeconds) return null
    return readSlot(board, listing.slot, listing.generation, reading) ? reading.price : null
  }
  return exchanges().map(({ id, name, region, state, why, listings }) => ({
    id,
    name,
    region,
    state,
    why,
    listings: listings.map((listing) => ({ ...listing, price: priceOf(id, listing.symbol, listing.age_seconds) })),
  }))
}
