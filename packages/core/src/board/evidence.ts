import { compareTradeIds, equalDecimals } from '../decimal.ts'
import type { EvidenceTier } from '../price.ts'

/** A price as one source tells it. */
export interface Evidence {
  readonly price: string
  /** Trade time in epoch milliseconds; null when the source gives none. */
  readonly at: number | null
  readonly id: string | null
  /** Orders trades in place of `at`, see `Tick.orderAt`. */
  readonly orderAt?: number | undefined
  readonly tier: EvidenceTier
  /** When a snapshot or reading was asked for, epoch milliseconds; absent for a live trade, which proves its own time. */
  readonly askedAt?: number | undefined
}

/** What the writer knows of a listing beside the shown price. */
export interface ListingRecord {
  /** The shown price; empty while there is none. */
  price: string
  /** The newest trade ever shown: no timed trade may be older. */
  orderAt: number
  id: string | null
  confirmedAt: number
  /** When the listing's feed last gave a tick that was not from the future, epoch milliseconds. */
  feedSeenAt: number
  /** Whether the feed is known to deliver this listing: false while cut, rejected, pending or on demand. */
  feedLive: boolean
}

/** What a piece of evidence does to a listing. */
export type Verdict =
  /** Another price is shown from now on. */
  | 'replaces'
  /** The shown price is proved once more. */
  | 'confirms'
  /** Nothing: older, a duplicate, or no proof. */
  | 'ignored'
  /** The trade time lies too far ahead of our clock. */
  | 'future'

/** How far a trade time may be ahead of our clock. */
export const futureToleranceMs = 5000

/**
 * Decides what evidence is worth. A timed trade wins when (trade time, numeric id) is greater, whatever the order of
 * arrival. A snapshot or reading confirms when its trade is the shown one. A reading without trade time and with another
 * price wins only where the feed has shown nothing since it was asked for, and was either not live or unconfirmed for
 * `unconfirmedMs` already: a bulk body of a healthy venue may be older than its own feed.
 */
export function judge(evidence: Evidence, record: ListingRecord, now: number, unconfirmedMs: number): Verdict {
  return evidence.at === null ? judgeUntimed(evidence, record, unconfirmedMs) : judgeTimed(evidence, evidence.at, record, now)
}

function judgeTimed(evidence: Evidence, at: number, record: ListingRecord, now: number): Verdict {
  if (at > now + futureToleranceMs) return 'future'
  const orderAt = evidence.orderAt ?? at
  if (record.price === '' || orderAt > record.orderAt) return 'replaces'
  const ids = compareTradeIds(evidence.id, record.id)
  if (orderAt === record.orderAt && ids > 0) return 'replaces'
  const sameTrade = orderAt === record.orderAt && ids === 0 && equalDecimals(evidence.price, record.price)
  return sameTrade && evidence.askedAt !== undefined ? 'confirms' : 'ignored'
}

function judgeUntimed(evidence: Evidence, record: ListingRecord, unconfirmedMs: number): Verdict {
  const { askedAt } = evidence
  if (askedAt === undefined) return 'ignored'
  if (record.price === '') return 'replaces'
  if (askedAt < record.confirmedAt) return 'ignored'
  if (equalDecimals(evidence.price, record.price)) return 'confirms'
  const feedSilentSince = record.feedSeenAt < askedAt
  const feedDoubted = !record.feedLive || record.confirmedAt <= askedAt - unconfirmedMs
  return feedSilentSince && feedDoubted ? 'replaces' : 'ignored'
}

/** As of when evidence proves a price, never later than now. */
export function provedAt(evidence: Evidence, now: number): number {
  return Math.min(Math.max(evidence.at ?? 0, evidence.askedAt ?? 0), now)
}
