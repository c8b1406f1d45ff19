import type { Connector, FeedEvent } from '../connector.ts'

/** Marks the trades of a symbol's first frame as backfill, for venues that send a snapshot without saying so. */
export class BackfillMarker {
  readonly #active: boolean
  readonly #seen = new Set<string>()

  constructor(connector: Pick<Connector, 'backfill'>) {
    this.#active = connector.backfill === 'first-frame'
  }

  /** The events of one frame, in order. */
  mark(events: readonly FeedEvent[]): readonly FeedEvent[] {
    if (!this.#active) return events
    const first = new Set<string>()
    for (const event of events) if (event.kind === 'tick' && !this.#seen.has(event.symbol)) first.add(event.symbol)
    if (first.size === 0) return events
    for (const symbol of first) this.#seen.add(symbol)
    return events.map((event) => (event.kind === 'tick' && first.has(event.symbol) ? { ...event, backfill: true } : event))
  }

  /** The symbols are asked for anew: their next frame is a first one. */
  expect(symbols: readonly string[]): void {
    for (const symbol of symbols) this.#seen.delete(symbol)
  }
}
