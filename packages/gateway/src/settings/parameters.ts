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
  /** Longest wait of a request for the first price of such an asset. */
  readonly onDemandWaitMs: number
  /** What answers may take in one turn of the event loop before the rest of the turn is refused with `TRN_OVERLOADED`. */
  readonly turnBudgetMs: number
}

/** The figures in force where nothing else is said. */
export const defaultParameters: PriceParameters = {
  cacheTtlSeconds: 9,
  freshnessLimitSeconds: 30,
  assetFreshnessSeconds: {},
  maxStaleSeconds: 300,
  onDemandIdleSeconds: 600,
  onDemandAssets: 500,
  onDemandWaitMs: 2000,
  turnBudgetMs: 100,
}
