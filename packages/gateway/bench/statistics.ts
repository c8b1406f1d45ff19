/** A figure over the rounds of a run. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  /** Each round's figure, in order. */
  readonly rounds: readonly number[]
}

export function spreadOf(rounds: readonly number[]): Spread {
  const sorted = rounds.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const median = ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, rounds }
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** Cut to three digits; more would promise a precision that no run has. */
export function threeDigits(value: number): number {
  return Number(value.toPrecision(3))
}
