import { expect, test } from 'vitest'
import { playHistories } from '../testing/history/history.ts'
import { chooseSeed } from '../testing/seeded-random.ts'

const seed = chooseSeed()

test(`200 random histories: the newest trade that was shown is served, never younger than it is (TRINITY_SEED=${seed})`, async () => {
  const { violations, overcautious, judged, fresh } = await playHistories(seed, 200)
  expect(violations).toEqual([])
  expect(fresh).toBeGreaterThan(judged / 2)
  // After some jumps of the clock only luck could tell how old a price is: it may seem older than that.
  expect(overcautious.length).toBeLessThanOrEqual(judged / 1000)
}, 120_000)

test.each([
  ['a short sleep before a long one, at a venue that was seen too seldom', 2_045_713_613],
  ['a slow venue beside a node that is behind', 424_242],
  ['a late trade that seems to be on time after a short sleep', 967_242_610],
  ['a snapshot whose newest trade was refused as from the future', 555_906_053],
])('a history that went wrong: %s', async (_, seed) => {
  expect((await playHistories(seed, 1)).violations).toEqual([])
})
