import {
  type AssetNames,
  type BoardWriter,
  type Clock,
  type Directory,
  type Listing,
  type Venue,
  type VenueTime,
  clockErrorLimitMs,
  symbolCandidates,
} from '@trinity/core'
import type { Exchange, ServiceHealth } from './status-routes.ts'

/** What the descriptions look at. */
export interface DescriptionParts {
  readonly venues: readonly Venue[]
  readonly directory: Directory
  readonly names: AssetNames
  readonly writer: BoardWriter
  readonly clock: Clock
  readonly time: Pick<VenueTime, 'clockErrorMs' | 'compareClocks'>
  /** Says why a listing is apart from the others of its asset; empty for one that is not. */
  readonly divergence: { reason(listing: Listing): string }
  sourceTag(venue: string): string
}

/** Venues and listings as `/exchanges` shows them. */
export function describeExchanges(parts: DescriptionParts): Exchange[] {
  const now = parts.clock.now()
  parts.time.compareClocks(now)
  return parts.venues.map((venue) => describeExchange(venue, parts, now))
}

function describeExchange(venue: Venue, parts: DescriptionParts, now: number): Exchange {
  const { directory, names, sourceTag } = parts
  const { connector } = venue
  const { state, why, lastFrameAt, reconnects } = venue.status()
  const listings = directory.list(connector.name).map((listing) => describeListing(listing, venue, parts, now))
  for (const asset of venue.missing) {
    listings.push({
      asset,
      aliases: [...names.aliases(asset)],
      symbol: '',
      currency: '',
      market: null,
      state: 'missing',
      age_seconds: null,
      why: isClosed(asset, venue, names) ? 'the venue has closed its market' : "the venue's own listing does not have it",
    })
  }
  return {
    id: connector.name,
    name: connector.title,
    wire_id: connector.wireId,
    endpoint: connector.urls[0] ?? '',
    region: connector.region ?? 'global',
    quotes: [...connector.quotes],
    source: sourceTag(connector.name),
    state,
    why,
    last_frame_age_seconds: lastFrameAt === 0 ? null : Math.max(0, now - lastFrameAt) / 1000,
    reconnects,
    listings,
  }
}

/** Whether the venue still lists the asset, but as gone for good. */
function isClosed(asset: string, { connector, instruments }: Venue, names: AssetNames): boolean {
  return symbolCandidates(connector, names.namesAt(connector.name, asset)).some(({ symbol }) => instruments.status(symbol) === 'closed')
}

function describeListing(listing: Listing, venue: Venue, parts: DescriptionParts, now: number): Exchange['listings'][number] {
  const { names, writer, divergence } = parts
  const { asset, symbol, currency, halted } = listing
  const confirmedAt = writer.confirmedAt(listing.slot)
  const { state, reason } = venue.listingState(listing, now)
  const apart = divergence.reason(listing)
  return {
    asset,
    aliases: [...names.aliases(asset)],
    symbol,
    currency,
    market: halted ? 'halted' : 'trading',
    state,
    age_seconds: confirmedAt === 0 ? null : Math.max(0, now - confirmedAt) / 1000,
    why: [reason, apart === '' ? '' : `${apart}: it answers only source=${venue.connector.name}`].filter((text) => text !== '').join('; '),
  }
}

/** One word for the whole service, and what is the reason. */
export function describeHealth({ venues, directory, writer, clock, time }: DescriptionParts): ServiceHealth {
  const now = clock.now()
  time.compareClocks(now)
  const troubled = venues.map((venue) => ({ name: venue.connector.name, state: venue.status().state })).filter(({ state }) => state !== 'ok')
  const answering = directory.list().some((listing) => {
    const confirmedAt = writer.confirmedAt(listing.slot)
    return confirmedAt > 0 && now - confirmedAt <= 30_000
  })
  const reasons = [...clockReasons(time.clockErrorMs), ...troubled.map(({ name, state }) => `${name} is ${state}`)]
  if (!answering) return { state: 'down', reasons: ['no asset has a fresh price', ...reasons] }
  return { state: reasons.length === 0 ? 'ok' : 'degraded', reasons }
}

/** What is wrong with this machine's clock, in words; empty where nothing is. */
export function clockReasons(errorMs: number): readonly string[] {
  if (Math.abs(errorMs) <= clockErrorLimitMs) return []
  const seconds = Math.round(Math.abs(errorMs) / 1000)
  return [`clock: this machine's clock is ${seconds} s ${errorMs > 0 ? 'ahead of' : 'behind'} the time at the exchanges; synchronize it`]
}
