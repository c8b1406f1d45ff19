/** What a code stands for. */
export interface ErrorRule {
  /** HTTP status, or 0 for an error that never leaves the process. */
  readonly status: number
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  readonly meaning: string
}

const rule = (status: number, retryable: boolean, meaning: string): ErrorRule => ({ status, retryable, meaning })

/** Every coded error of the product. Codes are only ever added. */
export const errorTable = {
  TRN_BAD_REQUEST: rule(400, false, 'A field of the request is missing, malformed or out of range; the message names it.'),
  TRN_KEY_MISSING: rule(401, false, 'The request carries no API key.'),
  TRN_KEY_INVALID: rule(401, false, 'The API key is not known here.'),
  TRN_KEY_REVOKED: rule(403, false, 'The API key was revoked.'),
  TRN_ASSET_UNKNOWN: rule(404, false, 'No venue lists the asset, or not the venue asked for.'),
  TRN_QUOTE_UNAVAILABLE: rule(404, false, 'The asset has no listing in the quote currency asked for.'),
  TRN_NOT_FOUND: rule(404, false, 'There is nothing at this path.'),
  TRN_METHOD_NOT_ALLOWED: rule(405, false, 'The path exists, but not for this method; the Allow header says which.'),
  TRN_REQUEST_TIMEOUT: rule(408, true, 'The request took too long to arrive.'),
  TRN_BODY_TOO_LARGE: rule(413, false, 'The request body is longer than the path accepts.'),
  TRN_MEDIA_TYPE: rule(415, false, 'The request body is not application/json.'),
  TRN_EXPECTATION_FAILED: rule(417, false, 'The Expect header asks for something other than 100-continue.'),
  TRN_HOST_UNKNOWN: rule(421, false, 'The Host header names another server; the operators’ port answers to its own addresses only.'),
  TRN_HEADERS_TOO_LARGE: rule(431, false, 'The path and headers of the request are longer than the server accepts.'),
  TRN_RATE_LIMITED: rule(429, true, 'The key sends faster than its plan allows; Retry-After tells when the next request is admitted.'),
  TRN_QUOTA_EXCEEDED: rule(429, false, 'The key has used up its month; resets_at tells when the next one begins.'),
  TRN_PRICE_UNAVAILABLE: rule(503, true, 'No price has arrived yet, or a venue that may list the asset has not been asked yet.'),
  TRN_PRICE_STALE: rule(503, true, 'The newest evidence is older than the caller or the service allows.'),
  TRN_OVERLOADED: rule(503, true, 'The service can take no more work of this kind now.'),
  TRN_INTERNAL: rule(500, true, 'The service failed; the request id finds it in the log.'),
  TRN_SETTING_INVALID: rule(0, false, 'A setting or command-line value is not allowed; the message names it and what is.'),
  TRN_CONNECTOR_INVALID: rule(0, false, 'A connector literal breaks a rule of the connector contract.'),
  TRN_PORT_UNAVAILABLE: rule(0, false, 'A port could not be opened; the message names the port and its variable.'),
  TRN_RECORDING_INVALID: rule(0, false, 'A recording could not be read; the message names the file.'),
  TRN_KEY_FILE_INVALID: rule(0, false, 'The file of API keys or their master key could not be read, written or opened; the message names it.'),
  TRN_VENUE_UNAVAILABLE: rule(0, true, 'A venue or a cache tier did not answer, or refused.'),
  TRN_BOARD_FULL: rule(0, true, 'The price board has no free slot.'),
} as const satisfies Record<string, ErrorRule>

/** A code of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable

/** The one error class of the product: a stable code, and a message that says what happened and what to do. */
export class TrinityError extends Error {
  override readonly name = 'TrinityError'
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  /** How long to wait before the same request may succeed, where that is known. */
  readonly retryAfterMs: number | undefined
  /** When a used-up quota begins anew, epoch milliseconds. */
  readonly resetsAt: number | undefined
  /** The asset that holders of an unknown one were given in its place. */
  readonly successor: string | undefined

  constructor(code: ErrorCode, message: string, options?: TrinityErrorOptions) {
    super(message, options)
    this.code = code
    this.status = errorTable[code].status
    this.retryable = errorTable[code].retryable
    this.retryAfterMs = options?.retryAfterMs
    this.resetsAt = options?.resetsAt
    this.successor = options?.successor
  }
}

/** What an error may tell beside its message. */
export interface TrinityErrorOptions extends ErrorOptions {
  readonly retryAfterMs?: number
  readonly resetsAt?: number
  readonly successor?: string | undefined
}

/** Recognises a {@link TrinityError} by its code, so that errors of another copy of this package count too. */
export function isTrinityError(error: unknown): error is TrinityError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && Object.hasOwn(errorTable, error.code)
}

/** An error's message with that of its cause, where fetch hides what went wrong. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
