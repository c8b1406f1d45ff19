import { expect, test } from 'vitest'
import { lastTrades, playTrades } from '../testing/board/play-trades.ts'
import { disorder, makeTrades } from '../testing/board/shuffled-trades.ts'
import { seededRandom } from '../testing/seeded-random.ts'

const slots = 1000

test.each([1, 2, 3, 4])('duplicated and shuffled trades end in the same board as the clean order, seed %i', (seed) => {
  const random = seededRandom(seed)
  const trades = makeTrades(20_000, slots, random)
  const arrivals = disorder(trades, 0.2, 0.2, random)
  expect(arrivals.length).toBeGreaterThan(22_000)
  const expected = lastTrades(trades, slots)
  expect(playTrades(trades, slots)).toEqual(expected)
  expect(playTrades(arrivals, slots)).toEqual(expected)
})
