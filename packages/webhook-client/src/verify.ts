import { attempt, must } from './errors.ts'
import type { WebhookEvent } from './event.ts'
import { type VerifyOptions, presentMs } from './options.ts'
import { readEvent } from './read-event.ts'
import { type HeadersLike, headerNames, readHeaders } from './wire/headers.ts'
import { keysOf } from './wire/keys.ts'
import { type RawBody, signedBytes, textOf } from './wire/message.ts'
import { verdictsOn } from './wire/signatures.ts'

/** What is needed of a fetch `Request`; any runtime's own will do. */
export interface RequestLike {
  readonly headers: { get(name: string): string | null }
  arrayBuffer(): Promise<ArrayBuffer>
}

/**
 * Proves a delivery genuine and reads its event, with one secret or, while they rotate, several. The body must be what came
 * over the wire, not parsed and printed again. Without `await` nothing is checked.
 *
 * @throws WebhookError with any code but DATAGRAM_INVALID
 */
export async function verify(
  secret: string | readonly string[],
  headers: HeadersLike,
  rawBody: RawBody,
  { toleranceSeconds = 300, replay, now }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const text = textOf(rawBody)
  const keys = await keysOf(secret)
  const [id, timestamp, signatures] = readHeaders(headers)
  const nowMs = presentMs(now)
  // Written so that an option which is no number refuses everything.
  const ageSeconds = Math.floor(nowMs / 1000) - Number(timestamp)
  must(Math.abs(ageSeconds) <= toleranceSeconds, ageSeconds > 0 ? 'TIMESTAMP_TOO_OLD' : 'TIMESTAMP_TOO_NEW', ageSeconds)
  const verdicts = await attempt('CRYPTO_FAILED', () => verdictsOn(signatures, signedBytes(id, timestamp, text), keys))
  must(verdicts.includes(true), 'SIGNATURE_MISMATCH')
  if (replay) must(!(await attempt('REPLAY_FAILED', () => replay.seen(id))), 'DUPLICATE')
  return readEvent({ id, sentAt: Number(timestamp) * 1000, rawBody: text }, nowMs)
}

/**
 * {@link verify} for a fetch handler. Reads the body itself; nobody may have read it before.
 *
 * @throws WebhookError with any code but DATAGRAM_INVALID
 */
export async function verifyRequest(secret: string | readonly string[], request: RequestLike, options?: VerifyOptions): Promise<WebhookEvent> {
  return verify(secret, request.headers, await attempt('BODY_NOT_RAW', () => request.arrayBuffer()), options)
}

/**
 * {@link verify} for a push over UDP: a line of id, timestamp and signatures, then the body.
 *
 * @throws WebhookError with any code but HEADER_MISSING
 */
export async function verifyDatagram(
  secret: string | readonly string[],
  datagram: ArrayBuffer | Uint8Array | DataView,
  options?: VerifyOptions,
): Promise<WebhookEvent> {
  const parts = /^(\S+) (\S+) (.+)\n([^]*)$/.exec(textOf(datagram))
  must(parts, 'DATAGRAM_INVALID')
  return verify(secret, { get: (name) => parts[headerNames.indexOf(name) + 1] as string }, parts[4] as string, options)
}
