import type { TrinityError } from '@trinity/core'

/** What a response says of an error, whatever carries it. */
export interface ErrorFacts {
  readonly code: string
  readonly message: string
  /** When a used-up quota begins anew. */
  readonly resets_at?: string
  /** The asset that holders of an unknown one were given in its place. */
  readonly successor?: string
}

/** The members of `error` in the order in which they are shown. */
export function errorFacts({ code, message, resetsAt, successor }: Pick<TrinityError, 'code' | 'message' | 'resetsAt' | 'successor'>): ErrorFacts {
  return {
    code,
    message,
    ...(resetsAt === undefined ? {} : { resets_at: new Date(resetsAt).toISOString() }),
    ...(successor === undefined ? {} : { successor }),
  }
}
