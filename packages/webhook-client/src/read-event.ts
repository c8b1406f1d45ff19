import { must } from './errors.ts'
import type { Delivery, UnknownEvent, WebhookEvent } from './event.ts'

/** Something parsed: whatever it is, its fields may be asked for. */
type Parsed = { readonly [field: string]: Parsed } | null | undefined

const text = /./
const decimal = /^(0|[1-9]\d*)(\.\d+)?$/
const time = /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d+)?Z$/

function hasForm(form: RegExp, value: unknown): boolean {
  return typeof value === 'string' && form.test(value)
}

function isPrice(price: Parsed): unknown {
  return (
    price &&
    hasForm(text, price.asset) &&
    hasForm(text, price.currency) &&
    hasForm(text, price.source) &&
    hasForm(decimal, price.price_text) &&
    hasForm(time, price.confirmed_at) &&
    (price.timestamp === null || hasForm(time, price.timestamp)) &&
    typeof price.cache_age_seconds === 'number' &&
    typeof price.stale === 'boolean'
  )
}

function isNotice({ data }: NonNullable<Parsed>): boolean {
  return data instanceof Object
}

/** Whether an event is what its type promises. */
const checks = /* @__PURE__ */ new Map<unknown, (event: NonNullable<Parsed>) => unknown>([
  [
    'price.update',
    ({ sequence, timestamp, expires_at: expiry, data }) =>
      Number.isSafeInteger(sequence) &&
      hasForm(time, timestamp) &&
      hasForm(time, expiry) &&
      Array.isArray(data?.prices) &&
      data.prices.every(isPrice),
  ],
  ['endpoint.verify', ({ data }) => hasForm(text, data?.token)],
  ['subscription.quota', isNotice],
  ['subscription.paused', isNotice],
  ['endpoint.disabled', isNotice],
])

/** Reads a body that is known to be genuine. @throws WebhookError EVENT_INVALID, EXPIRED */
export function readEvent(delivery: Delivery, nowMs: number): WebhookEvent {
  let body: Parsed
  try {
    body = JSON.parse(delivery.rawBody) as Parsed
  } catch {
    // Genuine and not JSON: an event of nobody's type.
  }
  const check = checks.get(body?.type)
  if (!check) return { type: 'unknown', body, ...delivery }
  must(check(body as NonNullable<Parsed>), 'EVENT_INVALID')
  // Written so that a time which no calendar has counts as past.
  must(!body?.expires_at || nowMs < Date.parse(body.expires_at as unknown as string), 'EXPIRED')
  return { ...(body as unknown as Exclude<WebhookEvent, UnknownEvent>), ...delivery }
}
