import { randomUUID } from 'node:crypto'

/** A request id that is taken from a caller. */
export const harmless = /^[A-Za-z0-9._-]{1,64}$/
const nameLength = 'x-request-id'.length

/**
 * The client's own id where it sent one of a harmless form, else a new one: also where it sent several.
 * @param rawHeaders names and values in turn, as received
 */
export function requestIdOf(rawHeaders: readonly string[]): string {
  let given: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length !== nameLength || name.toLowerCase() !== 'x-request-id') continue
    if (given !== undefined) return randomUUID()
    given = rawHeaders[i + 1]
  }
  return given !== undefined && harmless.test(given) ? given : randomUUID()
}
