import type { Quote } from '../price.ts'

/**
 * A place where quotes of listings can be looked up, keyed by `venue symbol`. A tier without `write` is read-only. Reads
 * answer with what they have; a key they lack is simply not in the answer.
 */
export interface CacheTier {
  readonly name: string
  read(keys: readonly string[]): Promise<ReadonlyMap<string, Quote>>
  write?(quotes: ReadonlyMap<string, Quote>): Promise<void>
  close?(): Promise<void>
}
