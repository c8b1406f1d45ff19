import { expect, test } from 'vitest'
import { playHistories } from '../testing/history/history.ts'
import { chooseSeed } from '../testing/seeded-random.ts'

const seed = chooseSeed()

test(`200 random histories: the newest trade that was shown is served, neither younger nor older than it is (TRINITY_SEED=${seed})`, async () => {
  const { violations, overcautious, judged, fresh } = await playHistories(seed, 200)
  expect(violations).toEqual([])
  expect(overcautious).toEqual([])
  expect(fresh).toBeGreaterThan(judged / 2)
}, 120_000)

test.each([
  ['a short sleep before a long one, at a venue that was seen too seldom', 2_045_713_613],
  ['a slow venue beside a node that is behind', 424_242],
  ['a late trade that seems to be on time after a short sleep', 967_242_610],
  ['a snapshot whose newest trade was refused as from the future', 555_906_053],
  ['bodies that say when they were made, by a node whose time is wrong', 113_170_554],
  ['a late trade that is judged later than a reading, and the next that is not', 1_000_783],
  ['a clock that was behind, and was set right while few trades came', 967_240_431],
  ['a late trade after a short jump and a long one', 3_000_335],
  ['a venue ahead whose trades all come late for a minute', 6_000_763],
  ['one venue that trades after a short sleep that nobody has seen, and a long one', 5_000_134],
  ["a venue's first trade, which has waited through a sleep", 885],
  ['a sleep before it is known that the clock is ten years ahead', 1_550_932_163],
  ['a venue ahead whose frames have all waited through a sleep', 30_003_658],
  ['a first frame that has waited through a sleep, of a venue behind', 851_792_387],
  ['trades that come as late as the clock was set back', 851_794_598],
  ['a venue behind that has traded little while the clock was wrong', 2263],
])('a history that went wrong: %s', async (_, seed) => {
  const { violations, overcautious } = await playHistories(seed, 1)
  expect([violations, overcautious]).toEqual([[], []])
})
