import type { Venue } from '@trinity/core'

/** A market of an asset at a venue that can be read by REST. */
export interface AssetMarket {
  readonly venue: Venue
  readonly symbol: string
  readonly currency: string
}

/**
 * The market of an asset at each venue that has one in this state, by the venue's own listing.
 * @param currency absent = the first that the venue has
 */
export function marketsOf(venues: readonly Venue[], asset: string, state: 'trading' | 'halted', currency?: string): readonly AssetMarket[] {
  return venues.flatMap((venue) => {
    const instrument = venue.reader === undefined ? undefined : venue.instruments.resolve(asset, currency)
    return instrument?.status === state ? [{ venue, symbol: instrument.symbol, currency: instrument.quote }] : []
  })
}

/** Those that trade the asset. Where none does, those that have halted it: their answer says so, which is more than "unknown". */
export function openMarketsOf(venues: readonly Venue[], asset: string, currency?: string): readonly AssetMarket[] {
  const trading = marketsOf(venues, asset, 'trading', currency)
  return trading.length > 0 ? trading : marketsOf(venues, asset, 'halted', currency)
}
