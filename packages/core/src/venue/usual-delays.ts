/** So long a low delay is believed without another as low, milliseconds. */
const believedForMs = 60_000

interface Delay {
  readonly ms: number
  readonly at: number
}

/** How late the trades of each venue come at least: its clock's error and the way here. It outlasts quiet times and jumps of the node's clock. */
export class UsualDelays {
  readonly #recent = new Map<string, Delay>()
  readonly #lowest = new Map<string, Delay>()

  /** Milliseconds, by the last minute or so; undefined while unknown. */
  recentMs(venue: string): number | undefined {
    return this.#recent.get(venue)?.ms
  }

  /** The least ever, milliseconds: after trades that all came late it is nearer to the truth. */
  lowestMs(venue: string): number | undefined {
    return this.#lowest.get(venue)?.ms
  }

  /** A lower delay counts at once, a higher one when no lower came for a minute. */
  note(venue: string, ms: number, at: number): void {
    const recent = this.#recent.get(venue)
    if (recent === undefined || ms <= recent.ms || at - recent.at > believedForMs) this.#recent.set(venue, { ms, at })
    if (ms <= (this.#lowest.get(venue)?.ms ?? Infinity)) this.#lowest.set(venue, { ms, at })
  }

  /** The node's time has changed by so much, and with it the delays that were noted since `since` by the time before. */
  move(byMs: number, since: number): void {
    for (const delays of [this.#recent, this.#lowest]) {
      for (const [venue, { ms, at }] of delays) if (at > since) delays.set(venue, { ms: ms + byMs, at })
    }
  }
}
