/** What one run of a fault showed. Times are milliseconds. */
export interface FaultReport {
  readonly venue: string
  readonly fault: string
  readonly seed: number
  /** Rejections that nobody handled, and whatever was thrown in a timer. */
  readonly errors: readonly string[]
  /** Prices shown as fresh though the market had left them for longer than the freshness limit. */
  readonly freshBeyondLimit: readonly string[]
  /** Prices served though the market had left them for longer than may be served at all. */
  readonly servedBeyondMaxStale: readonly string[]
  /** Prices shown that the market never had. */
  readonly wrongPrices: readonly string[]
  /** Where the venue's limits were passed. */
  readonly passedLimits: readonly string[]
  /** Longest age of a confirmation while the fault lasted. */
  readonly longestUnconfirmedMs: number
  /** From the beginning until no price was shown as fresh any more; undefined when some always was. */
  readonly allStaleMs: number | undefined
  /** What `allStaleMs` may be, where the fault leaves no source at all for long enough. */
  readonly staleWithinMs: number | undefined
  /** From the beginning until the engine let go of its connection; undefined when it never did. */
  readonly cutSeenMs: number | undefined
  /** From the end until each symbol was proved on or after the last connection; undefined when none was opened anew. */
  readonly backMs: number | undefined
  /** What `backMs` may be: the rest of the wait that was under way, the venue's own pauses, and a second. */
  readonly backWithinMs: number | undefined
  /** Symbols without a fresh price when the run ended. */
  readonly notBack: readonly string[]
  /** Connections opened from the fault's beginning on. */
  readonly connects: number
  /** What the venue promises as the longest silence, where the fault is one. */
  readonly silenceWithinMs: number | undefined
  /** Longest age of a confirmation that is allowed while it lasts: REST has to stand in. */
  readonly unconfirmedWithinMs: number | undefined
  readonly keepsConnections: boolean
  /** Trades that the venue told while the fault lasted. */
  readonly toldTrades: number
  /** Simulated time of the whole run. */
  readonly ranMs: number
}

/** The figures that a report misses, in words; empty when all is as it has to be. */
export function missedFigures(report: FaultReport): readonly string[] {
  const { backMs, backWithinMs, cutSeenMs, silenceWithinMs, allStaleMs, staleWithinMs } = report
  const found = [
    ...report.errors.map((error) => `unhandled: ${error}`),
    ...report.freshBeyondLimit.map((what) => `fresh beyond the limit: ${what}`),
    ...report.servedBeyondMaxStale.map((what) => `served beyond max_stale: ${what}`),
    ...report.wrongPrices.map((what) => `never a price of the market: ${what}`),
    ...report.passedLimits.map((what) => `venue limit passed: ${what}`),
    ...report.notBack.map((symbol) => `not back: ${symbol}`),
  ]
  if (report.longestUnconfirmedMs > (report.unconfirmedWithinMs ?? Infinity))
    found.push(`unconfirmed for ${Math.round(report.longestUnconfirmedMs)} ms though REST was alive`)
  if (staleWithinMs !== undefined && !(allStaleMs !== undefined && allStaleMs <= staleWithinMs))
    found.push(`all stale after ${showMs(allStaleMs)}, ${staleWithinMs} ms are allowed`)
  if (backMs !== undefined && backWithinMs !== undefined && backMs > backWithinMs)
    found.push(`back after ${Math.round(backMs)} ms, ${Math.round(backWithinMs)} ms are allowed`)
  if (silenceWithinMs !== undefined && !(cutSeenMs !== undefined && cutSeenMs <= silenceWithinMs))
    found.push(`silence seen after ${showMs(cutSeenMs)}, ${silenceWithinMs} ms are allowed`)
  if (report.keepsConnections && report.connects > 0) found.push(`${report.connects} connections replaced without need`)
  return found.map((miss) => `${report.venue}, ${report.fault}, seed ${report.seed}: ${miss}`)
}

function showMs(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${Math.round(ms)} ms`
}
