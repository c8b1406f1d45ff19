/** So many trades of a venue can't all have come late. */
export const enoughTrades = 10

/** Trades count that come so long after one another, milliseconds: what waited through a sleep comes all at once. */
export const apartMs = 500

/** How many trades of each venue have come, each a while after the one before. */
export class TradeCounts {
  readonly #counts = new Map<string, { trades: number; at: number; readonly firstAt: number }>()

  /** Counts a trade that comes at `at`. */
  add(venue: string, at: number): void {
    const count = this.#counts.get(venue)
    if (count === undefined) this.#counts.set(venue, { trades: 1, at, firstAt: at })
    else if (at - count.at >= apartMs) {
      count.trades++
      count.at = at
    }
  }

  isEnough(venue: string): boolean {
    return (this.#counts.get(venue)?.trades ?? 0) >= enoughTrades
  }

  /** Since when a venue's trades are counted; Infinity where there is none. */
  firstAt(venue: string): number {
    return this.#counts.get(venue)?.firstAt ?? Infinity
  }

  /** How many venues had enough. */
  countEnough(): number {
    return [...this.#counts.keys()].filter((venue) => this.isEnough(venue)).length
  }

  reset(venue: string): void {
    this.#counts.delete(venue)
  }

  clear(): void {
    this.#counts.clear()
  }
}
