import { chooseSeed } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { type LimitResult, randomPairs, tryLimits } from '../../test-support/load/limits.fixture.ts'

test('4 workers, 64 clients over HTTP and UDP, one key: 100 random limits hold in every window and are given out', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const results = await tryLimits(randomPairs(100, seed), 1500)
  const sum = (pick: (result: LimitResult) => number): number => results.reduce((total, result) => total + pick(result), 0)
  const [admittedAll, allowedAll] = [sum(({ admitted }) => admitted), sum(({ allowed }) => allowed)]
  // Of few requests one more or less is much.
  const shares = results.filter(({ allowed }) => allowed >= 100).map(({ admitted, allowed }) => admitted / allowed)
  const asked = sum(({ admitted, refused }) => admitted + refused)
  const unasked = results.map((result) => result.unasked / result.allowed)
  console.log(`${results.length} pairs, ${asked} requests answered, ${sum(({ lost }) => lost)} not`)
  console.log(`admissions beyond the limit in the worst window of any length: ${Math.max(...results.map(({ excess }) => excess))}`)
  console.log(
    `given out of L + burst: ${((100 * admittedAll) / allowedAll).toFixed(2)} % in all, at least ${(100 * Math.min(...shares)).toFixed(2)} % ` +
      `of each of ${shares.length} pairs with 100 requests or more`,
  )
  console.log(`not asked for while nobody had the processor: ${(100 * Math.max(...unasked)).toFixed(2)} % in the worst pair`)
  expect(sum(({ lost }) => lost)).toBe(0)
  for (const { queriesPerSecond, burst, mostInWindow, excess, admitted, counted, allowed } of results) {
    const pair = `L ${queriesPerSecond}, burst ${burst}`
    expect(mostInWindow, pair).toBeLessThanOrEqual(queriesPerSecond + burst)
    expect(excess, pair).toBeLessThanOrEqual(0)
    expect(counted, pair).toBe(admitted)
    expect(admitted, pair).toBeGreaterThanOrEqual(Math.floor(0.99 * allowed) - 1)
  }
})
