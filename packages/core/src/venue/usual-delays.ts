/** So long a low delay is believed without another as low, milliseconds. */
const believedForMs = 60_000

/** How late the trades of each venue come at least: its clock's error and the way here. It outlasts quiet times and jumps of the node's clock. */
export class UsualDelays {
  readonly #venues = new Map<string, { readonly delayMs: number; readonly at: number; readonly lowestMs: number }>()

  /** Milliseconds, by the last minute or so; undefined while unknown. */
  delayMs(venue: string): number | undefined {
    return this.#venues.get(venue)?.delayMs
  }

  /** The least ever, milliseconds: after trades that all came late it is nearer to the truth. */
  lowestMs(venue: string): number | undefined {
    return this.#venues.get(venue)?.lowestMs
  }

  /** A lower delay counts at once, a higher one when no lower came for a minute. */
  note(venue: string, delayMs: number, now: number): void {
    const known = this.#venues.get(venue)
    const lowestMs = Math.min(known?.lowestMs ?? Infinity, delayMs)
    const counts = known === undefined || delayMs <= known.delayMs || now - known.at > believedForMs
    if (counts) this.#venues.set(venue, { delayMs, at: now, lowestMs })
  }

  /** The node's time has changed, and with it what its delays were. */
  move(to: (delayMs: number) => number): void {
    for (const [venue, { delayMs, at, lowestMs }] of this.#venues) this.#venues.set(venue, { delayMs: to(delayMs), at, lowestMs: to(lowestMs) })
  }
}
