import { type KeyRecord, type KeyStore, TrinityError, hashKey } from '@trinity/core'

const bearer = /^Bearer +([\x21-\x7e]{1,256})$/i

/**
 * The key record of an Authorization header. Keys are compared by the look-up of their SHA-256, so timing tells nothing.
 * @throws TrinityError `TRN_KEY_MISSING`, `TRN_KEY_INVALID`
 */
export function authenticate(keys: KeyStore, authorization: string | undefined): KeyRecord {
  if (authorization === undefined || authorization === '') {
    throw new TrinityError('TRN_KEY_MISSING', 'This path needs an API key; send it as Authorization: Bearer KEY.')
  }
  const key = bearer.exec(authorization)?.[1]
  const record = key === undefined ? undefined : keys.find(hashKey(key))
  if (record === undefined)
    throw new TrinityError('TRN_KEY_INVALID', 'The API key is not known; check it for missing characters or ask for a new one.')
  return record
}
