import { Message } from '../stream/message.ts'
import type { StatusListing, StatusVenue } from './status-view.ts'

/** What stands beside the venues in every message. */
export interface StatusHead {
  readonly node: string
  /** What the prices are when not live; null on live ones. */
  readonly mode: string | null
}

interface Row {
  readonly text: string
  readonly listing: StatusListing
  readonly version: number
}

/** The newest view and since when each part of it stands, so that a reader gets just what it has not seen. */
export class StatusChanges {
  readonly #head: StatusHead
  #version = 0
  #shapeVersion = 0
  #shape = ''
  #changedVersion = 0
  #venuesText = ''
  #utcMs = 0
  #venues: readonly StatusVenue[] = []
  #rows = new Map<string, Row>()
  readonly #messages = new Map<number, Message>()

  constructor(head: StatusHead) {
    this.#head = head
  }

  /** Rises with each view. */
  get version(): number {
    return this.#version
  }

  /** Takes a new view in, as of `now` on the clock that is never set and of `utcMs` in epoch milliseconds. */
  take(venues: readonly StatusVenue[], now: number, utcMs: number): void {
    this.#version++
    this.#messages.clear()
    const rows = new Map<string, Row>()
    for (const { id, listings } of venues) {
      for (const listing of listings) {
        const key = rowKey(id, listing)
        const old = this.#rows.get(key)
        // An age that only grew is no change: whoever reads can count.
        const provedAt = listing.age_seconds === null ? '' : Math.round(now - listing.age_seconds * 1000)
        const text = [listing.state, listing.market, listing.price, provedAt, listing.why].join('\n')
        rows.set(key, { text, listing, version: old?.text === text ? old.version : this.#version })
      }
    }
    const shape = [...venues.map(({ id }) => id), ...rows.keys()].join('\n')
    if (shape !== this.#shape) this.#shapeVersion = this.#version
    const venuesText = JSON.stringify(venues.map(({ listings: _listings, ...venue }) => venue))
    const rowChanged = [...rows.values()].some(({ version }) => version === this.#version)
    if (rowChanged || shape !== this.#shape || venuesText !== this.#venuesText) this.#changedVersion = this.#version
    this.#venuesText = venuesText
    this.#shape = shape
    this.#venues = venues
    this.#rows = rows
    this.#utcMs = utcMs
  }

  /** Whether anything has changed since a version. */
  hasNews(version: number): boolean {
    return version < this.#changedVersion
  }

  /** What has changed since a version; 0, or a version of other listings, gets everything. */
  since(version: number): Message {
    const known = this.#messages.get(version)
    if (known !== undefined) return known
    const whole = version < this.#shapeVersion
    const venues = this.#venues.map(({ listings, ...venue }) => ({
      ...venue,
      listings: listings.filter((listing) => whole || (this.#rows.get(rowKey(venue.id, listing))?.version ?? 0) > version),
    }))
    const body = JSON.stringify({ at: new Date(this.#utcMs).toISOString(), ...this.#head, venues })
    const message = new Message(whole ? 'snapshot' : 'update', body.slice(1, -1))
    this.#messages.set(version, message)
    return message
  }
}

/** A missing listing has no symbol, so the asset belongs to the key. */
function rowKey(venue: string, { asset, symbol }: StatusListing): string {
  return `${venue} ${asset} ${symbol}`
}
