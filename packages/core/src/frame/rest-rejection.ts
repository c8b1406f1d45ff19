import type { RestRejection } from '../connector.ts'
import { type JsonObject, asObject, asObjects } from './read-object.ts'
import { rejectionText } from './rejection-text.ts'

/** Fields that name a refusal, and those that say it in words, as venues and the gateways before them call them. */
const nameFields = ['error', 'errors', 'label', 'reason', 'code', 'error_code']
const wordFields = ['message', 'msg', 'error_message']
const maxListed = 5

/**
 * What a parsed body says that has no rows: the venue's words, else that it can't be read. The latter is no refusal, so nothing pauses for it.
 */
export function restRejection(body: unknown): RestRejection {
  const words = wordsOf(asObject(body), (value) => listedText(value))
  return words === '' ? { rejected: 'unreadable body', retryAfterMs: 0 } : { rejected: rejectionText(words) }
}

/** The objects among the rows of a parsed body, or what the body says in their place. */
export function restRows(rows: unknown, body: unknown): readonly JsonObject[] | RestRejection {
  return Array.isArray(rows) ? asObjects(rows) : restRejection(body)
}

/** Whether a code says success: 0, as number or text, or none at all. */
export function isSuccessCode(code: unknown): boolean {
  return code === undefined || code === 0 || code === '0'
}

function wordsOf(fields: JsonObject | undefined, textOf: (value: unknown) => string, names = nameFields): string {
  if (fields === undefined) return ''
  return [names, wordFields]
    .map((group) => group.map((field) => textOf(fields[field])).find((text) => text !== '') ?? '')
    .filter((text) => text !== '')
    .join(': ')
}

/** A field may hold several refusals, and each may be an object. */
function listedText(value: unknown): string {
  const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, maxListed) : [value]
  return values
    .map((one) => plainText(one) || wordsOf(asObject(one), plainText, ['id', ...nameFields]))
    .filter((text) => text !== '')
    .join(', ')
}

function plainText(value: unknown): string {
  return (typeof value === 'string' || typeof value === 'number') && !isSuccessCode(value) ? String(value).trim() : ''
}
