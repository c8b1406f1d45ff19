import { FakeClock } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import type { ServedPrice } from '../lpo/price-service.ts'
import type { Outlet } from './carrier/outlet.ts'
import { StreamHub } from './hub.ts'

interface Market {
  readonly clock: FakeClock
  /** What readers were told, in this order: `name price`. */
  readonly told: string[]
  /** Bytes that the kernel holds for a reader. */
  readonly queues: Map<string, number>
  /** Bytes of filler that a reader was sent. */
  readonly filled: Map<string, number>
  /** Opens a reader of BTC. */
  join(name: string): void
  /** Publishes a price and has the loop turn until nothing is left to do at this moment. */
  publish(price: number): void
  /** Publishes a price each 10 ms; the last one. */
  run(seconds: number): Promise<number>
  /** Prices that a reader was told. */
  heard(name: string): number[]
}

function openMarket(): Market {
  const clock = new FakeClock()
  let tell: (asset: string) => void = () => undefined
  const told: string[] = []
  const queues = new Map<string, number>()
  const filled = new Map<string, number>()
  const turns = new Set<() => void>()
  const turnAll = (): void => {
    for (const turn of turns) {
      turns.delete(turn)
      turn()
    }
  }
  let served: ServedPrice | undefined
  let last = 0
  const hub = new StreamHub({
    prices: { find: () => served, peek: () => served, fetch: async () => Promise.reject(new Error('Nothing is fetched here.')) },
    meter: { open: (keyRow, now) => ({ keyRow, epoch: 0, paidUntil: now }), renew: () => undefined },
    changes: {
      listen(onAsset) {
        tell = onAsset
        return () => (tell = () => undefined)
      },
    },
    clock,
    sendQueues: async () => queues,
    nextTurn: (action) => {
      turns.add(action)
      return () => turns.delete(action)
    },
  })
  const publish = (price: number): void => {
    const now = clock.now()
    const times = { at: now, confirmedAt: now, confirmedUtc: now, ageMs: 0, freshnessLimitMs: 30_000, stale: false }
    served = {
      asset: 'BTC',
      price: String(price),
      currency: 'USD',
      source: 'alpha',
      wireId: 128,
      market: 'trading',
      cached: true,
      tier: 'L1_MEMORY',
      tierNumber: 1,
      ...times,
    }
    tell('BTC')
    turnAll()
  }
  return {
    clock,
    told,
    queues,
    filled,
    publish,
    join(name) {
      const write = (text: string): number => {
        const price = /^event: price.*"price_text":"(\d+)"/s.exec(text)?.[1]
        if (price !== undefined) told.push(`${name} ${price}`)
        return text.length
      }
      const outlet: Outlet = {
        connection: name,
        write(message, fill, flushed) {
          turns.add(() => flushed())
          const bytes = write(message.event.toString())
          filled.set(name, (filled.get(name) ?? 0) + fill * bytes)
          return bytes + fill * bytes
        },
        ping: () => undefined,
        end: () => undefined,
        destroy: () => hub.leave(reader),
      }
      const reader = hub.join(outlet, 0)
      hub.subscribe(reader, ['BTC'], new Map())
    },
    async run(seconds) {
      for (let i = 0; i < seconds * 100; i++) {
        publish(++last)
        for (let ms = 0; ms < 10; ms++) {
          await clock.advanceAsync(1)
          turnAll()
        }
      }
      return last
    },
    heard: (name) => told.filter((line) => line.startsWith(`${name} `)).map((line) => Number(line.split(' ')[1])),
  }
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

test('a reader that has proved quick is told first, wherever it stands among those who arrived', async () => {
  const market = openMarket()
  for (const name of names('early', 20)) market.join(name)
  market.join('quick')
  for (const name of names('late', 20)) market.join(name)
  await market.run(1)
  // The last four are taken to be quick.
  expect(market.told.slice(0, 5)).toEqual(['late16 1', 'late17 1', 'late18 1', 'late19 1', 'early0 1'])
  for (const name of [...names('early', 20), ...names('late', 20)]) market.queues.set(name, 1_000_000)
  await market.run(40)
  market.told.length = 0
  const price = await market.run(10)
  expect(market.heard('quick')).toEqual(Array.from({ length: 1000 }, (_, i) => price - 999 + i))
  for (const name of names('newcomer', 100)) market.join(name)
  market.told.length = 0
  market.publish(price + 1)
  expect(market.told[0]).toBe(`quick ${price + 1}`)
  expect(market.told.length).toBeGreaterThan(100)
})

test('a reader that comes after a thousand slow ones hears each change at once, and goes on so when others come', async () => {
  const market = openMarket()
  for (const name of names('slow', 1000)) market.join(name)
  await market.run(1)
  market.join('last')
  await market.run(30)
  expect(market.heard('last').length).toBe(3000)
  for (const name of names('more', 100)) market.join(name)
  const price = await market.run(1)
  expect(market.heard('last').slice(-100)).toEqual(Array.from({ length: 100 }, (_, i) => price - 99 + i))
}, 60_000)

test('a crowd is told at most three messages a millisecond, each reader the newest and nothing twice', async () => {
  const market = openMarket()
  const crowd = names('reader', 1000)
  for (const name of crowd) market.join(name)
  await market.run(1)
  expect(market.told.length).toBeLessThan(4 * 100 + 128 + 3 * 1000 + 4)
  expect(market.told.length).toBeGreaterThan(4 * 100 + 3 * 990)
  await market.run(0.35)
  for (const name of crowd) {
    const heard = market.heard(name)
    expect(heard.at(-1)).toBeGreaterThan(95)
    expect(heard).toEqual([...new Set(heard)].toSorted((a, b) => a - b))
  }
})

test('who misses changes in a crowd is sent filler twice as long, which shows within seconds how quick it is', async () => {
  const market = openMarket()
  for (const name of [...names('slow', 998), 'quick', ...names('last', 4)]) market.join(name)
  await market.run(1)
  expect(market.heard('quick').length).toBeLessThan(10)
  const [first = 0, second = 0] = market.heard('quick')
  expect(second - first).toBeGreaterThan(15)
  expect(market.filled.get('quick')).toBeGreaterThan(10 * 2 * 250)
  for (const name of names('slow', 998)) market.queues.set(name, 1_000_000)
  await market.run(20)
  const filled = names('slow', 998).map((name) => market.filled.get(name) ?? 0)
  const price = await market.run(1)
  expect(market.heard('quick').slice(-100)).toEqual(Array.from({ length: 100 }, (_, i) => price - 99 + i))
  expect(names('slow', 998).map((name) => market.filled.get(name) ?? 0)).toEqual(filled)
})

test('who missed changes because it did not read is sent no filler for them', async () => {
  const market = openMarket()
  for (const name of ['halting', ...names('last', 4)]) market.join(name)
  await market.run(1)
  market.queues.set('halting', 100_000)
  await market.run(4)
  market.queues.delete('halting')
  const price = await market.run(20)
  expect(market.heard('halting').at(-1)).toBe(price)
  expect(market.filled.get('halting')).toBe(0)
})

test('a hundred new readers hear each change at once while changes are rare', async () => {
  const market = openMarket()
  const readers = names('reader', 100)
  for (const name of readers) market.join(name)
  for (let price = 1; price <= 5; price++) {
    market.publish(price)
    expect(market.told.length).toBe(100 * price)
    await market.clock.advanceAsync(100)
  }
})

test('a reader that takes nothing is told nothing more and cut after 10 s; one that goes on hears the newest', async () => {
  const market = openMarket()
  market.join('still')
  market.join('halting')
  await market.run(1)
  market.queues.set('still', 100_000).set('halting', 100_000)
  await market.run(4)
  const [before] = [market.heard('halting').length]
  expect(before).toBeLessThan(400)
  expect(market.heard('still').length).toBe(before)
  market.queues.delete('halting')
  const price = await market.run(9)
  expect(market.heard('halting').at(-1)).toBeGreaterThan(price - 50)
  expect(market.heard('still').length).toBe(before)
  market.queues.delete('still')
  await market.run(5)
  expect(market.heard('still').length).toBe(before)
})
