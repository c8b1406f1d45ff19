import { describe, expect, test } from 'vitest'
import { levelSteps, planLevels } from './levels.ts'

describe('levels', () => {
  test('are 13, rise, and end at 21,000', () => {
    expect(levelSteps).toHaveLength(13)
    expect(levelSteps.toSorted((a, b) => a - b)).toEqual([...new Set(levelSteps)])
    expect([levelSteps[0], levelSteps[12]]).toEqual([1, 21_000])
    expect(planLevels(13).map(({ outstanding }) => outstanding)).toEqual([...levelSteps])
  })

  test('of a shorter run are the lowest', () => {
    expect(planLevels(3)).toEqual([
      { number: 1, outstanding: 1, ratePerSecond: undefined },
      { number: 2, outstanding: 2, ratePerSecond: undefined },
      { number: 3, outstanding: 5, ratePerSecond: undefined },
    ])
  })

  test('of an open loop rise to the whole rate', () => {
    expect(planLevels(4, 1000).map(({ ratePerSecond }) => ratePerSecond)).toEqual([250, 500, 750, 1000])
    expect(planLevels(2, 10).map(({ outstanding }) => outstanding)).toEqual([21_000, 21_000])
  })
})
