/** How a bench is run. */
export interface BenchOptions {
  /** Interleaved rounds; a claim needs at least five. */
  readonly rounds: number
  /** One short pass that only shows that the bench runs and its contestants answer right; its figures mean nothing. */
  readonly quick: boolean
}

/** What a bench found. */
export interface BenchReport {
  /** The figures that a goal is set for, by name. */
  readonly ratios: Readonly<Record<string, number>>
  /** What the ratios were made of, the figure of every round included. */
  readonly rows: readonly object[]
  /** The same for a terminal: cells of a table, its head first, and the lines below it. */
  readonly table: readonly (readonly string[])[]
  readonly lines: readonly string[]
}

/** A run in which a contestant gave a wrong answer has no figures, only the reason. */
export interface VoidRun {
  readonly wrong: string
}

/** Measures the product beside references in one run. */
export type Bench = (options: BenchOptions) => Promise<BenchReport | VoidRun> | BenchReport | VoidRun
