import { type Clock, Gate, type KeyReader, TrinityError, verdict } from '@trinity/core'
import { authenticateKey } from './authenticate.ts'
import { type LimitHeaders, limitHeaders } from './limit-headers.ts'

/** What the door works with. */
export interface CallerDoorParts {
  readonly keys: KeyReader
  readonly gate: Gate
  /** Months turn by the machine's own time. */
  readonly clock: Pick<Clock, 'wall'>
  /** A clock that never steps and is the same for all threads. */
  monotonicMs(): number
}

/** Says who a caller is and whether the key's limits admit one request more. */
export class CallerDoor {
  readonly keys: KeyReader
  readonly #parts: CallerDoorParts

  constructor(parts: CallerDoorParts) {
    this.keys = parts.keys
    this.#parts = parts
  }

  /**
   * The row of the key in an Authorization header.
   * @throws TrinityError `TRN_KEY_MISSING`, `TRN_KEY_INVALID`, `TRN_KEY_REVOKED`
   */
  identify(authorization: string | undefined): number {
    return authenticateKey(this.#parts.keys, authorization)
  }

  /** Takes one request of a key, or says why it may not have it; {@link headers} then tells how it stands. */
  admit(row: number): TrinityError | undefined {
    const { gate, clock, monotonicMs } = this.#parts
    return this.#refusalOf(gate.admit(row, monotonicMs(), clock.wall()))
  }

  /** What {@link admit} would say; takes nothing. */
  look(row: number): TrinityError | undefined {
    const { gate, clock, monotonicMs } = this.#parts
    return this.#refusalOf(gate.look(row, monotonicMs(), clock.wall()))
  }

  /** Header values for the answer to the request that was asked for last. */
  headers(row: number): LimitHeaders {
    return limitHeaders(this.#parts.keys, row, this.#parts.gate)
  }

  #refusalOf(admission: number): TrinityError | undefined {
    const { gate, clock } = this.#parts
    switch (admission) {
      case verdict.admitted:
        return undefined
      case verdict.rateLimited:
        return new TrinityError('TRN_RATE_LIMITED', 'The key asks faster than its plan allows; wait as long as Retry-After says.', {
          retryAfterMs: gate.retryAfterMs,
        })
      case verdict.quotaExceeded:
        return new TrinityError('TRN_QUOTA_EXCEEDED', 'The requests of this month are used up; a larger plan has more.', {
          retryAfterMs: gate.retryAfterMs,
          resetsAt: clock.wall() + gate.monthResetMs,
        })
      default:
        return new TrinityError('TRN_KEY_REVOKED', 'The API key was revoked; use another one.')
    }
  }
}
