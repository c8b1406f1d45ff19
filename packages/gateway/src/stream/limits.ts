/** What one stream may cost and how long it may last. */
export interface StreamLimits {
  /** Pause between two signs of life. */
  readonly pingMs: number
  /** How long a write may stay unfinished before its reader is cut. */
  readonly writeLimitMs: number
  /** Age at which a stream ends with a goodbye. */
  readonly lifetimeMs: number
  /** Bytes under way to one reader; with more, changes wait and only the newest of each asset is kept. */
  readonly windowBytes: number
  /** Streams open at once. */
  readonly readers: number
}

/** The limits in force where nothing else is said. */
export const defaultStreamLimits: StreamLimits = {
  pingMs: 15_000,
  writeLimitMs: 10_000,
  lifetimeMs: 86_400_000,
  windowBytes: 16_384,
  readers: 10_000,
}

/** Most assets of one stream. */
export const maxStreamAssets = 100
