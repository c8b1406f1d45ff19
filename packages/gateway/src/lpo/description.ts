import type { BoardWriter, Clock, Directory } from '@trinity/core'
import type { Venue } from '../venues/venue.ts'
import type { Exchange, ServiceHealth } from './status-routes.ts'

/** What the descriptions look at. */
export interface DescriptionParts {
  readonly venues: readonly Venue[]
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly clock: Clock
  sourceTag(venue: string): string
}

/** Venues and listings as `/exchanges` shows them. */
export function describeExchanges(parts: DescriptionParts): Exchange[] {
  const now = parts.clock.now()
  return parts.venues.map((venue) => describeExchange(venue, parts, now))
}

function describeExchange(venue: Venue, { directory, writer, sourceTag }: DescriptionParts, now: number): Exchange {
  const { connector } = venue
  const { state, why, lastFrameAt, reconnects } = venue.status()
  const listings: Exchange['listings'] = directory.list(connector.name).map((listing) => {
    const confirmedAt = writer.confirmedAt(listing.slot)
    const { state: listingState, reason } = venue.listingState(listing, now)
    const ageSeconds = confirmedAt === 0 ? null : Math.max(0, now - confirmedAt) / 1000
    return { asset: listing.asset, symbol: listing.symbol, currency: listing.currency, state: listingState, age_seconds: ageSeconds, why: reason }
  })
  for (const asset of venue.missing) {
    listings.push({ asset, symbol: '', currency: '', state: 'missing', age_seconds: null, why: "the venue's own listing does not trade it" })
  }
  return {
    id: connector.name,
    name: connector.title,
    wire_id: connector.wireId,
    endpoint: connector.urls[0] ?? '',
    quotes: [...connector.quotes],
    source: sourceTag(connector.name),
    state,
    why,
    last_frame_age_seconds: lastFrameAt === 0 ? null : (now - lastFrameAt) / 1000,
    reconnects,
    listings,
  }
}

/** One word for the whole service, and which venues are the reason. */
export function describeHealth({ venues, directory, writer, clock }: DescriptionParts): ServiceHealth {
  const now = clock.now()
  const troubled = venues.map((venue) => ({ name: venue.connector.name, state: venue.status().state })).filter(({ state }) => state !== 'ok')
  const answering = directory.list().some((listing) => {
    const confirmedAt = writer.confirmedAt(listing.slot)
    return confirmedAt > 0 && now - confirmedAt <= 30_000
  })
  const reasons = troubled.map(({ name, state }) => `${name} is ${state}`)
  if (!answering) return { state: 'down', reasons: ['no asset has a fresh price', ...reasons] }
  return { state: reasons.length === 0 ? 'ok' : 'degraded', reasons }
}
