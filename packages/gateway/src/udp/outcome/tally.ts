import type { UdpParts } from '../parts.ts'
import { type Outcome, udpCounterNames } from './outcome.ts'

/** Counts a batch in plain memory and passes it on once, before its answers leave. */
export class Tally {
  readonly #counters: UdpParts['counters']
  readonly #counts = new Int32Array(udpCounterNames.length)

  constructor(counters: UdpParts['counters']) {
    this.#counters = counters
  }

  count(outcome: Outcome): void {
    this.#counts[outcome] = (this.#counts[outcome] ?? 0) + 1
  }

  /** @param received datagrams of the batch */
  flush(received: number): void {
    const counts = this.#counts
    this.#counters.add(0, received)
    for (let i = 1; i < counts.length; i++) {
      const count = counts[i] ?? 0
      if (count === 0) continue
      counts[i] = 0
      this.#counters.add(i, count)
    }
  }
}
