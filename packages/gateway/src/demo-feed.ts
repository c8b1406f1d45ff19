import type { Clock, Connector, FixedListing, Transport } from '@trinity/core'
import type { Gateway } from './gateway.ts'

/** Where prices come from when they are not live: recordings, or simulated exchanges. */
export interface DemoFeed {
  /** Told in a header and in each source. */
  readonly mode: 'replay' | 'simulated'
  /** In place of the live ones. */
  readonly connectors: readonly Connector[]
  readonly transport: Transport
  /** The node's clock, where its wall clock may be set. */
  readonly clock?: Clock
  /** Whether there is a REST interface to ask. */
  readonly rest: boolean
  readonly fixedListings: Readonly<Record<string, readonly FixedListing[]>>
  /** Lines that say what plays. */
  readonly summary: readonly string[]
  /** Called when the gateway has started. */
  attach(gateway: Gateway): void
  stop(): Promise<void>
}
