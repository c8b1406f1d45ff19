import { WebhookError, must } from '../errors.ts'

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A body as a server has it before any parser. */
export type RawBody = string | ArrayBuffer | Uint8Array | DataView

/**
 * The one text of a body. Bytes and text stand for each other without loss, since UTF-8 that is not well-formed is refused
 * and a byte order mark is kept.
 *
 * @throws WebhookError BODY_NOT_RAW, BODY_NOT_UTF8
 */
export function textOf(body: RawBody): string {
  if (typeof body === 'string') {
    // Half a surrogate pair would be encoded like any other half.
    must(body.isWellFormed(), 'BODY_NOT_UTF8')
    return body
  }
  must((body as ArrayBuffer | undefined)?.byteLength !== undefined, 'BODY_NOT_RAW')
  try {
    return decoder.decode(body)
  } catch {
    throw new WebhookError('BODY_NOT_UTF8')
  }
}

/** What is signed. */
export function signedBytes(id: string, timestamp: string, text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${id}.${timestamp}.${text}`)
}
