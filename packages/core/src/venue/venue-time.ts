import { EventEmitter } from 'eventemitter3'
import { type Clock, every } from '../clock.ts'
import { ClockJumps, earlyMs, isOnTime } from './clock-jumps.ts'
import { UsualDelays } from './usual-delays.ts'
import { VenueDelays } from './venue-delays.ts'
import { type TimeBase, futureToleranceMs, stepMs } from './time-base.ts'

/** `lostMs` says how much time may have passed that {@link Clock.now} does not show. */
export interface VenueTimeEvents {
  /** The wall clock went ahead or back by `jumpMs`: it was set, or the machine slept. */
  step: (lostMs: number, jumpMs: number) => void
  /** The wall clock went ahead or back by half a second to two. It counts as set until trades show a sleep. */
  slip: (lostMs: number) => void
  /** The offset has changed. */
  shift: (lostMs: number) => void
  /** The wall clock was set ahead, and no sleep was it: what came since counted as older than it is. */
  noSleep: () => void
  /** The clock of a venue is ahead by `leadMs`, more than was known: what its times have proved is older. */
  ahead: (venue: string, leadMs: number) => void
}

const checkEveryMs = 250

/** An error of the node's clock that is taken off and reported. */
export const clockErrorLimitMs = 5000

/** Trades show an error when they do so for this long, all by the same time: a busy process reads late too, and so does one that slept. */
const constantForMs = 3000

/** So many venues decide against the node's own clock: two may be wrong the same way. */
const quorum = 3

/** So long the node's time is proved by trades that came in time: a clock of which nobody takes care drifts away by seconds a day. */
const provedForMs = 86_400_000

/** So many decide for it, where their trades seem to come early. */
const quorumForOwnClock = 2

/**
 * What time it is at the venues. The node's clock at the start is believed until at least three venues show it to be wrong, by the median of how
 * late their trades seem to come, and again when later trades fit it better than what was believed since. Once the trades of three have come in
 * time, later ones that are late were held up: the clock can't have gone ahead without a jump. A jump of the wall clock moves nothing by
 * itself: it may have been set, or the machine may have slept. A single venue decides that, when its trades fit one of the two.
 */
export class VenueTime extends EventEmitter<VenueTimeEvents> implements TimeBase {
  readonly #clock: Clock
  readonly #jumps: ClockJumps
  readonly #delays = new VenueDelays()
  readonly #usual = new UsualDelays()
  #offsetMs = 0
  /** What the offset is by the node's clock at the start: the time that the machine slept. */
  #sleptMs = 0
  #clockErrorMs = 0
  #checkedAt: number
  /** By venue: when a trade last came in time by the present offset, with no jump since. */
  readonly #inTimeAt = new Map<string, number>()
  #constant: { readonly since: number; readonly errorMs: number } | undefined
  #stopChecks: (() => void) | undefined

  constructor(clock: Clock) {
    super()
    this.#clock = clock
    this.#jumps = new ClockJumps(clock)
    this.#checkedAt = clock.now()
  }

  get offsetMs(): number {
    return this.#offsetMs
  }

  /** The wall clock's error against the venues, milliseconds: above 0 when it is ahead. A jump counts once it is known what made it. */
  get clockErrorMs(): number {
    return this.#clockErrorMs
  }

  /** Wall minus steady clock as last seen, milliseconds. */
  get wallAheadMs(): number {
    return this.#jumps.wallAheadMs
  }

  start(): void {
    this.#stopChecks ??= every(this.#clock, checkEveryMs, () => this.check())
  }

  stop(): void {
    this.#stopChecks?.()
    this.#stopChecks = undefined
  }

  /** Epoch milliseconds at the venues now. */
  utcNow(): number {
    return this.#clock.now() + this.#offsetMs
  }

  /** While it is open whether the machine slept, the age that it would be then. */
  ageMs(at: number, now: number): number {
    return now + this.#offsetMs + this.#jumps.perhapsSleptMs - at
  }

  /** How late a venue's times come at least, milliseconds: its clock's error and the way here; undefined while unknown. */
  delayMs(venue: string): number | undefined {
    return this.#usual.recentMs(venue)
  }

  /** Looks for a jump of the wall clock; to be done before any evidence is judged, which may be the first thing that a machine does after a sleep. */
  compareClocks(now: number): void {
    const change = this.#jumps.detect(now)
    if (change === undefined) return
    const lostMs = Math.max(0, change.ms)
    if (!change.isJump) {
      this.#clockErrorMs += change.ms
      return void this.emit('slip', lostMs)
    }
    this.#constant = undefined
    this.#inTimeAt.clear()
    // After a sleep trades come earlier by the steady clock.
    if (lostMs > 0) this.#delays.clear()
    this.emit('step', lostMs, change.ms)
  }

  /** Takes in the time of a live trade as it comes, after {@link compareClocks} and before it is judged. */
  observe(venue: string, at: number, now: number): void {
    if (this.#jumps.wentAhead || this.#jumps.isOpen) this.#judgeJumps(venue, now + this.#offsetMs - at, now)
    // By the time as it is known now.
    const delayMs = now + this.#offsetMs - at
    this.#delays.add(venue, delayMs, now)
    if (!this.#jumps.isOpen && isOnTime(delayMs)) this.#inTimeAt.set(venue, now)
    // After a sleep trades seem to be early until that is known.
    if (this.#jumps.isOpen && (this.delayMs(venue) !== undefined || delayMs < 0)) return
    this.#usual.count(venue, now)
    this.#noteUsual(venue, now)
  }

  /** Takes in any other time that a venue gives as it comes, after {@link compareClocks}: one from the future shows that its clock is ahead. */
  observeAnyTime(venue: string, at: number, now: number): void {
    const delayMs = now + this.#offsetMs - at
    if (delayMs >= 0 || delayMs < -futureToleranceMs || this.#jumps.isOpen) return
    this.#usual.noteLower(venue, delayMs, now)
    this.#watchLead(venue)
  }

  /** Takes in when a venue says to have made a body, as it comes, after {@link compareClocks}. */
  observeBody(venue: string, madeAt: number, askedAt: number, now: number): void {
    if (this.#jumps.isOpen && askedAt > this.#jumps.seenAt) {
      const sleptMs = this.#jumps.settleLongByBody(now + this.#offsetMs - madeAt, now)
      if (sleptMs !== undefined) this.#takeLong(sleptMs)
    }
    this.observeAnyTime(venue, madeAt, now)
  }

  /** Looks for a jump of the wall clock, and whether the venues agree that the node's clock is wrong. */
  check(): void {
    const now = this.#clock.now()
    this.compareClocks(now)
    const wasHeldUp = now - this.#checkedAt > 4 * checkEveryMs
    this.#checkedAt = now
    const errorMs = this.#errorMs(now)
    if (errorMs === undefined || wasHeldUp) this.#constant = undefined
    else if (this.#constant === undefined || Math.abs(errorMs - this.#constant.errorMs) > earlyMs) this.#constant = { since: now, errorMs }
    else if (now - this.#constant.since >= constantForMs && this.#isShownSince(this.#constant.since, errorMs))
      this.#shift(this.#fitsOwnClock(errorMs) ? this.#sleptMs : this.#offsetMs - errorMs)
  }

  /**
   * How much later than usual a trade may come. For a venue that has another time altogether, as while the node has, and for one that was
   * seen too seldom to tell a short sleep from trades that came late, 0 is usual. What is usual may also have come from a trade with a wrong
   * time: 0 may be usual in any case, but where the jump is short.
   */
  #latenesses(venue: string, delayMs: number, now: number): readonly number[] {
    const lowestMs = this.#usual.lowestMs(venue) ?? 0
    const isUsual = Math.abs(lowestMs) <= clockErrorLimitMs && (this.#usual.isSure(venue) || !this.#jumps.hasShort)
    if (!isUsual) return [delayMs]
    return this.#jumps.hasShort && !this.#jumps.isOld(now) ? [delayMs - lowestMs] : [delayMs - lowestMs, delayMs]
  }

  #judgeJumps(venue: string, delayMs: number, now: number): void {
    const latenessesMs = this.#latenesses(venue, delayMs, now)
    const isSure = this.#usual.isSure(venue)
    const longMs = isSure ? undefined : this.#jumps.settleLong(venue, latenessesMs, now)
    if (longMs !== undefined) return this.#takeLong(longMs)
    const sleptMs = this.#jumps.sleptMs(venue, latenessesMs, isSure, now)
    if (sleptMs > 0) this.#addSleep(sleptMs, true)
    else if (this.#jumps.wasSet(venue, latenessesMs, isSure, now)) this.#closeJumps(now)
  }

  /** The long jumps are understood, `sleptMs` of them were sleeps. */
  #takeLong(sleptMs: number): void {
    const isAll = !this.#jumps.hasJumps
    if (sleptMs > 0) return this.#addSleep(sleptMs, isAll)
    if (isAll) this.#settleClock()
    this.emit('noSleep')
  }

  #noteUsual(venue: string, now: number): void {
    const delayMs = this.#delays.leastMs(venue, now)
    // One that is refused as from the future says nothing of the others.
    if (delayMs === undefined || delayMs < -futureToleranceMs) return
    this.#usual.note(venue, delayMs, now)
    this.#watchLead(venue)
  }

  #watchLead(venue: string): void {
    const aheadMs = this.#usual.takeLargerLeadMs(venue)
    if (aheadMs !== undefined) this.emit('ahead', venue, aheadMs)
  }

  /** By how much the node's time is ahead of the venues', milliseconds; undefined while they show no error. */
  #errorMs(now: number): number | undefined {
    const delays = this.#delays.eachLeastMs(now)
    const medianMs = cautiousMedian(delays)
    const errorMs = medianMs !== undefined && delays.length >= this.#quorum(medianMs) ? medianMs : this.#errorByWall(delays)
    if (errorMs === undefined || this.#fitsOwnClock(errorMs)) return errorMs
    return isOnTime(errorMs) || (errorMs > 0 && this.#isProved(now)) ? undefined : errorMs
  }

  /** Whether the node's time can't be ahead: trades of enough venues came in time by it. */
  #isProved(now: number): boolean {
    return [...this.#inTimeAt.values()].filter((at) => now - at <= provedForMs).length >= quorum
  }

  /** A clock that was ahead and has been set back: one venue that agrees with it now is enough. */
  #errorByWall(delays: readonly number[]): number | undefined {
    const errorMs = this.#jumps.backMs
    return errorMs > 0 && delays.some((delayMs) => Math.abs(delayMs - errorMs) <= stepMs) ? errorMs : undefined
  }

  /** Whether an error is what a wrong change of the offset has made. */
  #fitsOwnClock(errorMs: number): boolean {
    const movedMs = this.#offsetMs - this.#sleptMs
    return Math.abs(movedMs) > 2 * earlyMs && Math.abs(errorMs - movedMs) <= earlyMs
  }

  /**
   * Nothing but a clock makes trades early, so early ones that fit the node's own clock need fewer venues: one, if there is no other that could have
   * moved the time. Late ones may have been held up.
   */
  #quorum(errorMs: number): number {
    return errorMs < 0 && this.#fitsOwnClock(errorMs) ? Math.min(quorumForOwnClock, this.#delays.count) : quorum
  }

  /**
   * Whether new trades show an error: late ones that came before prove nothing by lasting. Two have to agree closely, which late ones don't; they
   * need not be those in the middle.
   */
  #isShownSince(since: number, errorMs: number): boolean {
    const delays = this.#delays.eachLastMs(since)
    // A venue whose trades come in time speaks against an error, however near it is.
    const speaking = this.#fitsOwnClock(errorMs) ? delays : delays.filter((delayMs) => !isOnTime(delayMs))
    const near = speaking.filter((delayMs) => Math.abs(delayMs - errorMs) <= clockErrorLimitMs).toSorted((a, b) => a - b)
    const agree = near.some((delayMs, i) => delayMs - (near[i - 1] ?? -Infinity) <= earlyMs)
    const venues = this.#delays.count
    return near.length >= Math.min(this.#quorum(errorMs), venues) && (agree || (venues === 1 && near.length === 1))
  }

  #closeJumps(now: number): void {
    const agedMore = this.#jumps.perhapsSleptMs > 0
    this.#jumps.close()
    for (const venue of this.#delays.venues) this.#noteUsual(venue, now)
    this.#clockErrorMs = this.#jumps.wallAheadMs - this.#offsetMs
    if (agedMore) this.emit('noSleep')
  }

  /** @param isAll whether no other jump stays open */
  #addSleep(sleptMs: number, isAll: boolean): void {
    const lostMs = this.#jumps.isOpen ? 0 : sleptMs
    this.#sleptMs += sleptMs
    this.#changeOffset(sleptMs, this.#jumps.seenAt)
    if (isAll) {
      this.#jumps.takeSlept(sleptMs)
      this.#clockErrorMs = this.#jumps.wallAheadMs - this.#offsetMs
    }
    this.emit('shift', lostMs)
  }

  #shift(offsetMs: number): void {
    const changeMs = Math.round(offsetMs) - this.#offsetMs
    const lostMs = Math.max(0, changeMs - this.#jumps.perhapsSleptMs)
    // By the start's clock again: there was no sleep.
    if (Math.abs(offsetMs) <= earlyMs) this.#sleptMs = 0
    this.#changeOffset(changeMs, -Infinity)
    this.#forgetJumps()
    this.emit('shift', lostMs)
  }

  /** @param wrongSince since when the offset was wrong */
  #changeOffset(byMs: number, wrongSince: number): void {
    this.#offsetMs += byMs
    this.#usual.move(byMs, wrongSince)
    this.#delays.clear()
    this.#inTimeAt.clear()
    this.#constant = undefined
  }

  #forgetJumps(): void {
    this.#jumps.forget()
    this.#settleClock()
  }

  /** It is known what made the last jumps. */
  #settleClock(): void {
    this.#jumps.close()
    this.#clockErrorMs = this.#jumps.wallAheadMs - this.#offsetMs
  }
}

/** Of two in the middle the one nearer to 0, so that half of the venues can't move the time. */
function cautiousMedian(delays: readonly number[]): number | undefined {
  const sorted = delays.toSorted((a, b) => a - b)
  const lower = sorted[(sorted.length - 1) >> 1]
  const upper = sorted[sorted.length >> 1]
  return lower === undefined || upper === undefined || Math.abs(lower) < Math.abs(upper) ? lower : upper
}
