import { type AssetListing, type PriceMiss, type PriceWish, TrinityError } from '@trinity/core'
import type { FetchOutcome } from '../serving/control.ts'

/** How long a caller should wait for venues' listings that have not been read yet. */
const listingWaitMs = 2000

/** What is known of a price that there isn't. */
export interface MissFacts extends FetchOutcome {
  /** The asset that holders of this one were given in its place; undefined where some venue lists this one. */
  readonly successor: string | undefined
  /** Those that could have had a price. */
  readonly listings: readonly AssetListing[]
}

/** Why there is no price. */
export function missError(miss: PriceMiss, { asset, quote, venue }: PriceWish, facts: MissFacts): TrinityError {
  const { unread, awaits, listed, successor, listings } = facts
  if (miss === 'price') return new TrinityError('TRN_PRICE_UNAVAILABLE', unpricedWords(asset, listings, venue))
  const names = unread.join(', ')
  if (awaits) {
    const message = `${asset} is not known yet: the listings of ${names} have not been read since the start; try again in ${listingWaitMs / 1000} s.`
    return new TrinityError('TRN_PRICE_UNAVAILABLE', message, { retryAfterMs: listingWaitMs })
  }
  const never = unread.length === 0 ? '' : ` The listings of ${names} could not be read since the start.`
  // Whether the board has the asset yet depends on what others have asked for, whether it is listed does not.
  if (miss === 'quote' || (quote !== undefined && listed)) {
    const message = `${asset} is not quoted in ${quote} ${venue === undefined ? 'here' : `at ${venue}`}; leave out quote or see /exchanges.`
    return new TrinityError('TRN_QUOTE_UNAVAILABLE', `${message}${never}`)
  }
  const swapped = successor === undefined ? '' : ` Its holders were given ${successor} in its place, which is another asset with a price of its own.`
  const words =
    venue === undefined
      ? `No venue lists ${asset}; /exchanges shows what there is.`
      : `${venue} does not list ${asset}; leave out source or see /exchanges.`
  return new TrinityError('TRN_ASSET_UNKNOWN', `${words}${swapped}${never}`, { successor })
}

/** Why a price is too old to be served. */
export function staleError(listing: AssetListing, ageMs: number, limitSeconds: number): TrinityError {
  const market = listing.halted ? `The market of ${listing.asset} is halted at ${listing.venue}. ` : ''
  const age = `The newest price of ${listing.asset} was confirmed ${(ageMs / 1000).toFixed(1)} s ago, more than the ${limitSeconds} s allowed`
  return new TrinityError('TRN_PRICE_STALE', `${market}${age}; try again ${listing.halted ? 'when it trades' : 'soon'}.`)
}

function unpricedWords(asset: string, listings: readonly AssetListing[], venue: string | undefined): string {
  const own = listings.filter(({ apart }) => !apart || venue !== undefined)
  if (own.length === 0) return `Venues' prices of ${asset} are too far apart to be one asset's; name a venue with source, see /exchanges.`
  if (!own.every(({ halted }) => halted)) return `No price of ${asset} has arrived yet; try again in a second.`
  const venues = own.map((listing) => listing.venue).join(', ')
  return `The market of ${asset} is halted at ${venues}, and no price has arrived since the start; try again when it trades.`
}
