import type { NodeTimeOracle } from './node-time-oracle.ts'
import type { TrueTrade } from './true-market.ts'

/** The truth about a snapshot. Moments are true UTC. */
export interface Snapshot {
  /** As of when its trade was the last. */
  readonly madeAt: number
  readonly askedAt: number
}

/** The truth about a REST body. */
export interface Reading extends Snapshot {
  /** How old the connector says that it can be; undefined where the body itself says when it was made. */
  readonly declaredAgeMs: number | undefined
  readonly isTimed: boolean
}

/** What is served of a listing. */
export interface Served {
  readonly price: string
  readonly ageMs: number
}

/** How far clocks, ways and the engine's own rhythm may part what the node can know from the truth, milliseconds. */
const slackMs = 1500

/** What every listing has. */
export const freshnessLimitMs = 30_000

/** After so long without proof a reading is believed against the feed. */
export const unconfirmedMs = 9000

/** Trades that are so much older than a reading are known to be older, however wrong the venue's clock. */
const clockLagMs = 5000

/**
 * What a node has to serve of one listing after the evidence it got, by the truth about that evidence.
 *
 * A trade with a time and an id proves itself: whatever comes in whatever order, the newest of them in the venue's own order stands. A body
 * without times proves its price as of the earliest moment at which it can have been made, which is when it was asked for less the age that its
 * connector declares, or when it says that it was made. It has to be served where the feed has brought nothing since that moment and is down, or
 * where nothing has proved the price for 9 s; from then on no trade from before that moment stands in its place. Around these bounds, and until
 * the node can know the time, both prices are right. What is served never is older than what had to be served, nor something that nobody showed.
 *
 * The age of a price is the time since the last moment at which some evidence that came showed it as the venue's last. A body's own moment
 * counts, which the node can only guess, so its age may be higher; it may never be lower by more than a second.
 */
export class ListingOracle {
  readonly #time: NodeTimeOracle
  readonly #venue: string
  /** By price: the newest trade that was shown with it, and the last moment at which it is known to have been the venue's last. */
  readonly #shown = new Map<string, { index: number; provedAt: number }>()
  /** What has to be served at least. */
  #due: TrueTrade | undefined
  /** As of when an untimed body proved that. */
  #dueAsOf: number | undefined
  /** As of when the node has to count it as proved. */
  #dueProvedAt = -Infinity
  #newestTimed: TrueTrade | undefined
  /** The latest moment as of which the node may count its price as proved. */
  #mayBeProvedAt = -Infinity
  #feedSeenAt = -Infinity
  #isFeedDown = true
  #halted: 'no' | 'perhaps' | 'yes' = 'no'
  #listedAt = -Infinity
  /** By how much the venue's clock is ahead. */
  #leadMs = 0

  constructor(time: NodeTimeOracle, venue: string) {
    this.#time = time
    this.#venue = venue
  }

  /** What is wrong with what is served now; undefined when all is right. */
  judge(served: Served | undefined, now: number): string | undefined {
    if (served === undefined) return this.#due === undefined ? undefined : `nothing is served, ${name(this.#due)} is due`
    const { price, ageMs } = served
    const shown = this.#shown.get(price)
    if (shown === undefined) return `${price} is served, which nobody showed`
    if (this.#due !== undefined && shown.index < this.#due.index) return `${price} (trade ${shown.index}) is served, ${name(this.#due)} is due`
    const trueAgeMs = now - shown.provedAt
    const tooYoungMs = 1000 + this.#time.tooYoungMs(now) + this.#unknownLeadMs
    if (ageMs < trueAgeMs - tooYoungMs) return `${price} (trade ${shown.index}) is served with an age of ${ageMs} ms, it is ${trueAgeMs} ms`
    return undefined
  }

  /** What is too old about it: evidence that the node could have understood proves it as younger; undefined when nothing is. */
  judgeCaution(served: Served | undefined, now: number): string | undefined {
    if (served === undefined || this.#due?.index !== this.#shown.get(served.price)?.index) return undefined
    const maxMs = now - this.#dueProvedAt + slackMs + this.#time.tooOldMs
    return served.ageMs > maxMs ? `${served.price} is served with an age of ${served.ageMs} ms, ${maxMs} ms are proved` : undefined
  }

  /** Everything is unconfirmed. */
  jumped(jumpMs: number, sleptMs: number): void {
    this.#dueProvedAt = -Infinity
    // The feed may as well have been heard of after the sleep.
    this.#feedSeenAt += sleptMs
    // What a body without times has proved of the order is forgotten.
    if (jumpMs > 0 && this.#dueAsOf !== undefined) this.#dueAsOf = -Infinity
  }

  cut(): void {
    this.#isFeedDown = true
  }

  sawListing(isHalted: boolean, askedAt: number): void {
    this.#listedAt = askedAt
    this.#halted = isHalted ? 'yes' : 'no'
  }

  sawLive(trade: TrueTrade, now: number, knowsDelay: boolean): void {
    if (this.#halted !== 'no') {
      // While it is open what a jump was nobody can tell which came first, the listing or the trade.
      const canTell = this.#time.isKnown(now) && this.#time.isResolved(now)
      if (trade.happenedAt > this.#listedAt + clockLagMs + slackMs && canTell) this.#halted = 'no'
      else if (trade.happenedAt > this.#listedAt - clockLagMs - slackMs || !canTell) this.#halted = 'perhaps'
    }
    this.#sawFeed(now)
    const isNew = [...this.#shown.values()].every(({ index }) => index < trade.index)
    this.#show(trade, trade.happenedAt)
    this.#sawTimed(trade, trade.happenedAt, now, knowsDelay)
    const isSure = isNew && this.#time.isKnown(now) && this.#time.isResolved(now) && this.#time.hasSeenJump(now)
    if (isSure && this.#due === trade) this.#dueProvedAt = Math.max(this.#dueProvedAt, Math.min(trade.at, trade.happenedAt) - slackMs)
  }

  sawSnapshot(trade: TrueTrade, { madeAt, askedAt }: Snapshot, now: number): void {
    this.#sawFeed(now)
    this.#show(trade, madeAt)
    this.#sawTimed(trade, Math.min(madeAt, askedAt), now, true)
    this.#mayBeProvedAt = Math.max(this.#mayBeProvedAt, Math.min(askedAt, now))
  }

  sawReading(trade: TrueTrade, reading: Reading, now: number, knowsDelay: boolean): void {
    const { madeAt, askedAt, declaredAgeMs, isTimed } = reading
    if (this.#halted === 'yes' && !isTimed) return
    const proves = this.#halted !== 'yes'
    this.#show(trade, proves ? madeAt : trade.happenedAt)
    const asOf = declaredAgeMs === undefined ? madeAt : askedAt - declaredAgeMs
    const asOfAtLeast = declaredAgeMs === undefined ? asOf - slackMs - clockLagMs : asOf
    const isOpen = !this.#time.isResolved(askedAt)
    const isVoid =
      this.#halted !== 'no' || this.#time.mayBeBeforeSleep(askedAt) || !this.#time.isKnown(askedAt) || (isOpen && declaredAgeMs === undefined)
    if (isTimed) this.#sawTimed(trade, asOf, now, true)
    else if (this.#isOlderBody(trade, asOfAtLeast)) this.#setDue(trade, Math.min(asOfAtLeast, this.#dueAsOf ?? Infinity))
    else if (!isVoid && knowsDelay) this.#sawUntimed(trade, asOfAtLeast, askedAt, isOpen)
    const isSure = !isVoid && this.#time.hasSeenJump(askedAt)
    if (isSure && this.#due !== undefined && (isTimed ? this.#due === trade : this.#due.price === trade.price)) {
      this.#dueProvedAt = Math.max(this.#dueProvedAt, asOfAtLeast - slackMs)
    }
    this.#mayBeProvedAt = Math.max(this.#mayBeProvedAt, Math.min(declaredAgeMs === undefined ? asOf + slackMs : asOf, now))
  }

  #sawFeed(now: number): void {
    this.#feedSeenAt = now
    this.#isFeedDown = false
  }

  /** As long as nothing can show that a venue's clock is ahead, what it says looks so much younger. */
  get #unknownLeadMs(): number {
    return this.#time.knowsDelayOf(this.#venue) ? 0 : this.#leadMs
  }

  #show(trade: TrueTrade, provedAt: number): void {
    this.#leadMs = Math.max(0, trade.at - trade.happenedAt)
    const before = this.#shown.get(trade.price) ?? { index: -1, provedAt: -Infinity }
    this.#shown.set(trade.price, { index: Math.max(before.index, trade.index), provedAt: Math.max(before.provedAt, provedAt) })
  }

  #sawTimed(trade: TrueTrade, asOf: number, now: number, knowsDelay: boolean): void {
    this.#mayBeProvedAt = Math.max(this.#mayBeProvedAt, trade.happenedAt + slackMs)
    if (this.#dueAsOf !== undefined && this.#due !== undefined && trade.index < this.#due.index) {
      const lagMs = Math.max(clockLagMs, this.#time.leastDelayMs(this.#venue, now)) + slackMs
      if (Math.max(trade.happenedAt, asOf) > this.#dueAsOf - lagMs) this.#setDue(this.#newestTimed, undefined)
    }
    if (!this.#time.isKnown(now) || !knowsDelay) return
    if (this.#newestTimed === undefined || trade.index > this.#newestTimed.index) this.#newestTimed = trade
    if (this.#due === undefined || trade.index > this.#due.index) this.#setDue(trade, undefined)
  }

  #sawUntimed(trade: TrueTrade, asOf: number, askedAt: number, isOpen: boolean): void {
    const isFirst = this.#shown.size === 1 && this.#due === undefined
    const isBelieved = this.#isFeedDown || this.#mayBeProvedAt <= askedAt - unconfirmedMs
    const isNewer = this.#due === undefined || trade.index > this.#due.index
    if (isFirst || (isNewer && isBelieved && this.#feedSeenAt < asOf && this.#mayBeProvedAt <= asOf)) this.#setDue(trade, isOpen ? -Infinity : asOf)
  }

  /** Of two bodies without times nobody can tell which was made later, when either may have been. */
  #isOlderBody({ index }: TrueTrade, asOf: number): boolean {
    return this.#due !== undefined && index < this.#due.index && this.#dueAsOf !== undefined && asOf > this.#dueAsOf - slackMs
  }

  #setDue(trade: TrueTrade | undefined, asOf: number | undefined): void {
    this.#due = trade
    this.#dueAsOf = asOf
    this.#dueProvedAt = -Infinity
  }
}

function name({ price, index }: TrueTrade): string {
  return `${price} (trade ${index})`
}
