import type { ErrorFacts } from '../http/error-facts.ts'
import type { ServedPrice } from './price-service.ts'

/** What an answer says of the server that gave it. */
export interface AnswerTimes {
  readonly node: string
  /** Look-up alone, and everything since the request was read; milliseconds. */
  readonly latencyMs: number
  readonly durationMs: number
}

/** What stays the same in every answer until the next trade or confirmation. */
interface PreparedMembers {
  readonly of: ServedPrice
  readonly beforeAge: string
  readonly afterAge: string
}

/** By the name that was asked for; no more of them than the asset table ever has. */
const prepared = new Map<string, PreparedMembers>()

/**
 * The fields of a price as JSON members, without braces. The price stands in as the venue's own digits, which a number
 * type could not carry.
 */
export function priceMembers(price: ServedPrice): string {
  let members = prepared.get(price.asset)
  if (members === undefined || !isSameProof(members.of, price)) prepared.set(price.asset, (members = prepareMembers(price)))
  return `${members.beforeAge}${price.ageMs / 1000}${members.afterAge}${price.stale},"market":"${price.market}"`
}

function isSameProof(a: ServedPrice, b: ServedPrice): boolean {
  return (
    a.confirmedUtc === b.confirmedUtc &&
    a.at === b.at &&
    a.price === b.price &&
    a.source === b.source &&
    a.currency === b.currency &&
    a.tier === b.tier &&
    a.cached === b.cached &&
    a.freshnessLimitMs === b.freshnessLimitMs
  )
}

function prepareMembers(price: ServedPrice): PreparedMembers {
  return {
    of: price,
    beforeAge:
      `"asset":"${price.asset}","price":${price.price},"price_text":"${price.price}","currency":${jsonText(price.currency)}` +
      `,"basis":"last_trade","source":${jsonText(price.source)},"timestamp":${price.at === null ? 'null' : isoText(price.at)}` +
      `,"confirmed_at":${isoText(price.confirmedUtc)},"cached":${price.cached},"cache_tier":"${price.tier}","cache_age_seconds":`,
    afterAge: `,"freshness_limit_seconds":${price.freshnessLimitMs / 1000},"stale":`,
  }
}

/** The body of `GET /price`. */
export function priceBody(price: ServedPrice, times: AnswerTimes): string {
  return `{"status_code":200,"endpoint":"/price",${priceMembers(price)},${timeMembers(times)}}`
}

/** An asset of `POST /prices` that could not be answered. */
export interface PriceFailure extends ErrorFacts {
  readonly asset: string
}

/** The body of `POST /prices`. */
export function pricesBody(prices: readonly ServedPrice[], errors: readonly PriceFailure[], times: AnswerTimes): string {
  const rows = prices.map((price) => `{${priceMembers(price)}}`).join(',')
  return `{"status_code":200,"endpoint":"/prices","count":${prices.length},"prices":[${rows}],"errors":${JSON.stringify(errors)},${timeMembers(times)}}`
}

function timeMembers({ node, latencyMs, durationMs }: AnswerTimes): string {
  if (node !== nodeName) [nodeName, nodeMember] = [node, `,"node":${jsonText(node)}`]
  const latency = msText(latencyMs)
  return `"latency_ms":${latency},"duration_ms":${durationMs === latencyMs ? latency : msText(durationMs)}${nodeMember}`
}

/** The node's name never changes in a process. */
let nodeName = ''
let nodeMember = ',"node":""'

const msText = (ms: number): string => String(Math.round(ms * 1000) / 1000)

/** A text as JSON in ASCII alone, so that a body has as many bytes as characters. */
function jsonText(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const isoText = (ms: number): string => `"${new Date(ms).toISOString()}"`
