import { hash } from 'node:crypto'
import { type KeyReader, TrinityError } from '@trinity/core'
import { hasKeyForm, isKeyIntact } from './api-key.ts'

const bearer = /^Bearer +([\x21-\x7e]{1,256})$/i
const digest = new Uint8Array(32)

/**
 * The row of the key in an Authorization header. Keys are compared by the look-up of their SHA-256, so timing tells nothing.
 * @throws TrinityError `TRN_KEY_MISSING`, `TRN_KEY_INVALID`, `TRN_KEY_REVOKED`
 */
export function authenticateKey(keys: KeyReader, authorization: string | undefined): number {
  if (authorization === undefined || authorization === '')
    throw new TrinityError('TRN_KEY_MISSING', 'This path needs an API key; send it as Authorization: Bearer KEY.')
  const key = bearer.exec(authorization)?.[1]
  const row = key === undefined ? -1 : rowOfKey(keys, key)
  if (row < 0) throw new TrinityError('TRN_KEY_INVALID', whyUnknown(key))
  if (keys.isRevoked(row)) throw new TrinityError('TRN_KEY_REVOKED', 'The API key was revoked; use another one.')
  return row
}

/** The row of a key, revoked or not; −1 when it is not known. */
export function rowOfKey(keys: KeyReader, key: string): number {
  // As text, because a Buffer of the digest takes twice the time.
  const text = hash('sha256', key, 'binary')
  for (let i = 0; i < 32; i++) digest[i] = text.charCodeAt(i)
  return keys.find(digest)
}

function whyUnknown(key: string | undefined): string {
  return key !== undefined && hasKeyForm(key) && !isKeyIntact(key)
    ? 'The API key has a wrong or missing character: its checksum does not fit.'
    : 'The API key is not known; check it for missing characters or ask for a new one.'
}
