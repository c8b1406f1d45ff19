import { expect, test } from 'vitest'
import { playTrades } from '../testing/play-trades.ts'
import { chooseSeed, seededRandom } from '../testing/seeded-random.ts'
import { disorder, makeTrades } from '../testing/shuffled-trades.ts'

const [count, slots, rounds] = [1_000_000, 150, 3]

test('a million trades, a fifth duplicated and a fifth shuffled, end in the same board as the clean order', { timeout: 1_800_000 }, () => {
  const seed = chooseSeed()
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(seed + round)
    const trades = makeTrades(count, slots, random)
    const arrivals = disorder(trades, 0.2, 0.2, random)
    console.log(`seed ${seed + round}: ${count} trades, ${arrivals.length} arrivals, ${slots} listings`)
    expect(playTrades(arrivals, slots)).toEqual(playTrades(trades, slots))
  }
})
