import { EventEmitter } from 'eventemitter3'
import { type Clock, every } from '../clock.ts'
import { ClockJumps, earlyMs, isOnTime, stepMs } from './clock-jumps.ts'
import { DelayWindow } from './delay-window.ts'
import { UsualDelays } from './usual-delays.ts'

/** What venues' times are judged by; see {@link VenueTime}. */
export interface TimeBase {
  /** To be added to {@link Clock.now} for the time at the venues, milliseconds. */
  readonly offsetMs: number
  /** How old something is that happened at `at` by the venues' time, milliseconds; below 0 for the future. */
  ageMs(at: number, now: number): number
}

/** Takes the node's clock for right. */
export const plainTime: TimeBase = { offsetMs: 0, ageMs: (at, now) => now - at }

/** `lostMs` says how much time may have passed that {@link Clock.now} does not show. */
export interface VenueTimeEvents {
  /** The wall clock was set, or the machine slept. */
  step: (lostMs: number) => void
  /** The offset has changed. */
  shift: (lostMs: number) => void
  /** The wall clock was set ahead, and no sleep was it: what came since counted as older than it is. */
  noSleep: () => void
}

const checkEveryMs = 250

/** An error of the node's clock that is taken off and reported. */
export const clockErrorLimitMs = 5000

/** Trades show an error when they do so for this long, all by the same time: a busy process reads late too, and so does one that slept. */
const constantForMs = 3000

/** So many venues decide against the node's own clock. */
const quorum = 3

/**
 * What time it is at the venues. The node's clock at the start is believed until at least three venues show it to be wrong, by the median of how
 * late their trades seem to come. A jump of the wall clock moves nothing by itself: it may have been set, or the machine may have slept. A single
 * venue decides that, when its trades fit one of the two.
 */
export class VenueTime extends EventEmitter<VenueTimeEvents> implements TimeBase {
  readonly #clock: Clock
  readonly #jumps: ClockJumps
  readonly #delays = new Map<string, DelayWindow>()
  readonly #usual = new UsualDelays()
  #offsetMs = 0
  #clockErrorMs = 0
  #checkedAt: number
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

  /** How late a venue's trades come at least, milliseconds: its clock's error and the way here; undefined while unknown. */
  delayMs(venue: string): number | undefined {
    return this.#usual.recentMs(venue)
  }

  /** Looks for a jump of the wall clock; to be done before any evidence is judged, which may be the first thing that a machine does after a sleep. */
  compareClocks(now: number): void {
    const changeMs = this.#jumps.detect(now)
    if (changeMs === 0) return
    this.#constant = undefined
    this.emit('step', Math.max(0, changeMs))
  }

  /** Takes in the time of a live trade as it comes, after {@link compareClocks} and before it is judged. */
  observe(venue: string, at: number, now: number): void {
    const lateMs = this.#lateness(venue, now + this.#offsetMs - at)
    const sleptMs = this.#jumps.sleptMs(lateMs, now)
    if (sleptMs > 0) this.#addSleep(sleptMs)
    else if (this.#jumps.wasSet(lateMs, now)) this.#closeJumps(now)
    const delayMs = now + this.#offsetMs - at
    let delays = this.#delays.get(venue)
    if (delays === undefined) this.#delays.set(venue, (delays = new DelayWindow()))
    delays.add(delayMs, now)
    // After a sleep trades seem to be early until that is known.
    if (!this.#jumps.isOpen || (this.delayMs(venue) === undefined && delayMs >= -earlyMs)) this.#noteUsual(venue, delays, now)
  }

  /** Looks for a jump of the wall clock, and whether the venues agree that the node's clock is wrong. */
  check(): void {
    const now = this.#clock.now()
    this.compareClocks(now)
    const wasHeldUp = now - this.#checkedAt > 4 * checkEveryMs
    this.#checkedAt = now
    const errorMs = this.#medianDelayMs(now) ?? this.#errorByWall(now)
    if (errorMs === undefined || isOnTime(errorMs) || wasHeldUp) this.#constant = undefined
    // Nothing can be early. Frames that waited through a sleep show less of it than there was.
    else if (errorMs < 0 && !this.#jumps.wentAhead) this.#shift(this.#offsetMs - errorMs)
    else if (this.#constant === undefined || Math.abs(errorMs - this.#constant.errorMs) > earlyMs) this.#constant = { since: now, errorMs }
    else if (now - this.#constant.since >= constantForMs && this.#isShownSince(this.#constant.since, errorMs)) this.#shift(this.#offsetMs - errorMs)
  }

  /**
   * How much later than usual a trade comes; 0 is usual for a venue that has another time altogether, as while the node has, and for one that
   * was seen too seldom to tell a short sleep from trades that came late.
   */
  #lateness(venue: string, delayMs: number): number {
    const lowestMs = this.#usual.lowestMs(venue) ?? 0
    const isUsual = Math.abs(lowestMs) <= clockErrorLimitMs && (this.#usual.isSure(venue) || !this.#jumps.isShort)
    return delayMs - (isUsual ? lowestMs : 0)
  }

  #noteUsual(venue: string, delays: DelayWindow, now: number): void {
    const delayMs = delays.min(now)
    if (delayMs !== undefined) this.#usual.note(venue, delayMs, now)
  }

  /** Undefined while fewer than {@link quorum} venues traded lately. */
  #medianDelayMs(now: number): number | undefined {
    const delays = this.#leastDelays(now).sort((a, b) => a - b)
    if (delays.length < quorum) return undefined
    const middle = delays.length >> 1
    return delays.length % 2 === 1 ? delays[middle] : ((delays[middle - 1] ?? 0) + (delays[middle] ?? 0)) / 2
  }

  /** A clock that was ahead and has been set back: one venue that agrees with it now is enough. */
  #errorByWall(now: number): number | undefined {
    const errorMs = this.#jumps.backMs
    return errorMs > 0 && this.#leastDelays(now).some((delayMs) => Math.abs(delayMs - errorMs) <= stepMs) ? errorMs : undefined
  }

  #leastDelays(now: number): number[] {
    const delays = [...this.#delays.values()].map((window) => window.min(now))
    return delays.filter((delayMs) => delayMs !== undefined)
  }

  /** Whether new trades show an error: late ones that came before prove nothing by lasting. Two have to agree closely, which late ones don't. */
  #isShownSince(since: number, errorMs: number): boolean {
    const parts = [...this.#delays.values()].filter(({ lastAt }) => lastAt > since).map(({ lastMs }) => Math.abs(lastMs - errorMs))
    const count = (withinMs: number): number => parts.filter((ms) => ms <= withinMs).length
    const venues = this.#delays.size
    return count(clockErrorLimitMs) >= Math.min(quorum, venues) && count(earlyMs) >= Math.min(2, venues)
  }

  #closeJumps(now: number): void {
    const agedMore = this.#jumps.perhapsSleptMs > 0
    this.#jumps.close()
    for (const [venue, delays] of this.#delays) this.#noteUsual(venue, delays, now)
    this.#clockErrorMs = this.#jumps.leadMs - this.#offsetMs
    if (agedMore) this.emit('noSleep')
  }

  #addSleep(sleptMs: number): void {
    const lostMs = this.#jumps.isOpen ? 0 : sleptMs
    this.#changeOffset(sleptMs, this.#jumps.seenAt)
    this.emit('shift', lostMs)
  }

  #shift(offsetMs: number): void {
    const changeMs = Math.round(offsetMs) - this.#offsetMs
    const lostMs = Math.max(0, changeMs - this.#jumps.perhapsSleptMs)
    this.#changeOffset(changeMs, -Infinity)
    this.emit('shift', lostMs)
  }

  /** @param wrongSince since when the offset was wrong */
  #changeOffset(byMs: number, wrongSince: number): void {
    this.#offsetMs += byMs
    this.#usual.move(byMs, wrongSince)
    this.#delays.clear()
    this.#constant = undefined
    this.#jumps.forget()
    this.#clockErrorMs = this.#jumps.leadMs - this.#offsetMs
  }
}
