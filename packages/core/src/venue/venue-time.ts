import { EventEmitter } from 'eventemitter3'
import { type Clock, every } from '../clock.ts'
import { ClockError, clockErrorLimitMs, fitsOwnClock } from './clock-error.ts'
import { ClockJumps, earlyMs, isOnTime } from './clock-jumps.ts'
import { UsualDelays } from './usual-delays.ts'
import { type TimeBase, futureToleranceMs } from './time-base.ts'

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

/**
 * What time it is at the venues. The node's clock at the start is believed until at least three venues show it to be wrong, by the median of how
 * late their trades seem to come, and again when later trades fit it better than what was believed since. Once the trades of three have come in
 * time, later ones that are late were held up: the clock can't have gone ahead without a jump. A jump of the wall clock moves nothing by
 * itself: it may have been set, or the machine may have slept. A single venue decides that, when its trades fit one of the two.
 */
export class VenueTime extends EventEmitter<VenueTimeEvents> implements TimeBase {
  readonly #clock: Clock
  readonly #jumps: ClockJumps
  readonly #error = new ClockError()
  readonly #usual = new UsualDelays()
  #offsetMs = 0
  /** What the offset is by the node's clock at the start: the time that the machine slept. */
  #sleptMs = 0
  #clockErrorMs = 0
  #checkedAt: number
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
    this.#error.jump(lostMs > 0)
    this.emit('step', lostMs, change.ms)
  }

  /** Takes in the time of a live trade as it comes, after {@link compareClocks} and before it is judged. */
  observe(venue: string, at: number, now: number): void {
    if (this.#jumps.wentAhead || this.#jumps.isOpen) this.#judgeJumps(venue, now + this.#offsetMs - at, now)
    // By the time as it is known now.
    const delayMs = now + this.#offsetMs - at
    this.#error.addDelay(venue, delayMs, now)
    if (!this.#jumps.isOpen && isOnTime(delayMs)) this.#error.noteInTime(venue, now)
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
    const changes = { movedMs: this.#offsetMs - this.#sleptMs, backMs: this.#jumps.backMs }
    const errorMs = this.#error.find(now, changes, wasHeldUp)
    if (errorMs !== undefined) this.#shift(fitsOwnClock(errorMs, changes) ? this.#sleptMs : this.#offsetMs - errorMs)
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
    if (isAll) {
      this.#jumps.close()
      this.#settleClockError()
    }
    this.emit('noSleep')
  }

  #noteUsual(venue: string, now: number): void {
    const delayMs = this.#error.leastDelayMs(venue, now)
    // One that is refused as from the future says nothing of the others.
    if (delayMs === undefined || delayMs < -futureToleranceMs) return
    this.#usual.note(venue, delayMs, now)
    this.#watchLead(venue)
  }

  #watchLead(venue: string): void {
    const aheadMs = this.#usual.takeLargerLeadMs(venue)
    if (aheadMs !== undefined) this.emit('ahead', venue, aheadMs)
  }

  #closeJumps(now: number): void {
    const agedMore = this.#jumps.perhapsSleptMs > 0
    this.#jumps.close()
    for (const venue of this.#error.venues) this.#noteUsual(venue, now)
    this.#settleClockError()
    if (agedMore) this.emit('noSleep')
  }

  /** @param isAll whether no other jump stays open */
  #addSleep(sleptMs: number, isAll: boolean): void {
    const lostMs = this.#jumps.isOpen ? 0 : sleptMs
    this.#sleptMs += sleptMs
    this.#changeOffset(sleptMs, this.#jumps.seenAt)
    if (isAll) {
      this.#jumps.takeSlept(sleptMs)
      this.#settleClockError()
    }
    this.emit('shift', lostMs)
  }

  #shift(offsetMs: number): void {
    const changeMs = Math.round(offsetMs) - this.#offsetMs
    const lostMs = Math.max(0, changeMs - this.#jumps.perhapsSleptMs)
    // By the start's clock again: there was no sleep.
    if (Math.abs(offsetMs) <= earlyMs) this.#sleptMs = 0
    this.#changeOffset(changeMs, -Infinity)
    this.#jumps.forget()
    this.#settleClockError()
    this.emit('shift', lostMs)
  }

  /** @param wrongSince since when the offset was wrong */
  #changeOffset(byMs: number, wrongSince: number): void {
    this.#offsetMs += byMs
    this.#usual.move(byMs, wrongSince)
    this.#error.clear()
  }

  /** It is known what made the last jumps. */
  #settleClockError(): void {
    this.#clockErrorMs = this.#jumps.wallAheadMs - this.#offsetMs
  }
}
