/**
 * Every refusal: one sentence of advice, and the HTTP status to answer with where it is not 400. Codes are only ever added.
 *
 * 4xx: the sender is not who it says, or sent something wrong. 5xx: the receiver's own set-up. 200: a genuine delivery that
 * is of no use and need not come again.
 */
export const webhookErrors = {
  SECRET_INVALID: ['Give 1 to 16: whsec_ or whpk_ and base64.', 500],
  CRYPTO_FAILED: ['See the cause: is there https, ed25519?', 500],
  BODY_NOT_RAW: ['Give bytes or text as received, unparsed.', 500],
  BODY_NOT_UTF8: ["Refuse it: it's no text."],
  HEADER_MISSING: ['Pass on all headers.'],
  HEADER_INVALID: ['Refuse it; a proxy may double headers.'],
  TIMESTAMP_TOO_OLD: ["Check your clock; else it's a replay."],
  TIMESTAMP_TOO_NEW: ["Check your clock; else it's forged."],
  SIGNATURE_MISMATCH: ["Check secret and raw body; else it's forged."],
  DATAGRAM_INVALID: ["Drop it: it's no push."],
  EVENT_INVALID: ['Tell the sender: fields are wrong.', 422],
  EXPIRED: ['Answer 2xx, use no price.', 200],
  DUPLICATE: ['Answer 2xx, do nothing.', 200],
  REPLAY_FAILED: ['Look at your store.', 503],
} as const satisfies Readonly<Record<string, readonly [advice: string, status?: number]>>

/** A code of the table of errors. */
export type WebhookErrorCode = keyof typeof webhookErrors

/** Why a delivery is refused. Never holds a secret. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  declare readonly code: WebhookErrorCode
  /** What to answer the sender with. */
  declare readonly status: number

  constructor(code: WebhookErrorCode, detail: string | number = '', cause?: unknown) {
    const [advice, status = 400] = webhookErrors[code]
    super(`${code}${detail && ` ${detail}`}: ${advice}`, (cause && { cause }) as ErrorOptions)
    this.code = code
    this.status = status
  }
}

/** Recognises a {@link WebhookError} by its name, so that errors of another copy of this package count too. */
export function isWebhookError(error: unknown): error is WebhookError {
  return (error as WebhookError | undefined)?.name === 'WebhookError'
}

/** Refuses unless something holds. */
export function must(holds: unknown, code: WebhookErrorCode, detail?: string | number): asserts holds {
  if (!holds) throw new WebhookError(code, detail)
}

/** Refuses with a code where something fails for reasons of its own, which become the cause. */
export async function attempt<T>(code: WebhookErrorCode, work: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new WebhookError(code, '', cause)
  }
}
