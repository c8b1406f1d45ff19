import type { Random } from '../clock.ts'

/** Bounds of the wait between attempts to connect. */
export interface BackoffOptions {
  /** Upper bound of the first wait, milliseconds. */
  readonly baseMs: number
  /** Upper bound of every wait, milliseconds. */
  readonly capMs: number
}

/** At most half a second before the first retry, at most half a minute before any. */
export const defaultBackoff: BackoffOptions = { baseMs: 500, capMs: 30_000 }

/**
 * Milliseconds to wait before attempt `failures + 1`: uniform between 0 and a bound that doubles (full jitter), so that
 * clients cut together do not return together. What the server asked for (`retryAfterMs`) is waited on top.
 */
export function backoffMs(failures: number, random: Random, options: BackoffOptions, retryAfterMs = 0): number {
  const bound = Math.min(options.capMs, options.baseMs * 2 ** Math.min(failures, 30))
  return retryAfterMs + random() * bound
}
