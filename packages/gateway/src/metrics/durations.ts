/** Upper bounds of the duration histogram, seconds. */
export const durationBounds = [0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5] as const

/** The bucket of a duration: the first whose bound holds it, the last one for everything longer. */
export function durationBucket(ms: number): number {
  const seconds = ms / 1000
  let bucket = 0
  while (bucket < durationBounds.length && seconds > (durationBounds[bucket] ?? 0)) bucket++
  return bucket
}
