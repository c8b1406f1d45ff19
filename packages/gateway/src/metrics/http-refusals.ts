/** Refusals of the HTTP port that no route sees, by the names of their counters. */
export const httpRefusalNames = [
  // The connection is one more than strangers, or all callers, may have.
  'connections_full',
  'wrong_keys_slowed',
  // As many requests wait for their turn as may.
  'http_overloaded',
  'http_malformed',
  'http_too_long',
  'http_too_slow',
  'http_ambiguous',
] as const

export type HttpRefusal = (typeof httpRefusalNames)[number]

/** Counts a refusal. */
export type CountHttpRefusal = (refusal: HttpRefusal) => void
