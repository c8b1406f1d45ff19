import { describe, expect, test } from 'vitest'
import type { Quote } from '../price.ts'
import { cacheTierChecks } from '../testing/cache-tier-checks.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { memoryTier } from './memory.ts'

const quote: Quote = { price: '1.50', at: null, id: null, confirmedAt: 0, tier: 'L1_MEMORY' }

describe('the memory tier conforms', () => {
  for (const { name, run } of cacheTierChecks(() => memoryTier({ ttlMs: 60_000, maxEntries: 100, clock: new FakeClock() }))) test(name, run)
})

describe('the memory tier', () => {
  test('forgets an entry when its time is over', async () => {
    const clock = new FakeClock()
    const tier = memoryTier({ ttlMs: 1000, maxEntries: 10, clock })
    await tier.write(new Map([['a', quote]]))
    clock.advance(999)
    expect((await tier.read(['a'])).size).toBe(1)
    clock.advance(1)
    expect((await tier.read(['a'])).size).toBe(0)
  })

  test('the entry written longest ago makes room, one written again is young', async () => {
    const tier = memoryTier({ ttlMs: 1000, maxEntries: 2, clock: new FakeClock() })
    for (const key of ['a', 'b', 'a', 'c']) await tier.write(new Map([[key, quote]]))
    expect([...(await tier.read(['a', 'b', 'c'])).keys()]).toEqual(['a', 'c'])
  })

  test('never holds more than it may, also after one large writing', async () => {
    const tier = memoryTier({ ttlMs: 1000, maxEntries: 3, clock: new FakeClock() })
    const keys = Array.from({ length: 100 }, (_, i) => String(i))
    await tier.write(new Map(keys.map((key) => [key, quote])))
    expect([...(await tier.read(keys)).keys()]).toEqual(['97', '98', '99'])
  })
})
