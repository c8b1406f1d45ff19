import { expect, test } from 'vitest'
import { playTrades } from '../testing/play-trades.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { disorder, makeTrades } from '../testing/shuffled-trades.ts'

const slots = 5

test.each([1, 2, 3])('duplicated and shuffled trades end in the same board as the clean order, seed %i', (seed) => {
  const random = seededRandom(seed)
  const trades = makeTrades(5000, slots, random)
  const arrivals = disorder(trades, 0.2, 0.2, random)
  expect(arrivals.length).toBeGreaterThan(5500)
  expect(playTrades(arrivals, slots)).toEqual(playTrades(trades, slots))
})

test('the end of the clean order is its last trade of each listing', () => {
  const trades = makeTrades(1000, slots, seededRandom(4))
  const last = playTrades(trades, slots)
  for (const [slot, line] of last.entries()) {
    const { price, at, id } = trades.findLast((trade) => trade.slot === slot) ?? { price: '', at: 0, id: '' }
    expect(line).toBe(`${price} at ${at} id ${id} confirmed ${at} L1_MEMORY`)
  }
})
