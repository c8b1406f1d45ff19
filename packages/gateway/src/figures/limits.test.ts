import { chooseSeed } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { randomPairs, tryLimits } from '../../test-support/load/limits.fixture.ts'

test('limits hold in every window and are given out, whatever the worker and the protocol', { timeout: 30_000 }, async () => {
  const seed = chooseSeed()
  for (const { queriesPerSecond, burst, excess, admitted, counted, allowed } of await tryLimits(randomPairs(3, seed), 1000, 2)) {
    const pair = `seed ${seed}, L ${queriesPerSecond}, burst ${burst}`
    expect(excess, pair).toBeLessThanOrEqual(0)
    expect(counted, pair).toBe(admitted)
    // Long runs ask for 99 %; here the machine does other things too.
    expect(admitted, pair).toBeGreaterThanOrEqual(Math.floor(0.95 * allowed) - 1)
  }
})
