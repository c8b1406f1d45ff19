import { expect, test } from 'vitest'
import { FakeClock } from '../../testing/fake/fake-clock.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import { RandomMarket } from '../market.ts'
import { plainExchange, plainSimulator } from './plain-simulator.ts'

const market = new RandomMarket({ symbols: ['BTC-USD', 'DOGE-USD'], halted: ['SOL-USD'], clock: new FakeClock(), random: seededRandom(1) })
const { rest } = plainExchange
if (rest?.list === undefined) throw new Error('The plain exchange has no listing.')
const { list } = rest

const read = (path: string): string => plainSimulator.rest(path, market) ?? 'no body'

test('its listing has states, and a REST name where that is another', () => {
  expect(list.decode(read('/symbols'))).toEqual([
    { symbol: 'BTC-USD', state: 'trading', restName: 'BTC-USD' },
    { symbol: 'DOGE-USD', state: 'trading', restName: 'XDG-USD' },
    { symbol: 'SOL-USD', state: 'halted', restName: 'SOL-USD' },
  ])
})

test('prices are found by the names of the listing only, and can be two seconds old', () => {
  const symbols = ['BTC-USD', 'DOGE-USD']
  const prices = (restName: (symbol: string) => string): unknown => rest.decode(read('/prices?all=1'), symbols, restName)
  const expected = symbols.map((symbol) => ({ kind: 'tick', symbol, price: market.lastTrade(symbol)?.price, backfill: false }))
  expect(prices((symbol) => symbol.replace('DOGE', 'XDG'))).toEqual({ ticks: expected })
  expect(prices((symbol) => symbol)).toEqual({ ticks: expected.slice(0, 1) })
  expect(rest.bodyAgeMs).toBe(2000)
})

test('a refusal with status 200 is a rejection', () => {
  const refusal = plainSimulator.restRejection?.('/symbols') ?? ''
  expect([rest.decode(refusal, ['BTC-USD'], (symbol) => symbol), list.decode(refusal)]).toEqual([
    { rejected: 'too many requests' },
    { rejected: 'too many requests' },
  ])
})

test('trades have the side of their taker', () => {
  const [trade] = market.recentTrades('BTC-USD')
  if (trade === undefined) throw new Error('There is no trade.')
  const sides = [true, false].flatMap((takerBuys) =>
    plainSimulator
      .trades([{ ...trade, takerBuys }], { now: market.now, sequence: 0, held: [] })
      .flatMap((frame) => plainExchange.decode(frame))
      .map((event) => event.kind === 'tick' && event.side),
  )
  expect(sides).toEqual(['buy', 'sell'])
})
