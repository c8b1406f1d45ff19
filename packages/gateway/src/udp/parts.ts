import type { AssetListing, AssetReader, CounterBlock, Gate, KeyReader, PriceFinder, UsageRecorder } from '@trinity/core'
import type { SessionLimits } from './session/sessions.ts'
import type { AnswerText } from './text-mode.ts'

/** What the handler asks of the key table. */
export type UdpKeys = Pick<KeyReader, 'findShort' | 'isRevoked' | 'macKey' | 'epoch'>

/** What the handler asks of the limits. */
export type UdpGate = Pick<Gate, 'admit' | 'look' | 'retryAfterMs'>

/** Decides whether this batch of datagrams still has time for an admitted request. */
export interface UdpShedder {
  admit(): boolean
  /** What a refused request is told to wait. */
  readonly retryAfterMs: number
}

/** The clocks of the process. */
export interface UdpClock {
  /** Milliseconds on the clock that is never set, which confirmations are noted on. */
  now(): number
  /** Epoch milliseconds by the machine's own clock: what WELCOME and QUOTE show, HELLO is held to, and months turn by. */
  utc(): number
  /** Milliseconds of a clock that never jumps, the same on all threads. */
  monotonic(): number
}

/** Counters beside the handler's own. */
export interface PriceCounters {
  addStale(): void
  addMiss(): void
}

/** What a UDP price port works with. */
export interface UdpParts {
  readonly clock: UdpClock
  readonly fillRandom: (bytes: Uint8Array) => void
  readonly keys: UdpKeys
  /** Rows of the key table. */
  readonly keyRows: number
  readonly gate: UdpGate
  readonly shedder: UdpShedder
  readonly assets: Pick<AssetReader, 'find' | 'listings' | 'isListed' | 'isElsewhere' | 'awaitsListings'>
  readonly finder: Pick<PriceFinder<AssetListing>, 'best' | 'listing' | 'reading'>
  readonly usage: Pick<UsageRecorder, 'record'>
  /** Named as {@link udpCounterNames}, in that order. */
  readonly counters: Pick<CounterBlock, 'add'>
  /** Hears of each price served past its freshness limit, and of each asset without a servable one. */
  readonly priceCounters: PriceCounters
  /** Evidence older than this is not served. */
  readonly maxStaleMs: number
  /** Hears at most once a second of an asset that has to be fetched, or kept, because somebody asked for it. */
  readonly onWanted: (assetEntry: number, toFetch: boolean) => void
  /** Answers people on loopback; absent = text mode is off. */
  readonly answerText?: AnswerText | undefined
  readonly limits?: Partial<UdpLimits> | undefined
}

/** Bounds of what senders can make a port do. */
export interface UdpLimits extends SessionLimits {
  /** HELLOs of one key answered in a second, and beside them half as many that were said before; at most 1,023. */
  readonly hellosPerSecond: number
  /** ERRORs to one address outside of a session in a second; at most 1,023. Several addresses may share a count. */
  readonly strangersPerSecond: number
}
