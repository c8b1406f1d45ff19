import { isPriceText } from '@trinity/core'
import { SimulatedVenue } from '@trinity/core/simulation'
import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { defaultSet } from '../connector-set.ts'
import { findConnector } from '../connectors.ts'
import { defaultSimulators } from '../simulators.ts'
import { aboutPrice } from './about-price.ts'
import { simulatedSymbols } from './simulated-symbols.ts'

const symbolsOf = (venue: string): ReturnType<typeof simulatedSymbols> => simulatedSymbols(findConnector(venue), defaultSet)

describe('a simulated exchange lists', () => {
  test.each(defaultSet.connectors)(
    'the prewarmed assets of $name as its busiest symbols, in order, and whatever else the table knows',
    (connector) => {
      const { name } = connector
      const { symbols, rare, assetOf } = simulatedSymbols(connector, defaultSet)
      expect(symbols.map(assetOf)).toEqual((defaultSet.assets[name] ?? []).map((ticker) => defaultSet.names.canonical(ticker)))
      expect(new Set([...symbols, ...rare]).size).toBe(symbols.length + rare.length)
      const listed = (defaultSet.listed[name] ?? []).map(({ asset }) => asset)
      expect(new Set([...symbols, ...rare].map(assetOf))).toEqual(new Set(listed))
    },
  )

  test.each([
    ['kraken', 'LUNA/USD', 'LUNC'],
    ['kraken', 'LUNA2/USD', 'LUNA'],
    ['gemini', 'rndrusd', 'RENDER'],
    ['gemini', 'gramusd', 'TON'],
    ['cryptocom', 'GRAM_USDT', 'TON'],
    ['coinbase', 'TON-USD', 'TON'],
    ['okx', 'CELO-USDT', 'CGLD'],
    ['gateio', 'VELO_USDT', 'VELO'],
    ['coinbase', 'VELO-USD', 'VELODROME'],
  ])('at %s %s for %s', (venue, symbol, asset) => {
    const { symbols, rare, assetOf } = symbolsOf(venue)
    expect([...symbols, ...rare]).toContain(symbol)
    expect(assetOf(symbol)).toBe(asset)
  })

  test('nothing under a name that is another asset there', () => {
    expect(symbolsOf('kraken').assetOf('LUNC/USD')).toBeUndefined()
    expect(symbolsOf('gemini').assetOf('tonusd')).toBeUndefined()
  })
})

test('simulated prices of one asset stay within 5 % of each other at all venues for an hour, and near what it costs', () => {
  const clock = new FakeClock()
  const markets = defaultSimulators.map((dialect, i) => {
    const { symbols, rare, assetOf } = simulatedSymbols(dialect.connector, defaultSet)
    const startPrice = (symbol: string): string => aboutPrice(assetOf(symbol) ?? '')
    const venue = new SimulatedVenue({ dialect, symbols, rare, startPrice, clock, seed: 100 + i })
    venue.start()
    return { venue, symbols: [...symbols, ...rare], assetOf }
  })
  let widest = 1
  let moved = 0
  const before = new Map<string, string>()
  for (let minute = 0; minute < 60; minute++) {
    clock.advance(60_000)
    const prices = new Map<string, number[]>()
    for (const { venue, symbols, assetOf } of markets) {
      for (const symbol of symbols) {
        const price = venue.market.lastTrade(symbol)?.price ?? ''
        const asset = assetOf(symbol) ?? ''
        prices.set(asset, [...(prices.get(asset) ?? []), Number(price)])
        const key = `${venue.dialect.connector.name} ${symbol}`
        if ((before.get(key) ?? price) !== price) moved++
        before.set(key, price)
      }
    }
    for (const of of prices.values()) widest = Math.max(widest, Math.max(...of) / Math.min(...of))
    for (const price of prices.get('BTC') ?? []) expect(Math.abs(price / 65_000 - 1)).toBeLessThan(0.025)
    expect(prices.get('BTC')).toHaveLength(6)
  }
  expect(widest).toBeLessThan(1.05)
  expect(widest).toBeGreaterThan(1.002)
  // They are alive: 25 busy symbols at each of six venues move nearly every minute.
  expect(moved).toBeGreaterThan(60 * 100)
  for (const { venue } of markets) venue.stop()
})

describe('the price that a simulation begins with', () => {
  test('is the same for an asset wherever it is listed, and another one for another name', () => {
    const made = ['NEWCOIN', 'OTHERCOIN', 'X', 'A1'].map((asset) => aboutPrice(asset))
    expect(made).toEqual(['NEWCOIN', 'OTHERCOIN', 'X', 'A1'].map((asset) => aboutPrice(asset)))
    expect(new Set(made).size).toBe(made.length)
    for (const price of made) {
      expect(isPriceText(price)).toBe(true)
      expect(Number(price)).toBeGreaterThanOrEqual(0.01)
      expect(Number(price)).toBeLessThan(100)
    }
  })

  test('is the known one of a known asset', () => {
    expect([aboutPrice('BTC'), aboutPrice('LUNC')]).toEqual(['65000', '0.0000601'])
  })
})
