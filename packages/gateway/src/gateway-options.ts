import type { AssetNames, CacheTier, Clock, Connector, EvidenceTier, FixedListing, KeyStore, Random, Transport } from '@trinity/core'
import type { Log } from './log.ts'
import type { UsageSink } from './metrics/totals.ts'
import type { UdpConfig } from './serving/serving-config.ts'
import type { PriceParameters } from './settings/parameters.ts'

/** Where operators look in. */
export interface AdminOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Bearer token of `/metrics`; without one it answers everybody who reaches the port. */
  readonly metricsToken?: string | undefined
}

/** Everything a gateway is made of; what is left out has a default that works. */
export interface GatewayOptions {
  /** In order of preference: the first fresh venue of an asset answers. */
  readonly connectors: readonly Connector[]
  /** Upper-case tickers that are kept hot, by venue. */
  readonly assets: Readonly<Record<string, readonly string[]>>
  /** Which names mean the same asset, and what venues call it; without it every name is its own. */
  readonly names?: AssetNames
  readonly keys: KeyStore
  readonly log: Log
  /** Name of this node in answers. */
  readonly node?: string
  readonly host?: string
  /** 0 takes any free port. */
  readonly lpoPort?: number
  /** 0 takes any free port. */
  readonly udpPort?: number
  /** Absent = no UDP. */
  readonly udp?: UdpConfig
  /** Absent = no admin port. */
  readonly admin?: AdminOptions
  /** Threads that answer callers; 0 = the main thread does. */
  readonly serveWorkers?: number
  /** Takes each row of served requests for good, ten times a second. */
  readonly onUsage?: UsageSink
  readonly trustProxy?: readonly string[]
  /** HTTP connections of callers at once, over all serving threads; absent = as many as the limit of open files leaves. */
  readonly maxConnections?: number | undefined
  readonly parameters?: Partial<PriceParameters>
  /** Venues in order of preference for single assets, where that differs from the connectors' order. */
  readonly preference?: Readonly<Record<string, readonly string[]>>
  /** Shared caches, asked in order before REST. */
  readonly tiers?: readonly { readonly tier: CacheTier; readonly evidence: EvidenceTier }[]
  /** False: live feeds only, no REST at all. */
  readonly rest?: boolean
  /** Symbols settled by hand, by venue: they override what the venue's listing would decide for an asset, or add one. */
  readonly fixedListings?: Readonly<Record<string, readonly FixedListing[]>>
  /** What the prices are when not live; told in a header and in each source. */
  readonly mode?: 'replay' | 'simulated'
  readonly drainSeconds?: number
  readonly transport?: Transport
  readonly clock?: Clock
  readonly random?: Random
}
