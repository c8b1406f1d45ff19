import { createHash } from 'node:crypto'

/** The strong validator of bytes, quoted. */
export function entityTagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
}

const tags = /"[\x21\x23-\x7e\x80-\xff]*"/g

/** Whether an `If-None-Match` header names a validator or anything at all (RFC 9110, 13.1.2): weakly compared, so a W/ before it doesn't count. */
export function isNamedIn(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  for (const [given] of ifNoneMatch.matchAll(tags)) if (given === tag) return true
  return false
}
