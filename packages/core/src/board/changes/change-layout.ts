/** The shared memory of a change log, in Int32 words: a header, then the ring of entries. */
export const changeLayoutVersion = 1

export const changeHeaderWords = 8

/** Offsets in the header. */
export const changeHeader = {
  version: 0,
  /** A power of two. */
  capacity: 1,
  /** Notes ever written, wrapped to 32 bits; its low bits say where the next one goes. */
  head: 2,
  /** Readers that listen; with none, a note wakes nobody. A thread that died listening stays counted: a note then costs some tens of nanoseconds more. */
  listeners: 3,
} as const
