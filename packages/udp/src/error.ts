/** Everything a {@link UdpError} can be. Codes are only ever added. */
export const udpErrorTable = {
  BAD_REQUEST: { retryable: false, meaning: 'What was asked for cannot be sent; the message names it.' },
  HELLO_UNANSWERED: { retryable: true, meaning: 'No answer to HELLO: the key is unknown or revoked, or nothing listens at the address.' },
  CLOCK: { retryable: false, meaning: 'The clock of this machine is off by more than 60 s; offsetMs is what the server is ahead.' },
  TIMEOUT: { retryable: true, meaning: 'No answer to any attempt.' },
  RATE_LIMITED: { retryable: true, meaning: 'The rate limit or the quota of the key; retryAfterMs is exact.' },
  OVERLOADED: { retryable: true, meaning: 'The server can take no more work now; retryAfterMs is its advice.' },
  MALFORMED: { retryable: false, meaning: 'The server holds the request to be against the rules.' },
  WRONG_PORT: { retryable: false, meaning: 'The port answers another kind of request.' },
  CLOSED: { retryable: false, meaning: 'The client was closed.' },
  SECRET_INVALID: { retryable: false, meaning: 'The secret of a receiver can check no signature; the cause says why.' },
  BIND_FAILED: { retryable: true, meaning: 'A receiver could not listen at its address; the cause says why.' },
  SOCKET_FAILED: { retryable: true, meaning: 'The socket of a receiver failed and was closed; the cause says how.' },
} as const

/** A code of {@link udpErrorTable}. */
export type UdpErrorCode = keyof typeof udpErrorTable

/** What a {@link UdpError} may know beside its code. */
export interface UdpErrorDetails extends ErrorOptions {
  readonly retryAfterMs?: number
  readonly offsetMs?: number
}

/** The one error class of this package: a stable code, and a message that says what happened and what to do. */
export class UdpError extends Error {
  override readonly name = 'UdpError'
  readonly code: UdpErrorCode
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** How long to wait first, where the server said so. */
  readonly retryAfterMs: number | undefined
  /** For `CLOCK`: server time less our time. */
  readonly offsetMs: number | undefined

  constructor(code: UdpErrorCode, message: string, { retryAfterMs, offsetMs, ...options }: UdpErrorDetails = {}) {
    super(message, options)
    this.code = code
    this.retryable = udpErrorTable[code].retryable
    this.retryAfterMs = retryAfterMs
    this.offsetMs = offsetMs
  }
}

/** Recognises a {@link UdpError} by its name and code, so that errors of another copy of this package count too. */
export function isUdpError(error: unknown): error is UdpError {
  return error instanceof Error && error.name === 'UdpError' && 'code' in error && Object.hasOwn(udpErrorTable, String(error.code))
}
