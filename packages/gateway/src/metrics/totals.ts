import { CounterBlock, UsageDrain, type UsageRow } from '@trinity/core'
import type { WorkerRegion } from '../serving/shared-state.ts'
import { servingCounterNames } from './serving-counters.ts'

/** Answered requests that had protocol, evidence tier and status in common. */
export interface RequestCount {
  readonly protocol: UsageRow['protocol']
  readonly tier: number
  readonly status: number
  requests: number
}

/** Told of each drained row: where served requests are stored for good. */
export type UsageSink = (row: UsageRow, requests: number) => void

/** Everything that the serving threads counted since the start, taken out of shared memory before it can overflow. */
export class Totals {
  readonly counters = new Map<string, number>(servingCounterNames.map((name) => [name, 0]))
  readonly #requests = new Map<number, RequestCount>()
  readonly #blocks: readonly CounterBlock[]
  readonly #drains: readonly UsageDrain[]
  readonly #sink: UsageSink

  constructor(regions: readonly WorkerRegion[], sink: UsageSink = () => undefined) {
    this.#blocks = regions.map(({ counters }) => new CounterBlock(counters, servingCounterNames))
    this.#drains = regions.map(({ usage }) => new UsageDrain(usage))
    this.#sink = sink
  }

  get requests(): Iterable<RequestCount> {
    return this.#requests.values()
  }

  drain(): void {
    for (const block of this.#blocks) block.drain((name, count) => this.counters.set(name, (this.counters.get(name) ?? 0) + count))
    for (const drain of this.#drains) drain.drain((row, requests) => this.add(row, requests))
  }

  /** Counts rows that found no room in shared memory. */
  add(row: UsageRow, requests: number): void {
    const { protocol, tier, status } = row
    const key = (status << 8) | (tier << 4) | protocol
    const known = this.#requests.get(key)
    if (known === undefined) this.#requests.set(key, { protocol, tier, status, requests })
    else known.requests += requests
    this.#sink(row, requests)
  }
}
