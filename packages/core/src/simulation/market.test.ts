import { describe, expect, test } from 'vitest'
import { isPriceText } from '../decimal.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import type { SimulatedTrade } from './dialect.ts'
import { RandomMarket, decimalText } from './market.ts'

function play(seed: number, ms: number) {
  const clock = new FakeClock()
  const market = new RandomMarket({ symbols: ['A', 'B', 'C'], halted: ['H'], clock, random: seededRandom(seed), tradesPerSecond: 10 })
  const trades: SimulatedTrade[] = []
  market.onTrade((trade) => trades.push(trade))
  market.start()
  clock.advance(ms)
  market.stop()
  return { clock, market, trades }
}

describe('a simulated market', () => {
  test('trades as often as it is told on average, the first symbol the most, at uneven moments', () => {
    const { trades } = play(1, 100_000)
    const count = (symbol: string): number => trades.filter((trade) => trade.symbol === symbol).length
    expect(count('A')).toBeGreaterThan(850)
    expect(count('A')).toBeLessThan(1150)
    expect(count('B')).toBeGreaterThan(count('C'))
    expect(count('H')).toBe(0)
    const gaps = trades.slice(1).map(({ at }, i) => at - (trades[i]?.at ?? 0))
    // Waits of a Poisson process scatter as much as they are long.
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(deviation / mean).toBeGreaterThan(0.8)
    expect(deviation / mean).toBeLessThan(1.2)
  })

  test('walks in small steps of one last decimal, with ids that rise by one and times that never fall', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { trades } = play(seed, 30_000)
      for (const symbol of ['A', 'B', 'C']) {
        const own = trades.filter((trade) => trade.symbol === symbol)
        for (const [i, trade] of own.entries()) {
          const before = own[i - 1]
          expect(isPriceText(trade.price)).toBe(true)
          if (before === undefined) continue
          expect(trade.id - before.id).toBe(1)
          expect(trade.at).toBeGreaterThanOrEqual(before.at)
          expect(trade.price.split('.')[1]?.length).toBe(before.price.split('.')[1]?.length)
          expect(Math.abs(Number(trade.price) / Number(before.price) - 1)).toBeLessThan(0.003)
        }
      }
    }
  })

  test('begins about where it is told to with five digits or more, and stays there however long it runs', () => {
    const prices: Readonly<Record<string, string>> = { A: '65000', B: '0.0000029', C: '1.17' }
    for (let seed = 1; seed <= 10; seed++) {
      const clock = new FakeClock()
      const startPrice = (symbol: string): string | undefined => prices[symbol]
      const market = new RandomMarket({ symbols: ['A', 'B', 'C', 'D'], clock, random: seededRandom(seed), startPrice })
      const first = (symbol: string): string => market.lastTrade(symbol)?.price ?? ''
      for (const [symbol, start] of Object.entries(prices)) {
        expect(first(symbol)).toMatch(/^[0.]*[1-9][\d.]{4,}$/)
        expect(Math.abs(Number(first(symbol)) / Number(start) - 1)).toBeLessThan(0.0011)
        let farthest = 0
        for (let i = 0; i < 20_000; i++) farthest = Math.max(farthest, Math.abs(Number(market.trade(symbol)?.price) / Number(start) - 1))
        expect(farthest, `${symbol} of seed ${seed}`).toBeLessThan(0.024)
        expect(farthest).toBeGreaterThan(0.004)
      }
    }
  })

  test('trades a rare symbol a two-hundredth as often as the busiest', () => {
    const clock = new FakeClock()
    const rare = Array.from({ length: 100 }, (_, i) => `R${i}`)
    const market = new RandomMarket({ symbols: ['A'], rare, clock, random: seededRandom(2), tradesPerSecond: 10 })
    const counts = { A: 0, rare: 0 }
    market.onTrade(({ symbol }) => counts[symbol === 'A' ? 'A' : 'rare']++)
    market.start()
    clock.advance(200_000)
    expect(market.listed.get('R99')).toBe('trading')
    expect(counts.rare / counts.A).toBeGreaterThan(0.45)
    expect(counts.rare / counts.A).toBeLessThan(0.55)
  })

  test('is the same for the same seed', () => {
    expect(play(5, 5000).trades).toEqual(play(5, 5000).trades)
    expect(play(6, 5000).trades).not.toEqual(play(5, 5000).trades)
  })

  test('knows a last trade of every listed symbol from the start, and the newest ones in order', () => {
    const clock = new FakeClock()
    const market = new RandomMarket({ symbols: ['A'], halted: ['H'], clock, random: seededRandom(1) })
    expect([...market.listed]).toEqual([
      ['A', 'trading'],
      ['H', 'halted'],
    ])
    expect(market.lastTrade('H')?.at).toBeLessThanOrEqual(clock.now())
    for (let i = 0; i < 50; i++) market.trade('A')
    const recent = market.recentTrades('A')
    expect([recent.length, recent.at(-1)]).toEqual([30, market.lastTrade('A')])
    expect([market.trade('X'), market.lastTrade('X'), market.recentTrades('X')]).toEqual([undefined, undefined, []])
  })

  test('sets no timer after it was stopped', () => {
    const { clock, trades } = play(1, 1000)
    const { length } = trades
    clock.advance(10_000)
    expect([trades.length, clock.pending]).toEqual([length, 0])
  })

  test.each([
    [1234, 2, '12.34'],
    [5, 3, '0.005'],
    [500, 0, '500'],
    [100, 2, '1.00'],
  ])('%i units of the %i. decimal are %s', (units, decimals, text) => {
    expect(decimalText(units, decimals)).toBe(text)
  })
})
