import { compareTradeIds, equalDecimals } from '../decimal.ts'
import type { EvidenceTier } from '../price.ts'
import { type TimeBase, futureToleranceMs, leadMs } from '../venue/time-base.ts'

/** A price as one source shows it. Moments are on {@link Clock.now}, trade times are the venue's own. */
export interface Evidence {
  readonly price: string
  /** Trade time in epoch milliseconds; null when the source gives none. */
  readonly at: number | null
  readonly id: string | null
  /** Orders trades in place of `at`, see `Tick.orderAt`. */
  readonly orderAt?: number | undefined
  readonly tier: EvidenceTier
  /** When a snapshot or reading was asked for; absent for a live trade, which proves its own time. */
  readonly askedAt?: number | undefined
  /** As of when a snapshot or reading is true, where that is not `askedAt`: when its venue made it, or can have made it at the earliest. */
  readonly asOf?: number | undefined
  /** When the venue made the row of the body that shows the price, in its own time: a trade from after that stands. */
  readonly rowAt?: number | undefined
  /** Whether `asOf` is by the venue's clock. */
  readonly isByVenue?: boolean | undefined
  /** How late the venue's trades come at least, milliseconds; undefined while unknown. By so much their times are behind the node's. */
  readonly delayMs?: number | undefined
}

/** What the writer knows of a listing beside the shown price. Moments are on {@link Clock.now}. */
export interface ListingRecord {
  /** The shown price; empty while there is none. */
  price: string
  /** The newest trade ever shown: no timed trade may be older. */
  orderAt: number
  id: string | null
  /** As of when an untimed reading proved the shown price: no trade up to then replaces it. */
  untimedAsOf: number
  /** As of when the shown price was proved last. */
  confirmedAt: number
  /** As of when a snapshot or reading had a trade that was refused as from the future: what else it shows was not the last one. */
  refusedAsOf: number
  /** As of when it was proved last by the node's own clock alone. */
  confirmedByNode: number
  /** By how much the venue's clock was taken to be ahead when it was proved last, milliseconds. */
  leadMs: number
  /** What shows of that at most: a price that was unconfirmed counts as proved no later, until there is new evidence. */
  confirmedAtMost: number
  /** When the listing's feed last gave a tick that was not from the future. */
  feedSeenAt: number
  /** Whether the feed is known to deliver this listing: false while disconnected, rejected, pending or on demand. */
  feedLive: boolean
  /** Whether the venue says that its market is halted. */
  halted: boolean
}

/** What a piece of evidence does to a listing. */
export type Verdict =
  /** Another price is shown from now on. */
  | 'replaces'
  /** Another price of the shown trade is shown from now on. */
  | 'reprices'
  /** The shown price is proved once more. */
  | 'confirms'
  /** Nothing: older, a duplicate, or no proof. */
  | 'ignored'
  /** The trade time lies too far ahead of our clock. */
  | 'future'

/** How far the recorded time that orders a trade may be ahead of the shown one: after one that is nonsense no other trade would come. */
const maxOrderAheadMs = 10 * 365 * 86_400_000

/** How far a venue's times may be behind a reading and still be later, as long as nobody knows how late they are. */
const unknownDelayMs = 5000

/** As of when a listing's price shows as proved. */
export function shownProof({ confirmedAt, confirmedAtMost }: ListingRecord): number {
  return Math.min(confirmedAt, confirmedAtMost)
}

/** As of when a snapshot or reading is true; undefined for a live trade. */
export function asOf({ asOf: madeAt, askedAt }: Evidence): number | undefined {
  return madeAt ?? askedAt
}

/**
 * Decides what evidence is worth. A timed trade wins when (trade time, numeric id) is greater, whatever the order of arrival, unless an untimed
 * reading has shown since what the last trade was. A snapshot or reading confirms when its trade is the shown one. A reading with another price
 * and without trade time, or of the shown trade, wins only where the feed has shown nothing since the reading can have been made, and was
 * either not live or unconfirmed for `unconfirmedMs` already. While a market is halted a reading proves no more than its trade's own time.
 */
export function judge(evidence: Evidence, record: ListingRecord, now: number, unconfirmedMs: number, time: TimeBase): Verdict {
  return evidence.at === null ? judgeUntimed(evidence, record, unconfirmedMs) : judgeTimed(evidence, evidence.at, record, now, unconfirmedMs, time)
}

function judgeTimed(evidence: Evidence, at: number, record: ListingRecord, now: number, unconfirmedMs: number, time: TimeBase): Verdict {
  if (time.ageMs(at, now) < -futureToleranceMs) return 'future'
  const orderAt = evidence.orderAt ?? at
  if (orderAt - at > maxOrderAheadMs) return 'future'
  const ids = orderAt === record.orderAt ? compareTradeIds(evidence.id, record.id) : orderAt - record.orderAt
  if (record.price === '') return 'replaces'
  if (ids > 0) {
    return isAfterReadings(evidence, orderAt, record, time) || equalDecimals(evidence.price, record.price) ? 'replaces' : 'ignored'
  }
  const trueAsOf = asOf(evidence)
  if (ids < 0 || trueAsOf === undefined || record.halted) return 'ignored'
  if (equalDecimals(evidence.price, record.price)) return 'confirms'
  return isFeedDoubted(evidence, trueAsOf, record, unconfirmedMs) ? 'reprices' : 'ignored'
}

/** Whether a trade is later than what untimed readings have shown. */
export function isAfterReadings(evidence: Evidence, orderAt: number, record: ListingRecord, time: TimeBase): boolean {
  const tradedAt = orderAt - time.offsetMs + Math.max(-futureToleranceMs, evidence.delayMs ?? unknownDelayMs)
  // Of what happened in the same millisecond the trade is shown: if it was not the last, that one comes too.
  return tradedAt >= record.untimedAsOf || (asOf(evidence) ?? -Infinity) > record.confirmedAt
}

function judgeUntimed(evidence: Evidence, record: ListingRecord, unconfirmedMs: number): Verdict {
  const trueAsOf = asOf(evidence)
  if (trueAsOf === undefined || record.halted) return 'ignored'
  if (record.price === '') return 'replaces'
  if (equalDecimals(evidence.price, record.price)) return trueAsOf >= shownProof(record) ? 'confirms' : 'ignored'
  if ((evidence.rowAt ?? Infinity) < record.orderAt) return 'ignored'
  return isFeedDoubted(evidence, trueAsOf, record, unconfirmedMs) ? 'replaces' : 'ignored'
}

/** Whether a reading that contradicts the feed is later than all that the feed has shown, and nothing has proved the shown price lately. */
function isFeedDoubted({ askedAt = 0 }: Evidence, trueAsOf: number, record: ListingRecord, unconfirmedMs: number): boolean {
  const isLater = trueAsOf >= record.confirmedAt && trueAsOf > record.feedSeenAt
  return isLater && (!record.feedLive || record.confirmedAt <= askedAt - unconfirmedMs)
}

/** As of when evidence proves a price, never later than now. A venue whose trades come early has a clock that is ahead: they are older by as much. */
export function provedAt(evidence: Evidence, now: number, time: TimeBase, isHalted: boolean): number {
  const byTrade = evidence.at === null ? -Infinity : now - Math.max(0, time.ageMs(evidence.at, now) + leadMs(evidence.delayMs))
  const byReading = isHalted ? -Infinity : (asOf(evidence) ?? -Infinity)
  return Math.min(Math.max(byTrade, byReading), now)
}
