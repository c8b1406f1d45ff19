import { TrinityError } from '../errors.ts'
import { highestBurst, highestQueriesPerSecond, isCountable } from './gcra.ts'
import type { Plan } from './plan.ts'
import { highestQuota } from './quota.ts'

/**
 * Refuses a plan that can't be counted exactly for ten years.
 * @throws TrinityError `TRN_SETTING_INVALID`: names the field and what it may be
 */
export function checkPlan({ queriesPerSecond, burst, monthlyQueries, monthlyReports }: Plan): void {
  if (queriesPerSecond !== null) {
    requireCount('queriesPerSecond', queriesPerSecond, 1, highestQueriesPerSecond)
    if (!isCountable(queriesPerSecond)) throw uncountable(queriesPerSecond)
    requireCount('burst', burst ?? 0, 1, highestBurst)
  }
  if (monthlyQueries !== null) requireCount('monthlyQueries', monthlyQueries, 0, highestQuota)
  if (monthlyReports !== null) requireCount('monthlyReports', monthlyReports, 0, highestQuota)
}

function requireCount(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TrinityError('TRN_SETTING_INVALID', `${name} of a plan is ${value}; it must be a whole number from ${least} to ${most}.`)
}

function uncountable(queriesPerSecond: number): TrinityError {
  const nearest = [nearestCountable(queriesPerSecond, -1), nearestCountable(queriesPerSecond, 1)]
  return new TrinityError(
    'TRN_SETTING_INVALID',
    `queriesPerSecond of a plan is ${queriesPerSecond}, which can't be counted exactly for ten years; ${nearest.join(' and ')} can.`,
  )
}

/** There is one on either side: the lowest rates and the highest one are countable. */
function nearestCountable(queriesPerSecond: number, step: 1 | -1): number {
  let rate = queriesPerSecond + step
  while (!isCountable(rate)) rate += step
  return rate
}
