import type { Clock } from '@trinity/core'

/** A response as it is sent to everybody. */
export interface ReadyResponse {
  readonly status: number
  /** Shared by all responses. */
  readonly bytes: Buffer
}

/** How old a ready response may be. */
export const keptMs = 1000

/**
 * Makes a response at most once a second, whoever asks: those who ask while it is made share it. One that could not be made is not kept.
 */
export function keepReady(clock: Clock, make: () => Promise<ReadyResponse>): () => Promise<ReadyResponse> {
  let kept: Promise<ReadyResponse> | undefined
  let goodUntil = 0
  return () => {
    if (kept !== undefined && clock.now() < goodUntil) return kept
    const made = make()
    kept = made
    // As long as it is being made it is shared too.
    goodUntil = Infinity
    const madeAt = clock.now()
    made.then(
      () => (goodUntil = madeAt + keptMs),
      () => (kept = undefined),
    )
    return made
  }
}
