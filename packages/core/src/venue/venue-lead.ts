/** How far a time that a venue gives may be ahead of the node's. */
export const futureToleranceMs = 5000

/**
 * By how much a venue's clock is ahead, by how early its times come: no more than what is believed, however early a refused one came. Until one
 * has come the clock counts as right.
 */
export function leadMs(delayMs = 0): number {
  return Math.max(0, Math.min(-delayMs, futureToleranceMs))
}
