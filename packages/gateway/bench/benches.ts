import type { Bench } from './bench.ts'

interface BenchEntry {
  readonly summary: string
  /** Loads the bench with its references only when it is asked for. */
  load(): Promise<Bench>
}

/** Every bench by name; a new one is one file and one line here. */
export const benches: Readonly<Record<string, BenchEntry>> = {
  feed: {
    summary: 'frames decoded per CPU-second, beside JSON.parse, ccxt and tardis-dev',
    load: async () => (await import('./feed/feed-bench.ts')).benchFeed,
  },
}
