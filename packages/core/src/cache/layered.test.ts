import { describe, expect, test } from 'vitest'
import type { Quote } from '../price.ts'
import { cacheTierChecks } from '../testing/cache-tier-checks.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { layeredTier } from './layered.ts'
import { memoryTier } from './memory.ts'
import type { CacheTier } from './tier.ts'

const quote = (price: string): Quote => ({ price, at: null, id: null, confirmedAt: 0, tier: 'L1_MEMORY' })

const memory = (): ReturnType<typeof memoryTier> => memoryTier({ ttlMs: 60_000, maxEntries: 10_000, clock: new FakeClock() })

/** A read-only tier that answers when it is told to, and counts how often it was asked. */
class SlowTier implements CacheTier {
  readonly name = 'slow'
  readonly reads: (readonly string[])[] = []
  readonly #waiting: (() => void)[] = []
  readonly #content: ReadonlyMap<string, Quote>

  constructor(content: ReadonlyMap<string, Quote>) {
    this.#content = content
  }

  async read(keys: readonly string[]): Promise<ReadonlyMap<string, Quote>> {
    this.reads.push(keys)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return new Map(keys.flatMap((key) => (this.#content.has(key) ? [[key, this.#content.get(key) as Quote]] : [])))
  }

  answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

const failing: CacheTier = {
  name: 'failing',
  read: async () => {
    throw new Error('down')
  },
  write: async () => {
    throw new Error('down')
  },
  close: async () => {
    throw new Error('down')
  },
}

const fail = (): never => {
  throw new Error('no error was expected')
}

describe('layered tiers conform', () => {
  for (const { name, run } of cacheTierChecks(() => layeredTier([memory(), memory()], fail))) test(name, run)
})

describe('layers', () => {
  test('a lower tier is asked only for what the upper ones lack, and what it knows is kept above', async () => {
    const [upper, lower] = [memory(), memory()]
    await upper.write(new Map([['a', quote('1')]]))
    await lower.write(
      new Map([
        ['a', quote('0')],
        ['b', quote('2')],
      ]),
    )
    const tier = layeredTier([upper, lower], fail)
    const found = await tier.read(['a', 'b', 'c'])
    expect([...found].map(([key, { price }]) => `${key}=${price}`)).toEqual(['a=1', 'b=2'])
    expect((await upper.read(['b'])).get('b')?.price).toBe('2')
    expect((await upper.read(['c'])).size).toBe(0)
  })

  test('a tier that fails counts as empty, and somebody hears of it', async () => {
    const lower = memory()
    const errors: string[] = []
    const tier = layeredTier([failing, lower], (where, error) => errors.push(`${where.name}: ${String(error)}`))
    await tier.write?.(new Map([['a', quote('1')]]))
    expect((await tier.read(['a'])).get('a')?.price).toBe('1')
    await tier.close?.()
    expect(new Set(errors)).toEqual(new Set(['failing: Error: down']))
    expect(errors.length).toBeGreaterThanOrEqual(3)
  })
})

describe('coalescing', () => {
  test('a thousand misses of one key at the same time cost one look-up', async () => {
    const slow = new SlowTier(new Map([['a', quote('1')]]))
    const tier = layeredTier([memory(), slow], fail)
    const reads = Array.from({ length: 1000 }, () => tier.read(['a']))
    await new Promise((resolve) => setImmediate(resolve))
    slow.answer()
    const prices = (await Promise.all(reads)).map((found) => found.get('a')?.price)
    expect(slow.reads).toEqual([['a']])
    expect(prices).toEqual(Array.from({ length: 1000 }, () => '1'))
  })

  test('reads that overlap ask for each key once', async () => {
    const slow = new SlowTier(new Map(['a', 'b', 'c'].map((key) => [key, quote(key === 'a' ? '1' : '2')])))
    const tier = layeredTier([slow], fail)
    const reads = [tier.read(['a', 'b']), tier.read(['b', 'c']), tier.read(['c', 'a', 'x'])]
    await new Promise((resolve) => setImmediate(resolve))
    slow.answer()
    const found = await Promise.all(reads)
    expect(slow.reads).toEqual([['a', 'b'], ['c'], ['x']])
    expect(found.map((quotes) => [...quotes.keys()].sort())).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ])
  })

  test('what is over is asked for anew', async () => {
    const slow = new SlowTier(new Map())
    const tier = layeredTier([slow], fail)
    for (let i = 0; i < 2; i++) {
      const read = tier.read(['a'])
      await new Promise((resolve) => setImmediate(resolve))
      slow.answer()
      await read
    }
    expect(slow.reads).toHaveLength(2)
  })
})
