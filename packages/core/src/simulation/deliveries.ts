interface Stream {
  delivered: number
  failed: boolean
}

/** What became of the trades of each symbol on one connection since it was last asked for. */
export class Deliveries {
  readonly #streams = new Map<string, Stream>()

  /** A symbol is asked for. Returns whether it had been before, and had been sent every trade since, at least one. */
  begin(symbol: string): boolean {
    const before = this.#streams.get(symbol)
    this.#streams.set(symbol, { delivered: 0, failed: false })
    return before !== undefined && before.delivered > 0 && !before.failed
  }

  /** A trade went out as it should, or it did not. */
  count(symbol: string, wasDelivered: boolean): void {
    const stream = this.#streams.get(symbol)
    if (stream === undefined) return
    if (wasDelivered) stream.delivered++
    else stream.failed = true
  }
}
