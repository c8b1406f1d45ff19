/** Figures of the price service that operators may tune. */
export interface PriceParameters {
  /** Age of a confirmation at which another proof is looked for. */
  readonly cacheTtlSeconds: number
  /** Age past which a price is marked stale. */
  readonly freshnessLimitSeconds: number
  /** Freshness limits of single assets. */
  readonly assetFreshnessSeconds: Readonly<Record<string, number>>
  /** Age past which a price is not served at all. */
  readonly maxStaleSeconds: number
  /** How long an asset that nobody lists stays after the last request for it. */
  readonly onDemandIdleSeconds: number
  /** How many of those are kept at once. */
  readonly onDemandAssets: number
  /** How many listings of those, and of venues that stand in for others, are kept at once. */
  readonly onDemandListings: number
  /** Longest wait of a request for the first price of such an asset. */
  readonly onDemandWaitMs: number
  /** What a request may wait under lasting load, in CPU time of its thread, before it is refused with `TRN_OVERLOADED`; three times as long in a burst. */
  readonly shedAfterMs: number
}

/** The figures in force where nothing else is said. */
export const defaultParameters: PriceParameters = {
  cacheTtlSeconds: 9,
  freshnessLimitSeconds: 30,
  assetFreshnessSeconds: {},
  maxStaleSeconds: 300,
  onDemandIdleSeconds: 600,
  onDemandAssets: 500,
  onDemandListings: 4096,
  onDemandWaitMs: 2000,
  shedAfterMs: 50,
}
