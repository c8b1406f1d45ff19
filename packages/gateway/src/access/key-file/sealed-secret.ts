import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { TrinityError } from '@trinity/core'
import type { MasterKey } from './master-key.ts'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** Encrypts a secret of a key under the master key, bound to the key's id: nonce, ciphertext and tag in base64. */
export function sealSecret(master: MasterKey, id: string, secret: Uint8Array): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, master.bytes, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(id))
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/**
 * The secret that {@link sealSecret} encrypted.
 * @throws TrinityError `TRN_KEY_FILE_INVALID` under another master key, for another id or after a change
 */
export function openSecret(master: MasterKey, id: string, sealed: string): Uint8Array {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv(algorithm, master.bytes, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch (error) {
    const message = `The UDP secret of key ${id} does not open under ${master.name}: give the master key that it was made with, or make a new key.`
    throw new TrinityError('TRN_KEY_FILE_INVALID', message, { cause: error })
  }
}
