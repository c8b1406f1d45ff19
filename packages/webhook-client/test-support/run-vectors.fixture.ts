// Runs in every runtime: only what the language and the Web have in common, and types that can be stripped.
import type * as client from '../src/index.ts'

/** The package under test, however it was imported. */
export type Client = typeof client

/** One case of `vectors/*.json`. */
export interface Vector {
  readonly name: string
  readonly secrets: readonly string[]
  /** What makes the signature, where it can be made again. */
  readonly sign_with?: readonly string[]
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Stands this many times before the signature. */
  readonly signatures_before?: { readonly text: string; readonly times: number }
  readonly body?: { readonly text: string } | { readonly base64: string } | { readonly parsed: unknown }
  readonly datagram?: { readonly text: string } | { readonly base64: string }
  /** Epoch seconds. */
  readonly now: number
  readonly tolerance_seconds?: number
  readonly replay?: { readonly seen: readonly string[] } | { readonly fails: true }
  readonly crypto?: 'missing'
  readonly expect: Verdict
}

/** What is to come of a case. */
export type Verdict =
  | { readonly ok: true; readonly type: client.WebhookEvent['type'] }
  | { readonly ok: false; readonly code: client.WebhookErrorCode }

/** What came of all cases. */
export interface Outcome {
  readonly passed: number
  readonly skipped: number
  /** The cases with another verdict than expected. */
  readonly failures: readonly string[]
}

/** Judges all cases, one after another. */
export async function runVectors(library: Client, vectors: readonly Vector[]): Promise<Outcome> {
  const failures: string[] = []
  let skipped = 0
  for (const vector of vectors) {
    const [found, expected] = [JSON.stringify(await judge(library, vector)), JSON.stringify(vector.expect)]
    if (found === '"skipped"') skipped++
    else if (found !== expected) failures.push(`${vector.name}: ${found} instead of ${expected}`)
  }
  return { passed: vectors.length - skipped - failures.length, skipped, failures }
}

/** What the package makes of a case; skipped where the runtime does not let it be arranged. */
export async function judge(library: Client, vector: Vector): Promise<Verdict | 'skipped'> {
  const webCrypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto')
  if (vector.crypto === 'missing') {
    if (webCrypto?.configurable !== true) return 'skipped'
    Object.defineProperty(globalThis, 'crypto', { ...webCrypto, ...('value' in webCrypto ? { value: undefined } : { get: () => undefined }) })
  }
  try {
    return { ok: true, type: (await open(library, vector)).type }
  } catch (error) {
    if (!library.isWebhookError(error)) throw error
    return { ok: false, code: error.code }
  } finally {
    if (vector.crypto === 'missing' && webCrypto !== undefined) Object.defineProperty(globalThis, 'crypto', webCrypto)
  }
}

function open({ verify, verifyDatagram }: Client, vector: Vector): Promise<client.WebhookEvent> {
  const { secrets, now, tolerance_seconds: toleranceSeconds, datagram, body } = vector
  const secret = secrets.length === 1 ? (secrets[0] as string) : secrets
  const replay = replayOf(vector)
  const options: client.VerifyOptions = {
    now: now * 1000,
    ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
    ...(replay === undefined ? {} : { replay }),
  }
  if (datagram === undefined) return verify(secret, headersOf(vector), rawBodyOf(body), options)
  return verifyDatagram(secret, 'base64' in datagram ? bytesOf(datagram.base64) : new TextEncoder().encode(datagram.text), options)
}

function replayOf({ replay }: Vector): client.VerifyOptions['replay'] {
  if (replay === undefined) return undefined
  return { seen: 'fails' in replay ? () => Promise.reject(new Error('no connection')) : (id) => replay.seen.includes(id) }
}

function headersOf({ headers = {}, signatures_before: before }: Vector): Readonly<Record<string, string | readonly string[]>> {
  if (before === undefined) return headers
  return { ...headers, 'webhook-signature': `${`${before.text} `.repeat(before.times)}${String(headers['webhook-signature'])}` }
}

function rawBodyOf(body: Vector['body']): client.RawBody {
  if (body === undefined) return ''
  if ('text' in body) return body.text
  return 'base64' in body ? bytesOf(body.base64) : (body.parsed as client.RawBody)
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}
