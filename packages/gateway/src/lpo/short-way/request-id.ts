import { randomUUID } from 'node:crypto'

const harmless = /^[A-Za-z0-9._-]{1,64}$/

/** The caller's own id where it has a harmless form, else a new one. */
export function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && harmless.test(given) ? given : randomUUID()
}
