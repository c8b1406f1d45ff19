import type { FeedEvent, Tick } from '../connector.ts'
import { compareTradeIds } from '../decimal.ts'

/**
 * The events of a frame with its snapshot trades newest first, so that the older ones are never shown, not even for a moment. Everything else
 * keeps its place.
 */
export function newestFirst(events: readonly FeedEvent[]): readonly FeedEvent[] {
  const snapshot = events.filter((event): event is Tick => event.kind === 'tick' && event.backfill)
  if (snapshot.length < 2) return events
  const sorted = snapshot.toSorted((a, b) => compareAge(b, a)).values()
  return events.map((event) => (event.kind === 'tick' && event.backfill ? (sorted.next().value ?? event) : event))
}

/** The ticks of a REST body, newest first: what stands beside a trade is seen to be older. */
export function ticksNewestFirst(ticks: readonly Tick[]): readonly Tick[] {
  return ticks.length < 2 ? ticks : ticks.toSorted((a, b) => compareAge(b, a))
}

function compareAge(a: Tick, b: Tick): number {
  return (a.orderAt ?? a.at ?? 0) - (b.orderAt ?? b.at ?? 0) || compareTradeIds(a.id ?? null, b.id ?? null)
}
