/** So many trades of a venue can't all have come late. */
export const enoughTrades = 10

/** Trades count that come so long after one another, milliseconds: what waited through a sleep comes all at once. */
export const apartMs = 500

/** How many trades of each venue have come, each a while after the one before. */
export class TradeCounts {
  readonly #counts = new Map<string, { trades: number; at: number }>()

  /** Counts a trade that comes at `at`. */
  add(venue: string, at: number): void {
    const count = this.#counts.get(venue)
    if (count === undefined) this.#counts.set(venue, { trades: 1, at })
    else if (at - count.at >= apartMs) {
      count.trades++
      count.at = at
    }
  }

  has(venue: string, trades = enoughTrades): boolean {
    return (this.#counts.get(venue)?.trades ?? 0) >= trades
  }

  /** How many venues had enough. */
  countEnough(): number {
    return [...this.#counts.keys()].filter((venue) => this.has(venue)).length
  }

  reset(venue: string): void {
    this.#counts.delete(venue)
  }

  clear(): void {
    this.#counts.clear()
  }
}
