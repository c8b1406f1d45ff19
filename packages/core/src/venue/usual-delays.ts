/** So long a low delay is believed without another as low, milliseconds: the lowest of all for longer than quiet times and late trades last. */
const recentForMs = 60_000
const lowestForMs = 600_000

/** Trades after which the least delay of a venue is sure, each so long after the one before: what waited through a sleep comes all at once. */
const enough = 10
const apartMs = 500

/** By more no venue is late or early: then the node's time was wrong. */
const likelyMs = 10_000

interface Delay {
  readonly ms: number
  readonly at: number
}

/** How late the trades of each venue come at least: its clock's error and the way here. It outlasts quiet times and jumps of the node's clock. */
export class UsualDelays {
  readonly #recent = new Map<string, Delay>()
  readonly #lowest = new Map<string, Delay>()
  readonly #counts = new Map<string, { readonly trades: number; readonly at: number }>()

  /** Milliseconds, by the last minute or two; undefined while unknown. */
  recentMs(venue: string): number | undefined {
    return this.#recent.get(venue)?.ms
  }

  /** The least for a long time, milliseconds: after trades that all came late it is nearer to the truth. */
  lowestMs(venue: string): number | undefined {
    return this.#lowest.get(venue)?.ms
  }

  /** Whether there were so many trades of a venue that they can't all have come late. */
  isSure(venue: string): boolean {
    return (this.#counts.get(venue)?.trades ?? 0) >= enough
  }

  /** A lower delay counts at once, a higher one when none as low came for long: a single trade may have a wrong time. */
  note(venue: string, ms: number, at: number): void {
    const { trades, at: countedAt } = this.#counts.get(venue) ?? { trades: 0, at: -Infinity }
    if (at - countedAt >= apartMs) this.#counts.set(venue, { trades: trades + 1, at })
    keepLeast(this.#recent, recentForMs, venue, ms, at)
    keepLeast(this.#lowest, lowestForMs, venue, ms, at)
  }

  /** The node's time has changed by so much, and with it the delays that were noted after `since`. Of those before only likely ones stay. */
  move(byMs: number, since: number): void {
    for (const delays of [this.#recent, this.#lowest]) {
      for (const [venue, { ms, at }] of delays) {
        if (at > since) delays.set(venue, { ms: ms + byMs, at })
        else if (Math.abs(ms) > likelyMs) delays.delete(venue)
      }
    }
  }
}

function keepLeast(delays: Map<string, Delay>, forMs: number, venue: string, ms: number, at: number): void {
  const known = delays.get(venue)
  if (known === undefined || ms <= known.ms || at - known.at > forMs) delays.set(venue, { ms, at })
}
