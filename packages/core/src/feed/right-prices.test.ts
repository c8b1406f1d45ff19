import { expect, test } from 'vitest'
import { playHistories } from '../testing/history/history.ts'
import { chooseSeed } from '../testing/seeded-random.ts'

const seed = chooseSeed()

test(`300 random histories: the newest trade that was shown is served, never younger than it is (TRINITY_SEED=${seed})`, async () => {
  const { violations, judged, fresh } = await playHistories(seed, 300)
  expect(violations).toEqual([])
  expect(fresh).toBeGreaterThan(judged / 2)
}, 120_000)
