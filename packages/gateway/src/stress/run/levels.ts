/** Requests outstanding at each of the 13 levels. */
export const levelSteps = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 7500, 21_000] as const

/** Most requests that a run has outstanding. */
export const mostOutstanding = levelSteps[levelSteps.length - 1] ?? 1

/** How hard one level presses. */
export interface Level {
  /** From 1. */
  readonly number: number
  /** Requests under way or waiting for a connection; of an open loop the most there may be under way. */
  readonly outstanding: number
  /** Requests that come due each second, whatever became of those before; undefined where an answer makes the next one due. */
  readonly ratePerSecond: number | undefined
}

/**
 * The first `count` levels. In an open loop their rates rise in equal steps to `openLoopRate`, which the last of the `count`
 * reaches.
 */
export function planLevels(count: number, openLoopRate?: number): readonly Level[] {
  return levelSteps.slice(0, count).map((step, index) => ({
    number: index + 1,
    outstanding: openLoopRate === undefined ? step : mostOutstanding,
    ratePerSecond: openLoopRate === undefined ? undefined : (openLoopRate * (index + 1)) / count,
  }))
}
