import { expect, test } from 'vitest'
import { plans, tiers } from './plan.ts'

test('every tier has a plan whose least wait is the time that its rate takes for one request', () => {
  expect(tiers.toSorted()).toEqual(Object.keys(plans).toSorted())
  for (const { queriesPerSecond, burst, minWaitSeconds } of Object.values(plans)) {
    expect(minWaitSeconds).toBe(queriesPerSecond === null ? 0 : 1 / queriesPerSecond)
    expect(burst === null).toBe(queriesPerSecond === null)
  }
})
