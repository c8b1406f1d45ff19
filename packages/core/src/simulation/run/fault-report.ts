/** How a connection that brought no trades was replaced. */
export interface Replacement {
  /** From the fault's beginning until another was opened, milliseconds; Infinity when none was. */
  readonly replacedMs: number
  /** Requests for symbols before that. */
  readonly requests: number
  /** Whether some connection was open all the time. */
  readonly overlapped: boolean
  /** Whether the status said that the stream is silent. */
  readonly saidSilent: boolean
}

/** What one run of a fault showed. Times are milliseconds. */
export interface FaultReport {
  readonly venue: string
  readonly fault: string
  readonly seed: number
  /** Rejections that nobody handled, and whatever was thrown in a timer. */
  readonly errors: readonly string[]
  /** Configured assets that a caller would have been told are unknown. */
  readonly unknownAssets: readonly string[]
  /** Prices shown as fresh though the market had left them for longer than the freshness limit. */
  readonly freshBeyondLimit: readonly string[]
  /** Prices served though the market had left them for longer than may be served at all. */
  readonly servedBeyondMaxStale: readonly string[]
  /** Prices shown as younger than they were. */
  readonly youngerThanTrue: readonly string[]
  /** Prices shown that the market never had. */
  readonly wrongPrices: readonly string[]
  /** Prices proved anew without a trade while the engine took their market for halted. */
  readonly confirmedWhileHalted: readonly string[]
  /** Prices that were still fresh after the wall clock had been set, without a new proof. */
  readonly freshWithoutProof: readonly string[]
  /** Where the venue's limits were passed. */
  readonly passedLimits: readonly string[]
  /** Symbols asked for anew although the stream had brought every trade of theirs. */
  readonly needlessResubscriptions: readonly string[]
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
  /** Longest that an asset took to be fresh again: after a step of the wall clock, a renaming, or the first trade of a market that was halted. */
  readonly returnMs: number
  readonly returnWithinMs: number
  /** Assets without a fresh price when the run ended. */
  readonly notBack: readonly string[]
  /** Connections opened from the fault's beginning on. */
  readonly connects: number
  /** Where connections brought no trades. */
  readonly deaf: Replacement | undefined
  /** Longest that the engine took an asset's market for open while it was halted; undefined where the fault halts none. */
  readonly haltSeenMs: number | undefined
  readonly haltSeenWithinMs: number
  /** Whether the listing was not read while it was wrong, though the fault is about that. */
  readonly unreadListing: boolean
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

/** Longest time until a connection that brings no trades is replaced: three readings that show trades, and the wait for the feed after each. */
const replacedWithinMs = 80_000

/** The figures that a report misses, in words; empty when all is as it has to be. */
export function missedFigures(report: FaultReport): readonly string[] {
  const { backMs, backWithinMs, cutSeenMs, silenceWithinMs, allStaleMs, staleWithinMs } = report
  const found = [
    ...report.errors.map((error) => `unhandled: ${error}`),
    ...report.unknownAssets.map((asset) => `configured asset answered 404: ${asset}`),
    ...report.freshBeyondLimit.map((what) => `fresh beyond the limit: ${what}`),
    ...report.servedBeyondMaxStale.map((what) => `served beyond max_stale: ${what}`),
    ...report.youngerThanTrue.map((what) => `shown as younger than it is: ${what}`),
    ...report.wrongPrices.map((what) => `never a price of the market: ${what}`),
    ...report.confirmedWhileHalted.map((what) => `confirmed while halted: ${what}`),
    ...report.freshWithoutProof.map((asset) => `fresh without proof after the wall clock was set: ${asset}`),
    ...report.passedLimits.map((what) => `venue limit passed: ${what}`),
    ...report.needlessResubscriptions.map((what) => `resubscribed without need: ${what}`),
    ...report.notBack.map((asset) => `not back: ${asset}`),
    ...(report.deaf === undefined ? [] : missedWhileDeaf(report.deaf)),
  ]
  if (report.longestUnconfirmedMs > (report.unconfirmedWithinMs ?? Infinity))
    found.push(`unconfirmed for ${Math.round(report.longestUnconfirmedMs)} ms though REST was alive`)
  if (staleWithinMs !== undefined && !(allStaleMs !== undefined && allStaleMs <= staleWithinMs))
    found.push(`all stale after ${showMs(allStaleMs)}, ${staleWithinMs} ms are allowed`)
  if (backMs !== undefined && backWithinMs !== undefined && backMs > backWithinMs)
    found.push(`back after ${Math.round(backMs)} ms, ${Math.round(backWithinMs)} ms are allowed`)
  if (silenceWithinMs !== undefined && !(cutSeenMs !== undefined && cutSeenMs <= silenceWithinMs))
    found.push(`silence seen after ${showMs(cutSeenMs)}, ${silenceWithinMs} ms are allowed`)
  if (report.returnMs > report.returnWithinMs)
    found.push(`fresh again after ${Math.round(report.returnMs)} ms, ${report.returnWithinMs} ms are allowed`)
  if (report.haltSeenMs !== undefined && report.haltSeenMs > report.haltSeenWithinMs)
    found.push(`halt not known for ${Math.round(report.haltSeenMs)} ms, ${report.haltSeenWithinMs} ms are allowed`)
  if (report.unreadListing) found.push('the listing was not read while it was wrong')
  if (report.keepsConnections && report.connects > 0) found.push(`${report.connects} connections replaced without need`)
  return found.map((miss) => `${report.venue}, ${report.fault}, seed ${report.seed}: ${miss}`)
}

function missedWhileDeaf({ replacedMs, requests, overlapped, saidSilent }: Replacement): readonly string[] {
  return [
    ...(replacedMs > replacedWithinMs ? [`deaf connection replaced after ${showMs(replacedMs)}, ${replacedWithinMs} ms are allowed`] : []),
    ...(requests < 2 ? [`deaf connection replaced after ${requests} requests for its symbols`] : []),
    ...(overlapped ? [] : ['deaf connection replaced without overlap']),
    ...(saidSilent ? [] : ['the status did not say that the stream is silent']),
  ]
}

function showMs(ms: number | undefined): string {
  return ms === undefined || ms === Infinity ? 'never' : `${Math.round(ms)} ms`
}
