import type { Clock } from '../clock.ts'

interface Stream {
  /** When the client was answered first, by an acknowledgement or a trade. */
  answeredAt: number
  hasTraded: boolean
  /** When a trade last did not go out as it should, and when one before the last request that none has followed: REST still shows it. */
  failedAt: number
  missedAt: number
}

/** For so long a client may not know yet what was sent to it: it gets what was sent before its answer arrived, and answers what came before. */
export const roundTripMs = 50

/** After so long, about a minute, a client may ask anew for what it has seen nothing of: an acknowledgement alone proves no stream. */
export const quietExcusesMs = 55_000

/** For so long after a trade that did not arrive a client may ask anew: REST has to show it first, and the stream gets time to bring it. */
export const failureExcusesMs = 180_000

/** What became of the trades of each symbol on one connection since it was first asked for, or asked for anew because some did not arrive. */
export class Deliveries {
  readonly #clock: Clock
  readonly #streams = new Map<string, Stream>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A symbol is asked for. Returns whether it had been before, the client has been answered, and was sent every trade of late. */
  begin(symbol: string): boolean {
    const before = this.#streams.get(symbol)
    const now = this.#clock.now()
    const failedAt = Math.max(before?.failedAt ?? -Infinity, before?.missedAt ?? -Infinity)
    if (before !== undefined && now - failedAt > failureExcusesMs) {
      const answeredAgoMs = now - before.answeredAt
      if (before.hasTraded || answeredAgoMs < quietExcusesMs) return answeredAgoMs > roundTripMs
    }
    this.#streams.set(symbol, { answeredAt: Infinity, hasTraded: false, failedAt: -Infinity, missedAt: failedAt })
    return false
  }

  /** An acknowledgement went out as it should. */
  acknowledge(symbol: string): void {
    this.#answer(this.#streams.get(symbol))
  }

  /** A trade went out as it should, or it did not. */
  count(symbol: string, wasDelivered: boolean): void {
    const stream = this.#streams.get(symbol)
    if (stream === undefined) return
    if (!wasDelivered) stream.failedAt = this.#clock.now()
    else {
      stream.hasTraded = true
      stream.missedAt = -Infinity
      this.#answer(stream)
    }
  }

  #answer(stream: Stream | undefined): void {
    if (stream !== undefined) stream.answeredAt = Math.min(stream.answeredAt, this.#clock.now())
  }
}
