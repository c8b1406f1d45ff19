import { earlyMs, isOnTime } from './clock-jumps.ts'
import { stepMs } from './time-base.ts'
import { VenueDelays } from './venue-delays.ts'

/** An error of the node's clock that is taken off and reported. */
export const clockErrorLimitMs = 5000

/** Trades show an error when they do so for this long, all by the same time: a busy process reads late too, and so does one that slept. */
const constantForMs = 3000

/** So many venues decide against the node's own clock: two may be wrong the same way. */
const quorum = 3

/** So many decide for it, where their trades seem to come early. */
const quorumForOwnClock = 2

/** So long the node's time is proved by trades that came in time: a clock of which nobody takes care drifts away by seconds a day. */
const provedForMs = 86_400_000

/** How the node's time has been changed, milliseconds. */
export interface TimeChanges {
  /** By how much the venues have moved it against the node's own clock. */
  readonly movedMs: number
  /** How far the wall clock was set back; open. */
  readonly backMs: number
}

/** By how much the node's time is ahead of the venues', by how late their trades come. */
export class ClockError {
  readonly #delays = new VenueDelays()
  /** By venue: when a trade last came in time by the present offset, with no jump since. */
  readonly #inTimeAt = new Map<string, number>()
  #constant: { readonly since: number; readonly errorMs: number } | undefined

  get venues(): Iterable<string> {
    return this.#delays.venues
  }

  /** See {@link VenueDelays.leastMs}. */
  leastDelayMs(venue: string, now: number): number | undefined {
    return this.#delays.leastMs(venue, now)
  }

  addDelay(venue: string, delayMs: number, now: number): void {
    this.#delays.add(venue, delayMs, now)
  }

  /** A venue's trade came in time. */
  noteInTime(venue: string, now: number): void {
    this.#inTimeAt.set(venue, now)
  }

  /** The wall clock has jumped. After a sleep trades come earlier by the steady clock: what was measured before says nothing. */
  jump(isAhead: boolean): void {
    this.#constant = undefined
    this.#inTimeAt.clear()
    if (isAhead) this.#delays.clear()
  }

  /** The time has changed: what was measured by another one says nothing. */
  clear(): void {
    this.jump(true)
  }

  /**
   * The error that trades have shown for long, milliseconds; undefined while they show none.
   * @param wasHeldUp whether the process has read late
   */
  find(now: number, changes: TimeChanges, wasHeldUp: boolean): number | undefined {
    const errorMs = this.#errorMs(now, changes)
    if (errorMs === undefined || wasHeldUp) this.#constant = undefined
    else if (this.#constant === undefined || Math.abs(errorMs - this.#constant.errorMs) > earlyMs) this.#constant = { since: now, errorMs }
    else if (now - this.#constant.since >= constantForMs && this.#isShownSince(this.#constant.since, errorMs, changes)) return errorMs
    return undefined
  }

  #errorMs(now: number, changes: TimeChanges): number | undefined {
    const delays = this.#delays.eachLeastMs(now)
    const medianMs = cautiousMedian(delays)
    const isEnough = medianMs !== undefined && delays.length >= this.#quorum(medianMs, changes)
    const errorMs = isEnough ? medianMs : errorByWall(delays, changes)
    if (errorMs === undefined || fitsOwnClock(errorMs, changes)) return errorMs
    return isOnTime(errorMs) || (errorMs > 0 && this.#isProved(now)) ? undefined : errorMs
  }

  /** Whether the node's time can't be ahead: trades of enough venues came in time by it. */
  #isProved(now: number): boolean {
    return [...this.#inTimeAt.values()].filter((at) => now - at <= provedForMs).length >= quorum
  }

  /**
   * Nothing but a clock makes trades early, so early ones that fit the node's own clock need fewer venues: one, if there is no other that could have
   * moved the time. Late ones may have been held up.
   */
  #quorum(errorMs: number, changes: TimeChanges): number {
    return errorMs < 0 && fitsOwnClock(errorMs, changes) ? Math.min(quorumForOwnClock, this.#delays.count) : quorum
  }

  /**
   * Whether new trades show an error: late ones that came before prove nothing by lasting. Two have to agree closely, which late ones don't; they
   * need not be those in the middle.
   */
  #isShownSince(since: number, errorMs: number, changes: TimeChanges): boolean {
    const delays = this.#delays.eachLastMs(since)
    // A venue whose trades come in time speaks against an error, however near it is.
    const speaking = fitsOwnClock(errorMs, changes) ? delays : delays.filter((delayMs) => !isOnTime(delayMs))
    const near = speaking.filter((delayMs) => Math.abs(delayMs - errorMs) <= clockErrorLimitMs).toSorted((a, b) => a - b)
    const agree = near.some((delayMs, i) => delayMs - (near[i - 1] ?? -Infinity) <= earlyMs)
    const venues = this.#delays.count
    return near.length >= Math.min(this.#quorum(errorMs, changes), venues) && (agree || (venues === 1 && near.length === 1))
  }
}

/** Whether an error is what a wrong change of the offset has made. */
export function fitsOwnClock(errorMs: number, { movedMs }: Pick<TimeChanges, 'movedMs'>): boolean {
  return Math.abs(movedMs) > 2 * earlyMs && Math.abs(errorMs - movedMs) <= earlyMs
}

/** A clock that was ahead and has been set back: one venue that agrees with it now is enough. */
function errorByWall(delays: readonly number[], { backMs }: TimeChanges): number | undefined {
  return backMs > 0 && delays.some((delayMs) => Math.abs(delayMs - backMs) <= stepMs) ? backMs : undefined
}

/** Of two in the middle the one nearer to 0, so that half of the venues can't move the time. */
function cautiousMedian(delays: readonly number[]): number | undefined {
  const sorted = delays.toSorted((a, b) => a - b)
  const lower = sorted[(sorted.length - 1) >> 1]
  const upper = sorted[sorted.length >> 1]
  return lower === undefined || upper === undefined || Math.abs(lower) < Math.abs(upper) ? lower : upper
}
