import type { CacheTier } from '../cache/tier.ts'
import type { Quote } from '../price.ts'
import { type Check, demand, demandEqual } from './check.ts'

const quote = (price: string, more: Partial<Quote> = {}): Quote => ({
  price,
  at: 1_790_000_000_123,
  id: '9007199254740993',
  confirmedAt: 1_790_000_001_000,
  tier: 'L1_MEMORY',
  ...more,
})

/**
 * Everything that must hold of a cache tier.
 * @param makeTier gives a new, empty tier each time; one that forgets must keep entries for at least a minute
 */
export function cacheTierChecks(makeTier: () => CacheTier | Promise<CacheTier>): readonly Check[] {
  const check = (name: string, run: (tier: CacheTier) => Promise<void>): Check => ({
    name,
    async run() {
      const tier = await makeTier()
      try {
        await run(tier)
      } finally {
        await tier.close?.()
      }
    },
  })
  return [
    check('has a name', async (tier) => {
      demand(tier.name !== '', 'The name is empty.')
    }),
    check('a key that nobody wrote is not in the answer', async (tier) => {
      demandEqual([...(await tier.read(['venue-a BTC/USD', 'venue-a __proto__', 'constructor'])).keys()], [], 'Keys of an empty tier')
    }),
    check('reading nothing gives nothing', async (tier) => {
      demandEqual([...(await tier.read([])).keys()], [], 'Keys')
    }),
    check('what was written is read digit for digit', checkExact),
    check('the newest writing of a key counts', async (tier) => {
      if (tier.write === undefined) return
      await tier.write(
        new Map([
          ['a X', quote('1')],
          ['a Y', quote('2')],
        ]),
      )
      await tier.write(new Map([['a X', quote('3')]]))
      const found = await tier.read(['a X', 'a Y'])
      demandEqual([found.get('a X')?.price, found.get('a Y')?.price], ['3', '2'], 'Prices')
    }),
    check('a key asked for twice is one key of the answer', async (tier) => {
      if (tier.write === undefined) return
      await tier.write(new Map([['a X', quote('1')]]))
      demandEqual([...(await tier.read(['a X', 'a X', 'a Z'])).keys()], ['a X'], 'Keys')
    }),
    check('what the caller does to its map afterwards changes nothing', async (tier) => {
      if (tier.write === undefined) return
      const written = new Map([['a X', quote('1')]])
      await tier.write(written)
      written.clear()
      demandEqual((await tier.read(['a X'])).get('a X')?.price, '1', 'Price')
    }),
    check('reads and writes at the same time all end', async (tier) => {
      const keys = Array.from({ length: 50 }, (_, i) => `a ${i}`)
      await Promise.all(
        keys.map(async (key, i) => {
          await tier.write?.(new Map([[key, quote(String(i + 1))]]))
          await tier.read(keys)
        }),
      )
      if (tier.write === undefined) return
      demandEqual([...(await tier.read(keys)).values()].length, keys.length, 'Number of quotes')
    }),
    check('closing twice does no harm', async (tier) => {
      await tier.close?.()
    }),
  ]
}

async function checkExact(tier: CacheTier): Promise<void> {
  if (tier.write === undefined) return
  const written = new Map<string, Quote>([
    ['venue-a BTC/USD', quote('60000.40000')],
    ['venue-b A_B', quote('0.000000000000000012', { at: null, id: null, tier: 'L3_REST' })],
    ['venue-c A-B', quote('1.2e-05', { id: 'not-a-number', tier: 'L2_VALKEY' })],
    ['x y z', quote('123456789012345678901234')],
    ['venue __proto__', quote('1')],
  ])
  await tier.write(written)
  const found = await tier.read([...written.keys(), 'venue-a ETH/USD'])
  demandEqual([...found].sort(byKey), [...written].sort(byKey), 'Quotes')
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
