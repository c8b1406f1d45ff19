import { expect, test } from 'vitest'
import { testPlan } from '../testing/access/key-entries.ts'
import { checkPlan } from './check-plan.ts'
import { type Plan, plans } from './plan.ts'

function refusalOf(plan: Plan): unknown {
  try {
    checkPlan(plan)
    return undefined
  } catch (error) {
    return error
  }
}

test('the plan of every tier can be counted', () => {
  for (const plan of Object.values(plans)) expect(refusalOf(plan)).toBeUndefined()
})

test.each([
  ['queriesPerSecond', testPlan(0, 1)],
  ['queriesPerSecond', testPlan(1.5, 1)],
  ['queriesPerSecond', testPlan(Number.NaN, 1)],
  ['queriesPerSecond', testPlan(1_000_001, 1)],
  ['burst', testPlan(1, 0)],
  ['burst', testPlan(1, null)],
  ['burst', testPlan(1, 10_000_001)],
  ['monthlyQueries', testPlan(1, 1, -1)],
  ['monthlyQueries', testPlan(1, 1, 2 ** 24)],
  ['monthlyReports', { ...plans.pro, monthlyReports: -1 }],
  ['monthlyReports', { ...plans.pro, monthlyReports: 2 ** 24 }],
])('a wrong %s is refused, and the refusal names it: %j', (field, plan) => {
  expect(refusalOf(plan)).toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringContaining(`${field} of a plan is`) as string })
})

test('the bounds themselves are allowed', () => {
  for (const plan of [testPlan(1_000_000, 10_000_000, 2 ** 24 - 1), testPlan(1, 1, 0), { ...plans.pro, monthlyReports: 2 ** 24 - 1 }])
    expect(refusalOf(plan)).toBeUndefined()
})

test('a rate that 64 bits can’t count exactly for ten years is refused with the nearest ones that they can', () => {
  const message = "queriesPerSecond of a plan is 999983, which can't be counted exactly for ten years; 999960 and 1000000 can."
  expect(refusalOf(testPlan(999_983, 1))).toMatchObject({ code: 'TRN_SETTING_INVALID', message })
  expect(refusalOf(testPlan(999_960, 1))).toBeUndefined()
})
