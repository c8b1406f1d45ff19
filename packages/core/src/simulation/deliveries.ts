import type { Clock } from '../clock.ts'

interface Stream {
  /** When its first trade was sent. */
  firstAt: number
  failed: boolean
}

/** For so long a client may not know yet what was sent to it: it gets what was sent before its answer arrived, and answers what came before. */
export const roundTripMs = 50

/** What became of the trades of each symbol on one connection since it was first asked for, or asked for anew because some did not arrive. */
export class Deliveries {
  readonly #clock: Clock
  readonly #streams = new Map<string, Stream>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A symbol is asked for. Returns whether it had been before, and had been sent every trade since, at least one that the client has seen. */
  begin(symbol: string): boolean {
    const before = this.#streams.get(symbol)
    if (before !== undefined && !before.failed) return this.#clock.now() - before.firstAt > roundTripMs
    this.#streams.set(symbol, { firstAt: Infinity, failed: false })
    return false
  }

  /** A trade went out as it should, or it did not. */
  count(symbol: string, wasDelivered: boolean): void {
    const stream = this.#streams.get(symbol)
    if (stream === undefined) return
    if (wasDelivered) stream.firstAt = Math.min(stream.firstAt, this.#clock.now())
    else stream.failed = true
  }
}
