import { must } from '../errors.ts'

/** Headers of a fetch request, or of Node, Lambda and others: names in any case, values alone or in arrays. */
export type HeadersLike = { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>

/** Values of `webhook-id`, `webhook-timestamp` and `webhook-signature`. */
type Envelope = readonly [id: string, timestamp: string, signatures: string]

export const headerNames: readonly string[] = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
const forms = [
  // Without the dot that separates what is signed, lest an id could be read in two ways, and without the comma of a doubled header.
  /^[!-+\-/-~]{1,256}$/,
  /^\d{1,12}$/,
  // At most 16, each with one comma: a second one comes from a doubled header.
  /^([^ ,]+(,[^ ,]*)?( |$)){1,16}$/,
]

/**
 * Finds the three headers. What came twice gets a comma, as in Node and fetch, and so no longer has its form.
 *
 * @throws WebhookError HEADER_MISSING, HEADER_INVALID
 */
export function readHeaders(headers: HeadersLike): Envelope {
  let found: (string | null)[] = []
  if (typeof headers?.get === 'function') found = headerNames.map((name) => (headers as Headers).get(name))
  else {
    for (const name in headers) {
      const i = headerNames.indexOf(name.toLowerCase())
      if (i >= 0) found[i] = i in found ? ',' : String(headers[name as never] ?? '')
    }
  }
  return checkForms(found)
}

/** @throws WebhookError HEADER_MISSING, HEADER_INVALID */
export function checkForms(envelope: readonly (string | null)[]): Envelope {
  headerNames.forEach((name, i) => must(forms[i]?.test(envelope[i] ?? ''), envelope[i] ? 'HEADER_INVALID' : 'HEADER_MISSING', name))
  return envelope as Envelope
}
