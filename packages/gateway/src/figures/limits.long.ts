import { chooseSeed } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { randomPairs, tryLimits } from '../../test-support/load-limits.fixture.ts'

test('4 workers, 64 clients over HTTP and UDP, one key: 100 random limits hold in every window and are given out', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const results = await tryLimits(randomPairs(100, seed), 1500)
  const shares = results.map(({ admitted, allowed }) => admitted / allowed)
  const asked = results.reduce((sum, { admitted, refused }) => sum + admitted + refused, 0)
  const unasked = results.map((result) => result.unasked / result.allowed)
  console.log(`${results.length} pairs, ${asked} requests answered, ${results.reduce((sum, { lost }) => sum + lost, 0)} lost`)
  console.log(`admissions beyond the limit in the worst window of any length: ${Math.max(...results.map(({ excess }) => excess))}`)
  console.log(`least share of L + burst given out: ${(100 * Math.min(...shares)).toFixed(2)} %`)
  console.log(`not asked for while nobody had the processor: ${(100 * Math.max(...unasked)).toFixed(2)} % in the worst pair`)
  for (const { queriesPerSecond, burst, mostInWindow, excess, admitted, counted, allowed } of results) {
    const pair = `L ${queriesPerSecond}, burst ${burst}`
    expect(mostInWindow, pair).toBeLessThanOrEqual(queriesPerSecond + burst)
    expect(excess, pair).toBeLessThanOrEqual(0)
    expect(counted, pair).toBe(admitted)
    expect(admitted, pair).toBeGreaterThanOrEqual(Math.floor(0.99 * allowed) - 1)
  }
})
