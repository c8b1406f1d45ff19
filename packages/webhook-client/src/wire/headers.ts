import { must } from '../errors.ts'

/** Headers of a fetch request, or of Node, Lambda and others: names in any case, values alone or in arrays. */
export type HeadersLike = { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>

/** Values of `webhook-id`, `webhook-timestamp` and `webhook-signature`, empty or null where there is none. */
export type Envelope = readonly (string | null | undefined)[]

const names: readonly string[] = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
const forms = [
  // Without the dot that separates what is signed, lest an id could be read in two ways, and without the comma of a doubled header.
  /^[!-+\-/-~]{1,256}$/,
  /^\d{1,12}$/,
  // At most 16, each with one comma: a second one comes from a doubled header.
  /^([^ ,]+(,[^ ,]*)?( |$)){1,16}$/,
]

/** Finds the three headers. What came twice gets a comma, as in Node and fetch, and so no longer has its form. */
export function readHeaders(headers: HeadersLike): Envelope {
  if (typeof headers?.get === 'function') return names.map((name) => (headers as Headers).get(name))
  const found: string[] = []
  for (const [name, value] of Object.entries(headers ?? {})) {
    const i = names.indexOf(name.toLowerCase())
    if (i >= 0) found[i] = i in found ? ',' : String(value ?? '')
  }
  return found
}

/** @throws WebhookError HEADER_MISSING, HEADER_INVALID */
export function checkForms(envelope: Envelope): void {
  names.forEach((name, i) => must(forms[i]?.test(envelope[i] ?? ''), envelope[i] ? 'HEADER_INVALID' : 'HEADER_MISSING', ` ${name}`))
}
