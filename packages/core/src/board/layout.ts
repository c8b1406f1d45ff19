/**
 * The shared memory of the board: a header of 8 words, then one slot of 32 words (128 bytes) for each listing. Words are
 * Int32, because only those can be read and written atomically everywhere. Times take two words, low half first.
 */
export const layoutVersion = 3

export const headerWords = 8
export const slotWords = 32

/** Offsets in the header. */
export const header = {
  version: 0,
  slotCount: 1,
  /** Wall minus steady clock as the writer's thread last saw it; see `noteWallAhead`. */
  wallAhead: 2,
} as const

/** Offsets in a slot. The sequence is odd while a write is under way. */
export const slotWord = {
  sequence: 0,
  /** Rises each time the slot is given to another listing. */
  generation: 1,
  /** Evidence tier 1–3 (0 = no price yet) in bits 0–7, currency code in 8–15, price length in 16–23, id length in 24–31. */
  meta: 2,
  freshnessLimitMs: 3,
  tradeTime: 4,
  /** On the clock that is never set; see `Clock.now`. */
  confirmedAt: 6,
  /** Since when the listing is fresh without a break; 0 = since its first price. */
  freshSince: 8,
  price: 10,
  id: 16,
  /** The same moment as `confirmedAt` in epoch milliseconds, as the venues' time was known then. */
  confirmedUtc: 22,
} as const

/** Bytes kept of a price and of a trade id. */
export const textBytes = 24

/** Marks a time that is not known. */
export const unknownTime = -1
