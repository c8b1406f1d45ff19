import { usageProtocols } from '@trinity/core'
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Exchange } from '../lpo/status-routes.ts'
import { durationMetric } from './duration-metric.ts'
import { udpCounterNames } from '../udp/outcome/outcome.ts'
import type { Totals } from './totals.ts'

/** What the metrics look at when they are asked for. */
export interface MetricParts {
  readonly totals: Totals
  exchanges(): readonly Exchange[]
  /** Datagrams that the kernel dropped; undefined where it does not tell. */
  kernelDrops(): number | undefined
  /** Serving threads alive; 0 when the main thread serves. */
  workers(): number
}

const tierNames = ['none', 'L1_MEMORY', 'L2_VALKEY', 'L3_REST']
const protocolNames = Object.keys(usageProtocols)
/** All but that of everything received. */
const udpOutcomeNames = udpCounterNames.slice(1)
const feedStates = ['ok', 'degraded', 'down']

/** Counters without labels: what they are, and which of the totals they add up. */
const plainCounters: Readonly<Record<string, readonly [help: string, ...names: string[]]>> = {
  stale_served: ['Prices served past their freshness limit, and marked so', 'stale_served'],
  price_misses: ['Questions about assets without a servable price', 'price_misses'],
  auth_failures: ['Requests and HELLOs refused for their key', 'auth_failures', 'udp_key', 'udp_mac'],
  connections_refused: ['Connections and first requests refused because others hold all the connections there are for them', 'connections_full'],
  wrong_keys_slowed: ['Wrong keys answered with a wait because too many came from the same source', 'wrong_keys_slowed'],
  udp_received: ['Datagrams received; each has one outcome', 'udp_received'],
}

/** Counters with one label: what they are, and for each of its values which of the totals it adds up. */
const labeledCounters: Readonly<Record<string, readonly [help: string, label: string, values: Readonly<Record<string, readonly string[]>>]>> = {
  overloaded: [
    'Requests refused as overloaded: more than their thread has time for, or too many streams or assets on demand',
    'protocol',
    { http: ['overloaded', 'http_overloaded'], udp: ['udp_overloaded'] },
  ],
  http_rejections: [
    'Requests refused before their path was looked at: no HTTP, too long, too slow to arrive, or open to two readings',
    'reason',
    { malformed: ['http_malformed'], too_long: ['http_too_long'], too_slow: ['http_too_slow'], ambiguous: ['http_ambiguous'] },
  ],
}

/** Prometheus metrics of the server; figures are taken when they are read, so that reading costs and serving does not. */
export function createMetrics({ totals, exchanges, kernelDrops, workers }: MetricParts): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const count = (name: string): number => totals.counters.get(name) ?? 0
  const sumOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + count(name), 0)

  new Counter({
    name: 'trinity_lpo_requests_total',
    help: 'Answered price requests by protocol, tier of the evidence and status',
    labelNames: ['protocol', 'tier', 'status'],
    registers,
    collect() {
      this.reset()
      for (const { protocol, tier, status, requests } of totals.requests)
        this.inc({ protocol: protocolNames[protocol] ?? '', tier: tierNames[tier] ?? '', status }, requests)
    },
  })
  new Counter({
    name: 'trinity_udp_datagrams_total',
    help: 'Datagrams by what became of them',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset()
      for (const name of udpOutcomeNames) {
        const value = count(name)
        if (value > 0) this.inc({ outcome: name.slice('udp_'.length) }, value)
      }
    },
  })
  for (const [name, [help, ...parts]] of Object.entries(plainCounters)) {
    new Counter({
      name: `trinity_${name}_total`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(sumOf(parts))
      },
    })
  }
  for (const [name, [help, label, values]] of Object.entries(labeledCounters)) {
    new Counter({
      name: `trinity_${name}_total`,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset()
        for (const [value, parts] of Object.entries(values)) this.inc({ [label]: value }, sumOf(parts))
      },
    })
  }
  new Counter({
    name: 'trinity_udp_kernel_drops_total',
    help: 'Datagrams that the kernel dropped because a receive buffer was full',
    registers,
    collect() {
      this.reset()
      this.inc(kernelDrops() ?? 0)
    },
  })
  new Gauge({
    name: 'trinity_serving_workers',
    help: 'Serving threads alive; 0 when the main thread serves',
    registers,
    collect() {
      this.set(workers())
    },
  })
  new Gauge({
    name: 'trinity_feed_state',
    help: '1 for the state that a feed is in, 0 for the others',
    labelNames: ['venue', 'state'],
    registers,
    collect() {
      for (const { id, state } of exchanges()) for (const each of feedStates) this.set({ venue: id, state: each }, each === state ? 1 : 0)
    },
  })
  new Gauge({
    name: 'trinity_price_age_seconds',
    help: 'Seconds since a listing was last confirmed',
    labelNames: ['asset', 'venue'],
    registers,
    collect() {
      this.reset()
      for (const { id, listings } of exchanges())
        for (const { asset, age_seconds: age } of listings) if (age !== null) this.set({ asset, venue: id }, age)
    },
  })
  registry.registerMetric(durationMetric(count))
  return registry
}
