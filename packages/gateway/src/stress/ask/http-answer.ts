import { asObject, isPriceText, readObject } from '@trinity/core'
import type { Outcome } from '../measure/ledger.ts'

/** What an answer of `/price` is worth. */
export interface HttpVerdict {
  readonly outcome: Exclude<Outcome, 'lost'>
  /** Empty where there is a price. */
  readonly reason: string
}

const priced: HttpVerdict = { outcome: 'priced', reason: '' }

/** A price needs status 200 and a body with the asset asked for and its price; 429 and 503 are refusals; all else has failed. */
export function judgeAnswer(status: number, body: Uint8Array, asset: string): HttpVerdict {
  const fields = readObject(body)
  if (status !== 200) {
    const code = asObject(fields?.error)?.code
    const suffix = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? ` ${code}` : ''
    return { outcome: status === 429 || status === 503 ? 'refused' : 'failed', reason: `${status}${suffix}` }
  }
  if (fields === undefined) return { outcome: 'failed', reason: '200 without a JSON object' }
  if (fields.asset !== asset.toUpperCase() || typeof fields.price_text !== 'string' || !isPriceText(fields.price_text))
    return { outcome: 'failed', reason: '200 without a price' }
  return priced
}
