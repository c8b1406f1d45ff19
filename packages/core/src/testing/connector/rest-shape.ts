import { asObject } from '../../frame/read-object.ts'
import { isSaneTime } from './decode-checks.ts'

const states: readonly unknown[] = ['trading', 'halted', 'closed']

/** What a result of `rest.decode` has of neither of its two forms, in words; its ticks are looked at elsewhere. */
export function pricesFault(result: unknown): string | undefined {
  const { rejected, ticks, madeAt } = asObject(result) ?? {}
  if (rejected !== undefined) return rejectionFault(result)
  if (Array.isArray(result)) return 'decode must return { ticks } and not a list, or { rejected } for a refusal'
  if (!Array.isArray(ticks)) return 'there are neither ticks nor a rejection; return { ticks }, or { rejected } for a refusal'
  const isTime = madeAt === undefined || (typeof madeAt === 'number' && isSaneTime(madeAt))
  return isTime ? undefined : 'madeAt is not whole epoch milliseconds of this century'
}

/** What a rejection must not have, in words. */
export function rejectionFault(result: unknown): string | undefined {
  const { rejected, retryAfterMs } = asObject(result) ?? {}
  if (typeof rejected !== 'string' || rejected === '') return 'the rejection has no words'
  const isPause = retryAfterMs === undefined || (typeof retryAfterMs === 'number' && retryAfterMs >= 0 && retryAfterMs < Infinity)
  return isPause ? undefined : 'retryAfterMs is no pause'
}

/** What a result of `list.decode` has of neither of its two forms, in words. */
export function listedFault(result: unknown): string | undefined {
  if (!Array.isArray(result)) return rejectionFault(result)
  for (const row of result as readonly unknown[]) {
    const { symbol, state, restName, unknownState } = asObject(row) ?? {}
    if (typeof symbol !== 'string' || symbol === '') return 'a row has no symbol'
    if (!states.includes(state)) return `the state of ${symbol} is none`
    if (!isTextOrAbsent(restName)) return `the REST name of ${symbol} is no text`
    if (unknownState !== undefined && (typeof unknownState !== 'string' || state !== 'halted'))
      return `${symbol} has an unknown state and is not halted`
  }
  return undefined
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value !== '')
}
