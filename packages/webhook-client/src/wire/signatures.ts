import { attempt, must } from '../errors.ts'
import { bytesFromBase64 } from './base64.ts'

/** The kind of signature that a key makes or checks. */
export function versionOf({ algorithm }: CryptoKey): string {
  return algorithm.name === 'HMAC' ? 'v1' : 'v1a'
}

/**
 * Tries every key on every signature of its kind, whatever the others say: how long it takes tells nothing about the content.
 * Kinds that no key is of are skipped, so that a sender may add one.
 *
 * @throws WebhookError SIGNATURE_MISMATCH, CRYPTO_FAILED
 */
export async function checkSignatures(keys: readonly CryptoKey[], signatures: string, signed: Uint8Array<ArrayBuffer>): Promise<void> {
  const verdicts = await attempt('CRYPTO_FAILED', () => {
    const checks: Promise<boolean>[] = []
    for (const key of keys) {
      for (const entry of signatures.split(' ')) {
        const [version, text] = entry.split(',')
        const signature = version === versionOf(key) && bytesFromBase64(text as string)
        // Some runtimes throw at any other length.
        if (signature && signature.length === (version === 'v1' ? 32 : 64)) checks.push(crypto.subtle.verify(key.algorithm, key, signature, signed))
      }
    }
    return Promise.all(checks)
  })
  must(verdicts.includes(true), 'SIGNATURE_MISMATCH')
}
