import { attempt, must } from './errors.ts'
import type { WebhookEvent } from './event.ts'
import { type VerifyOptions, presentMs } from './options.ts'
import { readEvent } from './read-event.ts'
import { type Envelope, type HeadersLike, checkForms, readHeaders } from './wire/headers.ts'
import { keysOf } from './wire/keys.ts'
import { type RawBody, signedBytes, textOf } from './wire/message.ts'
import { checkSignatures } from './wire/signatures.ts'

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
  options?: VerifyOptions,
): Promise<WebhookEvent> {
  return openDelivery(secret, readHeaders(headers), textOf(rawBody), options)
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
 * @throws WebhookError with any code but those of headers
 */
export async function verifyDatagram(
  secret: string | readonly string[],
  datagram: ArrayBuffer | ArrayBufferView,
  options?: VerifyOptions,
): Promise<WebhookEvent> {
  const parts = /^(\S+) (\S+) (.+)\n([^]*)$/.exec(textOf(datagram))
  must(parts, 'DATAGRAM_INVALID')
  return openDelivery(secret, parts.slice(1), parts[4] as string, options)
}

async function openDelivery(
  secret: string | readonly string[],
  envelope: Envelope,
  rawBody: string,
  { toleranceSeconds = 300, replay, now }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const keys = await keysOf(secret)
  checkForms(envelope)
  const [id, timestamp, signatures] = envelope as readonly [string, string, string]
  const nowMs = presentMs(now)
  const ageSeconds = Math.floor(nowMs / 1000) - Number(timestamp)
  // Written so that an option which is no number refuses everything.
  must(Math.abs(ageSeconds) <= toleranceSeconds, ageSeconds > 0 ? 'TIMESTAMP_TOO_OLD' : 'TIMESTAMP_TOO_NEW', ` ${ageSeconds} s`)
  await checkSignatures(keys, signatures, signedBytes(id, timestamp, rawBody))
  if (replay) must(!(await attempt('REPLAY_FAILED', () => replay.seen(id))), 'DUPLICATE')
  return readEvent({ id, sentAt: Number(timestamp) * 1000, rawBody }, nowMs)
}
