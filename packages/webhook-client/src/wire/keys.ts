import { attempt, must } from '../errors.ts'
import { bytesFromBase64 } from './base64.ts'

/** A secret, ready for use. Named by what makes it, since the type's own name is not everywhere. */
export type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** What stands before the seed of an ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8Head = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]
/** Imported keys are kept, up to 64, since an import costs more than a check. */
const kept = /* @__PURE__ */ new Map<unknown, ImportedKey>()

/**
 * The keys of one or several secrets; at most 16, since each is tried on each signature.
 *
 * @throws WebhookError SECRET_INVALID, CRYPTO_FAILED
 */
export async function keysOf(secret: string | readonly string[]): Promise<readonly ImportedKey[]> {
  const secrets = [secret].flat()
  must(secrets[0] && !secrets[16], 'SECRET_INVALID')
  const keys: ImportedKey[] = []
  for (const each of secrets) keys.push(kept.get(each) ?? (await importKey(each)))
  return keys
}

async function importKey(secret: string): Promise<ImportedKey> {
  // Where it comes from, an environment variable for one, it may be no text at all.
  const [, prefix, encoded] = /^(whsec_|whpk_|whsk_)?([^]*)/.exec(String(secret)) as RegExpExecArray
  const bytes = bytesFromBase64(encoded as string)
  const isSeed = prefix === 'whsk_'
  const isShared = !isSeed && prefix !== 'whpk_'
  must(bytes && (isShared ? bytes.length >= 24 && bytes.length <= 64 : bytes.length === 32), 'SECRET_INVALID')
  const key = await attempt('CRYPTO_FAILED', () =>
    crypto.subtle.importKey(
      isSeed ? 'pkcs8' : 'raw',
      isSeed ? Uint8Array.of(...pkcs8Head, ...bytes) : bytes,
      isShared ? { name: 'HMAC', hash: 'SHA-256' } : 'Ed25519',
      false,
      isShared ? ['sign', 'verify'] : [isSeed ? 'sign' : 'verify'],
    ),
  )
  if (kept.size > 63) kept.clear()
  kept.set(secret, key)
  return key
}
