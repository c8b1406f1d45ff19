import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TurnBudget } from './turn-budget.ts'

test('answers the first of a turn, and others as long as there is time', () => {
  let nowMs = 1000
  const budget = new TurnBudget(50, undefined, () => nowMs)
  nowMs += 500
  expect(budget.take()).toBe(true)
  nowMs += 49
  expect([budget.take(), budget.take()]).toEqual([true, true])
  nowMs += 1
  expect([budget.take(), budget.take()]).toEqual([false, false])
  budget.endTurn()
  expect(budget.take()).toBe(true)
  nowMs += 49
  expect(budget.take()).toBe(true)
})

test('of many answers it looks at the time after every eighth', () => {
  let looks = 0
  const budget = new TurnBudget(50, undefined, () => (looks++ < 10 ? 0 : 50))
  const answered = Array.from({ length: 40 }, () => budget.take()).lastIndexOf(true) + 1
  // The beginning, the first seven and then 8, 16 and 24.
  expect([answered, looks]).toEqual([24, 11])
})

test('without any time it answers one in a turn', () => {
  const budget = new TurnBudget(0)
  expect([budget.take(), budget.take()]).toEqual([true, false])
  budget.endTurn()
  expect([budget.take(), budget.take()]).toEqual([true, false])
})

test('a turn may be that of the event loop', async () => {
  const budget = new TurnBudget(0, setImmediate)
  for (let turn = 0; turn < 3; turn++) {
    expect([budget.take(), budget.take()]).toEqual([true, false])
    await nextTurn()
  }
})
