import { DelayWindow } from './delay-window.ts'

/** How late the trades of each venue came lately, by the time as it is taken to be now. */
export class VenueDelays {
  readonly #windows = new Map<string, DelayWindow>()

  /** How many venues have traded. */
  get count(): number {
    return this.#windows.size
  }

  get venues(): Iterable<string> {
    return this.#windows.keys()
  }

  add(venue: string, delayMs: number, now: number): void {
    let window = this.#windows.get(venue)
    if (window === undefined) this.#windows.set(venue, (window = new DelayWindow()))
    window.add(delayMs, now)
  }

  /** The least of a venue in the last minute, milliseconds; undefined where it has not traded. */
  leastMs(venue: string, now: number): number | undefined {
    return this.#windows.get(venue)?.min(now)
  }

  /** The least of each venue that has traded in the last minute, milliseconds. */
  eachLeastMs(now: number): readonly number[] {
    return [...this.#windows.values()].map((window) => window.min(now)).filter((delayMs) => delayMs !== undefined)
  }

  /** The last of each venue that has traded since then, milliseconds. */
  eachLastMs(since: number): readonly number[] {
    return [...this.#windows.values()].filter(({ lastAt }) => lastAt > since).map(({ lastMs }) => lastMs)
  }

  /** The time has changed: what was measured by another one says nothing. */
  clear(): void {
    this.#windows.clear()
  }
}
