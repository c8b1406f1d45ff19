import { expect, test } from 'vitest'
import { emptyBuckets, saturate, useUpMonths } from '../testing/access/crowd-rounds.ts'
import { chooseSeed, seededRandom } from '../testing/seeded-random.ts'

const seed = chooseSeed()

test.each([2 ** 30, 2 ** 32])('four threads empty full buckets to the last request, %i units apart', { timeout: 60_000 }, async (step) => {
  expect(await emptyBuckets(4, 300, 40, step)).toEqual(Array.from({ length: 300 }, () => 40))
})

test('four threads use up a month to the last request while it turns', { timeout: 60_000 }, async () => {
  expect(await useUpMonths(4, 200, 150)).toEqual(Array.from({ length: 201 }, () => 150))
})

test('threads without a pause get never more than rate and burst in any window', { timeout: 60_000 }, async () => {
  for (const { excess, rate, burst, admitted } of await saturate(4, 4, 150, seededRandom(seed))) {
    expect(excess, `${rate} a second, burst ${burst}, TRINITY_SEED=${seed}`).toBeLessThanOrEqual(0)
    expect(admitted).toBeGreaterThanOrEqual(burst)
  }
})
