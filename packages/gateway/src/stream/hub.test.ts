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
  /** Opens a reader of BTC. */
  join(name: string): void
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
  let served: ServedPrice | undefined
  let last = 0
  const hub = new StreamHub({
    prices: { find: () => served, fetch: async () => Promise.reject(new Error('Nothing is fetched here.')) },
    meter: { open: (keyRow, now) => ({ keyRow, epoch: 0, paidUntil: now }), renew: () => undefined },
    changes: {
      listen(onAsset) {
        tell = onAsset
        return () => (tell = () => undefined)
      },
    },
    clock,
    sendQueues: async () => queues,
  })
  const publish = (price: number): void => {
    const now = clock.now()
    const times = { at: now, confirmedAt: now, ageMs: 0, freshnessLimitMs: 30_000, stale: false }
    served = {
      asset: 'BTC',
      price: String(price),
      currency: 'USD',
      source: 'alpha',
      wireId: 128,
      cached: true,
      tier: 'L1_MEMORY',
      tierNumber: 1,
      ...times,
    }
    tell('BTC')
  }
  return {
    clock,
    told,
    queues,
    publish,
    join(name) {
      const write = (text: string): number => {
        const price = /^event: price.*"price_text":"(\d+)"/s.exec(text)?.[1]
        if (price !== undefined) told.push(`${name} ${price}`)
        return text.length
      }
      const outlet: Outlet = {
        connection: name,
        write(message, flushed) {
          flushed()
          return write(message.event.toString())
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
        await clock.advanceAsync(10)
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
  for (const name of names('early', 20)) market.queues.set(name, 1_000_000)
  market.join('quick')
  for (const name of names('late', 20)) market.join(name)
  await market.run(1)
  expect(market.told[0]).toBe('early0 1')
  await market.run(20)
  market.told.length = 0
  for (const name of names('late', 20)) market.queues.set(name, 1_000_000)
  const price = await market.run(10)
  expect(market.heard('quick')).toEqual(Array.from({ length: 1000 }, (_, i) => price - 999 + i))
  for (const name of names('newcomer', 100)) market.join(name)
  market.told.length = 0
  market.publish(price + 1)
  expect(market.told[0]).toBe(`quick ${price + 1}`)
  expect(market.told.length).toBeGreaterThan(100)
})

test('a crowd beyond the seats is told at most two messages a millisecond, each reader the newest and nothing twice', async () => {
  const market = openMarket()
  const crowd = names('reader', 1000)
  for (const name of crowd) market.join(name)
  await market.run(1)
  const seated = crowd.slice(0, 8)
  for (const name of seated) expect(market.heard(name).length).toBe(100)
  expect(market.told.length).toBeLessThan(8 * 100 + 128 + 2 * 1000 + 4)
  expect(market.told.length).toBeGreaterThan(8 * 100 + 2 * 900)
  await market.clock.advanceAsync(600)
  for (const name of crowd) {
    const heard = market.heard(name)
    expect(heard.at(-1)).toBe(100)
    expect(heard).toEqual([...new Set(heard)].toSorted((a, b) => a - b))
  }
})

test('up to 136 new readers hear each change at once while changes are rare', async () => {
  const market = openMarket()
  const readers = names('reader', 136)
  for (const name of readers) market.join(name)
  for (let price = 1; price <= 5; price++) {
    market.publish(price)
    expect(market.told.length).toBe(136 * price)
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
