import { attempt } from './errors.ts'
import { type VerifyOptions, presentMs } from './options.ts'
import { checkForms } from './wire/headers.ts'
import { keysOf } from './wire/keys.ts'
import { type RawBody, signedBytes, textOf } from './wire/message.ts'
import { versionOf } from './wire/signatures.ts'

/** What a delivery is signed as. */
export interface SignOptions extends Pick<VerifyOptions, 'now'> {
  /** The `webhook-id`; a random one without it. */
  readonly id?: string
}

/** The headers of a delivery, ready for `fetch`. A type and not an interface, since only then it is a record of strings as well. */
export type SignedHeaders = {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * Signs a body as the sender does, for tests of your own handler: `whsec_` secrets give v1 signatures, `whsk_` seeds v1a, several of them a list.
 *
 * @throws WebhookError SECRET_INVALID, CRYPTO_FAILED, HEADER_INVALID, BODY_NOT_RAW, BODY_NOT_UTF8
 */
export async function sign(
  secret: string | readonly string[],
  body: RawBody,
  { id = `msg_${crypto.randomUUID()}`, now }: SignOptions = {},
): Promise<SignedHeaders> {
  const timestamp = String(Math.floor(presentMs(now) / 1000))
  checkForms([id, timestamp, '-'])
  const bytes = signedBytes(id, timestamp, textOf(body))
  const keys = await keysOf(secret)
  const signatures = await attempt('CRYPTO_FAILED', () =>
    Promise.all(
      keys.map(
        async (key) => `${versionOf(key)},${btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign(key.algorithm, key, bytes))))}`,
      ),
    ),
  )
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
