import type { TrueTrade } from './true-market.ts'

/** How late a live trade comes at most that shows a clock's error to the second. */
const punctualMs = 1000

/** A venue whose clock is wrong by more may be in time where the node's clock is behind, and so speak for it. */
const rightClockMs = 200

/** Trades that seem to be from the future by more are refused. */
const refusedFromMs = 5100

/** In so short a time three venues trade, all the while, when the node can't help but see an error of its clock. */
const livelyMs = 2500
const foundAfterMs = 8000

/** After so many trades, so long apart, the node knows how late a venue's trades come. */
const knownAfter = 10
const apartMs = 500

/** Two that come in time one after the other show that no frames are left that have waited through a sleep. */
const timelyTrades = 2

/** Which trades are so far apart depends on where the count begins. */
const slackTrades = 2

/** A venue's clock may be ahead by as much as so short a jump, or its trades may come late by as much. */
const shortMs = 20_000

/** So long after a jump trades may have waited for the node. */
const openMs = 1300

/** How late a trade came. */
interface Lateness {
  readonly at: number
  readonly ms: number
  readonly isWhileOpen: boolean
}

/** What a node can know of the time, from the evidence it got. All moments are true UTC. */
export class NodeTimeOracle {
  /** Error of the clock that the node started with, not found yet; above 0 = ahead. */
  #startErrorMs: number
  #knownFrom = Infinity
  #livelySince = Infinity
  #jumpedAt = -Infinity
  /** How long the node slept while it did not know the time: a clock that was ahead may be behind by now. */
  #sleptUnknownMs = 0
  #jumpedForwardAt = -Infinity
  /** When the first jump came of which it is open what made it. */
  #openSince = -Infinity
  #resolvedAt = -Infinity
  /** Whether among the jumps of which it is open what made them there was a short one, and a sleep. */
  #hasShort = false
  /** How many trades of each venue have come since the last jump that may tell. */
  readonly #told = new Map<string, { readonly trades: number; readonly at: number }>()
  readonly #punctual = new Map<string, number>()
  readonly #lateness = new Map<string, Lateness[]>()
  readonly #heard = new Set<string>()

  constructor(startErrorMs: number) {
    this.#startErrorMs = startErrorMs
  }

  /**
   * By how much ages may be too low: while nobody can tell, a clock that is behind makes old trades look young. Those that it takes for future
   * ones are refused, until a sleep makes them old.
   */
  tooYoungMs(now: number): number {
    const behindMs = this.#sleptUnknownMs - this.#startErrorMs
    if (this.isKnown(now) || behindMs <= 0) return 0
    return this.#jumpedForwardAt > -Infinity ? behindMs : Math.min(behindMs, refusedFromMs)
  }

  /** By how much ages may be too high: an error of up to 5 s ahead is believed for good. */
  get tooOldMs(): number {
    return this.#isAheadForGood ? this.#startErrorMs : 0
  }

  get #isAheadForGood(): boolean {
    return this.#startErrorMs > 0 && this.#startErrorMs <= 5000
  }

  /** Whether the node must know the time at the venues, but for what {@link tooOldMs} says. */
  isKnown(now: number): boolean {
    return this.#startErrorMs === 0 || this.#isAheadForGood || now >= this.#knownFrom
  }

  /** Whether it must also know by now that its wall clock was set, or that it slept. */
  isResolved(now: number): boolean {
    return now >= this.#resolvedAt
  }

  /** Whether something that was asked for at a moment may count as asked for before a sleep. */
  mayBeBeforeSleep(askedAt: number): boolean {
    return askedAt < this.#jumpedForwardAt + 300
  }

  /** Whether the node must have seen the last jump of its wall clock. */
  hasSeenJump(now: number): boolean {
    return now >= this.#jumpedAt + 300
  }

  /** How late a venue's trades came at least in the last minute: by that much the node takes its clock to be behind. */
  leastDelayMs(venue: string, now: number): number {
    const lately = (this.#lateness.get(venue) ?? []).filter(({ at }) => at > now - 60_000)
    return lately.length === 0 ? (this.#lateness.get(venue)?.at(-1)?.ms ?? 0) : Math.min(...lately.map(({ ms }) => ms))
  }

  /** Whether the node has seen how late a venue's clock is. */
  knowsDelayOf(venue: string): boolean {
    return this.#heard.has(venue)
  }

  /** @param before the moment of the jump, less what was slept */
  jumped(jumpMs: number, now: number, before: number): void {
    if (jumpMs > 0) this.#jumpedForwardAt = now
    this.#jumpedAt = now
    if (!this.isKnown(before)) this.#sleptUnknownMs += now - before
    const isShort = jumpMs > 0 && jumpMs <= shortMs
    const isOpen = !this.isResolved(before)
    if (!isOpen) this.#openSince = now
    this.#hasShort = isShort || (isOpen && this.#hasShort)
    this.#told.clear()
    this.#resolvedAt = Infinity
    if (before < this.#knownFrom) this.#knownFrom = this.#livelySince = Infinity
    this.#punctual.clear()
  }

  sawLive(venue: string, { happenedAt, at }: TrueTrade, now: number): void {
    const lateness = this.#lateness.get(venue) ?? []
    this.#lateness.set(venue, [...lateness, { at: now, ms: now - happenedAt, isWhileOpen: !this.isResolved(now) }].slice(-1000))
    if (now - happenedAt > punctualMs) return
    // As long as it is open what a jump was, an early trade may show just that.
    if (this.isResolved(now)) this.#heard.add(venue)
    if (Math.abs(at - happenedAt) > rightClockMs) return
    if (this.#resolvedAt === Infinity && happenedAt >= this.#jumpedAt + openMs + this.tooOldMs && this.isKnown(now) && this.#tells(lateness)) {
      const told = this.#told.get(venue) ?? { trades: 0, at: -Infinity }
      if (now - told.at >= apartMs) this.#told.set(venue, { trades: told.trades + 1, at: now })
      const least = this.#hasShort ? knownAfter + slackTrades : timelyTrades
      const enough = [...this.#told].flatMap(([name, { trades }]) => (trades >= least ? [name] : []))
      // After a short jump one venue alone may be ahead or behind by as much.
      const tells = !this.#hasShort || this.#wasKnown(lateness)
      if (tells ? enough.includes(venue) : enough.length >= 2) this.#resolvedAt = now + 300
    }
    this.#punctual.set(venue, now)
    const lively = [...this.#punctual.values()].filter((seenAt) => seenAt > now - livelyMs)
    if (lively.length < 3) this.#livelySince = Infinity
    else if (this.#livelySince === Infinity) this.#livelySince = now
    if (now - this.#livelySince >= foundAfterMs && this.#knownFrom === Infinity) this.#knownFrom = now + 300
  }

  /** Whether a venue's trade tells what a jump was: to a node whose clock is ahead it seems late, by how much only earlier trades show. */
  #tells(lateness: readonly Lateness[]): boolean {
    return !this.#isAheadForGood || this.#wasKnown(lateness)
  }

  #wasKnown(lateness: readonly Lateness[]): boolean {
    // What waited through a sleep comes all at once; while it is open what a jump was, how late a trade is does not show.
    const known = lateness.filter(({ at, isWhileOpen }) => at < this.#openSince && !isWhileOpen)
    let [trades, countedAt] = [0, -Infinity]
    for (const { at } of known) if (at - countedAt >= 2 * apartMs) [trades, countedAt] = [trades + 1, at]
    return trades >= knownAfter
  }
}
