import type { PriceParameters } from '../settings/parameters.ts'

/** A venue as answers name it. */
export interface ServedVenue {
  readonly name: string
  readonly wireId: number
  readonly sourceTag: string
}

/** How UDP is served. */
export interface UdpConfig {
  readonly transport: 'auto' | 'native' | 'dgram'
  /** Whether questions in JSON from loopback are answered. */
  readonly textMode: boolean
}

/** What a serving unit is told at its start: plain data, since it may have to cross into a thread. */
export interface ServingConfig {
  readonly node: string
  /** What the clock of every serving thread shows at zero on the monotonic clock, epoch milliseconds. */
  readonly clockZeroMs: number
  /** What the prices are when not live. */
  readonly mode: 'replay' | 'simulated' | undefined
  readonly host: string
  readonly trustProxy: readonly string[]
  /** HTTP connections that this thread may have at once. */
  readonly maxConnections: number
  readonly parameters: PriceParameters
  readonly venues: readonly ServedVenue[]
  /** The assets that holders of others were given in their place, by all names of those. */
  readonly successors: ReadonlyMap<string, string>
  readonly udp: UdpConfig | undefined
}

/** The ports of a unit; 0 asks for any free one. */
export interface ServingPorts {
  readonly lpo: number
  /** Not used where UDP is not served. */
  readonly udpLpo: number
}
