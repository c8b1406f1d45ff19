import type { Clock } from '../clock.ts'
import type { Quote } from '../price.ts'
import type { CacheTier } from './tier.ts'

/** Bounds of a memory tier. */
export interface MemoryTierOptions {
  /** Age after which an entry is no longer given, milliseconds since it was written. */
  readonly ttlMs: number
  /** The entry written longest ago makes room. */
  readonly maxEntries: number
  readonly clock: Clock
}

/** A tier in this process. */
export function memoryTier({ ttlMs, maxEntries, clock }: MemoryTierOptions): CacheTier & Required<Pick<CacheTier, 'write'>> {
  const entries = new Map<string, { readonly quote: Quote; readonly writtenAt: number }>()
  return {
    name: 'memory',
    async read(keys) {
      const now = clock.now()
      const found = new Map<string, Quote>()
      for (const key of keys) {
        const entry = entries.get(key)
        if (entry === undefined) continue
        if (now - entry.writtenAt < ttlMs) found.set(key, entry.quote)
        else entries.delete(key)
      }
      return found
    },
    async write(quotes) {
      const writtenAt = clock.now()
      for (const [key, quote] of quotes) {
        entries.delete(key)
        entries.set(key, { quote, writtenAt })
      }
      for (const key of entries.keys()) {
        if (entries.size <= maxEntries) break
        entries.delete(key)
      }
    },
  }
}
