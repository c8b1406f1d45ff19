import type { Quote } from '../price.ts'
import type { CacheTier } from './tier.ts'

/**
 * Tiers as one: a key is asked from the first tier down, and what a lower one knows is written to those above. Reads of a
 * key that is being read already wait for that read, so a thousand misses of one key cost one look-up. A tier that fails
 * counts as empty; `onError` hears of it.
 */
export function layeredTier(tiers: readonly CacheTier[], onError: (tier: CacheTier, error: unknown) => void): CacheTier {
  const pending = new Map<string, Promise<ReadonlyMap<string, Quote>>>()

  async function readThrough(keys: readonly string[]): Promise<ReadonlyMap<string, Quote>> {
    const found = new Map<string, Quote>()
    let missing = keys
    for (const [depth, tier] of tiers.entries()) {
      if (missing.length === 0) break
      const part = await guard(tier, () => tier.read(missing), new Map<string, Quote>())
      for (const [key, quote] of part) found.set(key, quote)
      missing = missing.filter((key) => !found.has(key))
      if (part.size > 0) await Promise.all(tiers.slice(0, depth).map((upper) => guard(upper, async () => upper.write?.(part), undefined)))
    }
    return found
  }

  async function guard<T>(tier: CacheTier, action: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await action()
    } catch (error) {
      onError(tier, error)
      return otherwise
    }
  }

  return {
    name: tiers.map((tier) => tier.name).join('+'),
    async read(keys) {
      const fresh = [...new Set(keys)].filter((key) => !pending.has(key))
      if (fresh.length > 0) {
        const read = readThrough(fresh).finally(() => {
          for (const key of fresh) pending.delete(key)
        })
        for (const key of fresh) pending.set(key, read)
      }
      const answers = await Promise.all(new Set(keys.map((key) => pending.get(key)).filter((read) => read !== undefined)))
      const found = new Map<string, Quote>()
      for (const answer of answers) for (const key of keys) if (answer.has(key)) found.set(key, answer.get(key) as Quote)
      return found
    },
    async write(quotes) {
      await Promise.all(tiers.map((tier) => guard(tier, async () => tier.write?.(quotes), undefined)))
    },
    async close() {
      await Promise.all(tiers.map((tier) => guard(tier, async () => tier.close?.(), undefined)))
    },
  }
}
