/** What venues' times are judged by; see `VenueTime`. */
export interface TimeBase {
  /** To be added to {@link Clock.now} for the time at the venues, milliseconds. */
  readonly offsetMs: number
  /** How old something is that happened at `at` by the venues' time, milliseconds; below 0 for the future. */
  ageMs(at: number, now: number): number
}

/** Takes the node's clock for right. */
export const plainTime: TimeBase = { offsetMs: 0, ageMs: (at, now) => now - at }

/** How far a time that a venue gives may be ahead of the node's. */
export const futureToleranceMs = 5000

/**
 * By how much a venue's clock is ahead, by how early its times come: no more than what is believed, however early a refused one came. Until one
 * has come the clock counts as right.
 */
export function leadMs(delayMs = 0): number {
  return Math.max(0, Math.min(-delayMs, futureToleranceMs))
}

/** Wall and steady clock that part by more have met a step or a sleep. */
export const stepMs = 2000
