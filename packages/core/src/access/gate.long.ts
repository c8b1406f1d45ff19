import { expect, test } from 'vitest'
import { compareLimiters } from '../testing/access/compare-limiters.ts'
import { emptyBuckets, saturate, useUpMonths } from '../testing/access/crowd-rounds.ts'
import { chooseSeed, seededRandom } from '../testing/seeded-random.ts'

const seed = chooseSeed()

test('ten million arrivals are judged as by the exact oracle', { timeout: 600_000 }, () => {
  const { arrivals, admitted, disagreements, example } = compareLimiters(10_000_000, seededRandom(seed))
  console.log(`${arrivals} arrivals, ${admitted} admitted, ${disagreements} disagreements (TRINITY_SEED=${seed})`)
  expect([disagreements, example]).toEqual([0, ''])
})

test(
  'four threads without a pause get never more than rate and burst in any window, and all of the rate: 100 random pairs',
  { timeout: 600_000 },
  async () => {
    const found = await saturate(4, 100, 500, seededRandom(seed))
    const worst = found.toSorted((a, b) => b.excess - a.excess)[0]
    // A smaller bucket overflows while a busy machine runs none of the threads, and how often it did can't be told from outside.
    const roomy = found.filter(({ rate, burst }) => burst >= rate * 0.1)
    const poorest = roomy.toSorted((a, b) => a.share - b.share)[0]
    console.log(`${roomy.length} roomy pairs, worst excess ${JSON.stringify(worst)}, least share ${JSON.stringify(poorest)} (TRINITY_SEED=${seed})`)
    for (const { excess, rate, burst } of found) expect(excess, `${rate} a second, burst ${burst}`).toBeLessThanOrEqual(0)
    for (const { share, rate, burst } of roomy) expect(share, `${rate} a second, burst ${burst}`).toBeGreaterThanOrEqual(0.99)
  },
)

test.each([2 ** 30, 2 ** 32])('four threads empty 40,000 full buckets to the last request, %i units apart', { timeout: 600_000 }, async (step) => {
  const admitted = await emptyBuckets(4, 40_000, 40, step)
  expect(admitted.filter((count) => count !== 40)).toEqual([])
})

test('four threads use up the quota of 5,000 months while each turns, to the last request', { timeout: 600_000 }, async () => {
  const admitted = await useUpMonths(4, 5000, 200)
  expect(admitted.filter((count) => count !== 200)).toEqual([])
})
