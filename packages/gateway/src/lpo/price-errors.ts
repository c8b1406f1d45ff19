import { type AssetListing, type PriceMiss, type PriceWish, TrinityError } from '@trinity/core'
import type { FetchOutcome } from '../serving/control.ts'

/** How long a caller should wait for venues' listings that have not been read yet. */
const listingWaitMs = 2000

/**
 * Why there is no price.
 * @param listings those that could have had one
 */
export function missError(
  miss: PriceMiss,
  { asset, quote, venue }: PriceWish,
  outcome: FetchOutcome,
  listings: readonly AssetListing[],
): TrinityError {
  if (miss === 'price') return new TrinityError('TRN_PRICE_UNAVAILABLE', unpricedWords(asset, listings, venue))
  const { unread, awaits, successor } = outcome
  const names = unread.join(', ')
  if (awaits) {
    const message = `${asset} is not known yet: the listings of ${names} have not been read since the start; try again in ${listingWaitMs / 1000} s.`
    return new TrinityError('TRN_PRICE_UNAVAILABLE', message, { retryAfterMs: listingWaitMs })
  }
  const never = unread.length === 0 ? '' : ` The listings of ${names} could not be read since the start.`
  if (miss === 'quote')
    return new TrinityError('TRN_QUOTE_UNAVAILABLE', `${asset} is not quoted in ${quote} here; leave out quote or see /exchanges.${never}`)
  const swapped = successor === undefined ? '' : ` Its holders were given ${successor} in its place, which is another asset with a price of its own.`
  const where = venue === undefined ? `No venue lists ${asset}` : `${venue} does not list ${asset}`
  const advice = miss === 'venue' ? 'leave out source or see /exchanges' : '/exchanges shows what there is'
  return new TrinityError('TRN_ASSET_UNKNOWN', `${where}; ${advice}.${swapped}${never}`, { successor })
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
