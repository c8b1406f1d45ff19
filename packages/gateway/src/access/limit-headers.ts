import type { Gate, KeyReader, Plan } from '@trinity/core'

/**
 * Header fields that tell the holder of a key how its limits stand, in the form of the IETF draft
 * (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/); undefined for a key without limits.
 */
export type LimitHeaders = Readonly<Record<'ratelimit-policy' | 'ratelimit', string>> | undefined

/** What a {@link Gate} tells after a request. */
export type LimitState = Pick<Gate, 'remaining' | 'resetMs' | 'monthRemaining' | 'monthResetMs'>

const policies = new WeakMap<KeyReader, (string | undefined)[]>()

/** The fields for the answer to the request that the gate decided last. */
export function limitHeaders(keys: KeyReader, row: number, gate: LimitState): LimitHeaders {
  const state = limitState(gate)
  if (state === '') return undefined
  let prepared = policies.get(keys)
  if (prepared === undefined) policies.set(keys, (prepared = []))
  const policy = (prepared[keys.planNumber(row)] ??= limitPolicy(keys.plan(row)))
  return { 'ratelimit-policy': policy, ratelimit: state }
}

/**
 * `RateLimit-Policy`: what the plan allows. `default` is the rate, with the requests that a full bucket holds as `burst`; `month` is
 * the calendar month, whose length varies and is therefore not told. Empty without limits.
 */
export function limitPolicy({ queriesPerSecond, burst, monthlyQueries }: Plan): string {
  const rate = queriesPerSecond === null ? [] : [`"default";q=${queriesPerSecond};w=1;burst=${burst ?? queriesPerSecond}`]
  return [...rate, ...(monthlyQueries === null ? [] : [`"month";q=${monthlyQueries}`])].join(', ')
}

/** `RateLimit`: requests left (`r`) and the seconds until all are there again (`t`), for each item of the policy. Empty without limits. */
export function limitState({ remaining, resetMs, monthRemaining, monthResetMs }: LimitState): string {
  const rate = remaining < 0 ? '' : `"default";r=${remaining};t=${wholeSeconds(resetMs)}`
  if (monthRemaining < 0) return rate
  return `${rate}${rate === '' ? '' : ', '}"month";r=${monthRemaining};t=${wholeSeconds(monthResetMs)}`
}

/** Seconds as `Retry-After` and `RateLimit` have them: whole, and never too few. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000)
}
