import type { Clock, Listing, Refresher, Venue } from '@trinity/core'

/** What readings work with. */
export interface SharedReadingDeps {
  readonly venues: readonly Venue[]
  readonly refresher: Refresher
  readonly clock: Clock
  /** Longest wait of a request for a reading. */
  readonly waitMs: number
}

/**
 * REST readings that requests ask for: everybody who asks while one is under way shares it, and a listing that has been read in its venue's
 * reading interval is not read again.
 */
export class SharedReadings {
  readonly #deps: SharedReadingDeps
  /** By slot: the reading under way. */
  readonly #pending = new Map<number, Promise<void>>()

  constructor(deps: SharedReadingDeps) {
    this.#deps = deps
  }

  /** Resolves when all of the listings have been read or the wait is over. */
  async read(listings: readonly Listing[]): Promise<void> {
    const { clock, waitMs } = this.#deps
    const readings = listings.map((listing) => this.#pending.get(listing.slot) ?? this.#start(listing)).filter((reading) => reading !== undefined)
    if (readings.length === 0) return
    await new Promise<void>((resolve) => {
      const cancel = clock.after(waitMs, resolve)
      void Promise.all(readings).then(() => {
        cancel()
        resolve()
      })
    })
  }

  #start(listing: Listing): Promise<void> | undefined {
    const { venues, refresher, clock } = this.#deps
    const everyMs = venues.find(({ connector }) => connector.name === listing.venue)?.connector.rest?.everyMs ?? Infinity
    if (clock.now() - refresher.askedAt(listing) < everyMs) return undefined
    const reading = refresher.readNow(listing.venue, [listing.symbol]).finally(() => this.#pending.delete(listing.slot))
    this.#pending.set(listing.slot, reading)
    return reading
  }
}
