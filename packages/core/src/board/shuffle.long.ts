import { expect, test } from 'vitest'
import { lastTrades, playTrades } from '../testing/board/play-trades.ts'
import { disorder, makeTrades } from '../testing/board/shuffled-trades.ts'
import { chooseSeed, seededRandom } from '../testing/seeded-random.ts'

const [count, slots, rounds] = [1_000_000, 10_000, 3]

test('a million trades, a fifth duplicated and a fifth shuffled, end in the same board as the clean order', { timeout: 1_800_000 }, () => {
  const seed = chooseSeed()
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(seed + round)
    const trades = makeTrades(count, slots, random)
    const arrivals = disorder(trades, 0.2, 0.2, random)
    console.log(`seed ${seed + round}: ${count} trades, ${arrivals.length} arrivals, ${slots} listings`)
    const expected = lastTrades(trades, slots)
    expect(playTrades(trades, slots)).toEqual(expected)
    expect(playTrades(arrivals, slots)).toEqual(expected)
  }
})
