import type { Clock } from '../clock.ts'
import { SmallChanges } from './small-changes.ts'
import { TradeCounts } from './trade-counts.ts'
import { futureToleranceMs, stepMs } from './time-base.ts'

/** A clock that drifts, or is set right all the time, parts by less for long. */
const leastChangeMs = 500

/** Nothing can be earlier than this. */
export const earlyMs = 500

/** Trades later than this are not on time. */
const lateMs = 5000

/** Frames that a machine finds waiting after a sleep come within this time, */
const wakeMs = 1000

/** or, where the network sends them again, within this one. They come far faster than they were made, so that none seem to be on time for long. */
const backlogMs = 60_000
const timelyMs = 250

/** After a sleep that is no longer late trades look as if they were on time, so many have to; to wait costs little, ages grow by no more than this. */
const shortMs = 20_000

/** So long after it was taken for set a jump may still turn out to have been a sleep: until then every venue has traded. */
const rememberedMs = 600_000

/** No body is older: one that seems to be on time after a longer jump has not been made before it. */
const oldestBodyMs = 600_000

/** More jumps than this are not weighed one by one. */
const maxJumps = 6

/** The wall clock went ahead or back by `ms`. */
export interface ClockChange {
  readonly ms: number
  /** Whether it opens the question what made it; a small one counts as set. */
  readonly isJump: boolean
}

/**
 * Jumps of the wall clock, and what made them: somebody set it, or, where it went ahead, the machine slept. Trades tell: after a sleep they seem
 * to be from the future, by as much as the clock jumped.
 */
export class ClockJumps {
  readonly #clock: Clock
  /** Wall minus steady clock as last seen. */
  #wallAheadMs: number
  /** Jumps ahead; of those that are open any may have been a sleep. Kept when they are taken for set, in case that trades show a sleep after all. */
  #ahead: number[] = []
  readonly #small = new SmallChanges()
  #backMs = 0
  #isOpen = false
  #seenAt = -Infinity
  /** How early a trade came since then at most, milliseconds, below 0: the machine slept for so long at least, but for the lead of its venue. */
  #earliestMs = 0
  /** What came on time since then, by venue, with nothing early in between. */
  readonly #onTime = new TradeCounts()
  /** By venue: for how long the machine slept since then, as far as that venue can tell. */
  readonly #votes = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#wallAheadMs = clock.wall() - clock.now()
  }

  /** Wall minus steady clock as last seen, milliseconds. */
  get wallAheadMs(): number {
    return this.#wallAheadMs
  }

  /** When the last jump, or small change ahead, was seen, on `Clock.now`. */
  get seenAt(): number {
    return Math.max(this.#seenAt, this.#small.lastAt)
  }

  /** Whether it is open what made the last jumps. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** How far the wall clock went back without having gone ahead, milliseconds; open. */
  get backMs(): number {
    return this.#backMs
  }

  /** Whether there may have been a sleep, also one that was taken for a set clock. */
  get wentAhead(): boolean {
    return this.#ahead.length > 0 || !this.#small.isEmpty
  }

  /** Whether one of the jumps ahead may have been a sleep, small changes left out. */
  get hasJumps(): boolean {
    return this.#ahead.length > 0
  }

  /** For how long the machine may have slept, milliseconds. */
  get perhapsSleptMs(): number {
    return this.#isOpen ? sum(this.#allAhead) : 0
  }

  /** Whether they have been open for so long that every venue has traded since. */
  isOld(now: number): boolean {
    return now - this.seenAt > rememberedMs
  }

  /** Whether one of the jumps ahead was no longer than trades may come late. Small changes count as one while no jump is open. */
  get hasShort(): boolean {
    return this.#ahead.some((ms) => ms <= shortMs) || (!this.#isOpen && !this.#small.isEmpty)
  }

  get #allAhead(): readonly number[] {
    return [...this.#ahead, ...this.#small.eachMs]
  }

  /** Looks for a change of the wall clock; undefined for none. */
  detect(now: number): ClockChange | undefined {
    // Both read now: a frame that takes long to work off is no jump.
    const wallAheadMs = this.#clock.wall() - this.#clock.now()
    const changeMs = wallAheadMs - this.#wallAheadMs
    if (this.hasJumps && !this.#isOpen && now - this.#seenAt > rememberedMs) this.#ahead = []
    this.#small.forgetOld(now)
    if (Math.abs(changeMs) <= leastChangeMs) return undefined
    this.#wallAheadMs = wallAheadMs
    const isJump = Math.abs(changeMs) > stepMs
    if (isJump) this.#jump(changeMs, now)
    else if (changeMs > 0) {
      this.#small.add(changeMs, now)
      this.#votes.clear()
      if (!this.#isOpen) this.#earliestMs = 0
    }
    return { isJump, ms: changeMs }
  }

  #jump(changeMs: number, now: number): void {
    if (!this.#isOpen) {
      this.close()
      this.#ahead = []
    }
    this.#isOpen = true
    this.#seenAt = now
    this.#earliestMs = 0
    this.#onTime.clear()
    this.#votes.clear()
    if (changeMs > 0) this.#goAhead(changeMs)
    else if (!this.hasJumps) this.#backMs -= changeMs
  }

  /**
   * How long the machine slept by a venue's trade that seems to come late by one of `delaysMs`; 0 when it does not tell. After a short jump the
   * trades of a venue whose clock is ahead look as those after a sleep: it takes two venues, or one of which the usual delay is `isSure`.
   */
  sleptMs(venue: string, delaysMs: readonly number[], isSure: boolean, now: number): number {
    this.#noteEarliest(delaysMs)
    if (isSure && delaysMs.some((ms) => Math.abs(ms) <= earlyMs)) this.#small.settle(venue, now)
    const sleptMs = sum(this.#fitting(delaysMs, now))
    // Nobody else has traded for long, or there were too many jumps to weigh: what the trades show is all there is.
    if (this.isOld(now) && this.#isOpen) return sleptMs > 0 ? sleptMs : this.#shownSleepMs(delaysMs)
    if (isSure || !this.hasShort || sleptMs === 0) return sleptMs
    this.#votes.set(venue, sleptMs)
    return [...this.#votes.values()].filter((ms) => ms === sleptMs).length >= 2 ? sleptMs : 0
  }

  /**
   * Whether a venue's trade that seems to come late by one of `delaysMs` shows that the clock was set, with those before it. Frames that have
   * waited through a sleep may come a while after it, and look as if they were on time. After a short sleep the trades of a venue whose clock is
   * behind do so too, as late ones do: it takes ten of two venues, or of one that is `isSure`.
   */
  wasSet(venue: string, delaysMs: readonly number[], isSure: boolean, now: number): boolean {
    if (Math.max(...delaysMs) < -earlyMs) this.#onTime.reset(venue)
    // A clock that is some seconds ahead makes no long sleep, and after ten minutes nothing else is left.
    const isClear = this.isOld(now) || (!this.hasShort && !isSure)
    if (!this.#isSetBy(delaysMs, now, isClear ? -stepMs : -earlyMs)) return false
    this.#onTime.add(venue, now)
    if (!this.hasShort) return this.#isPastWaking(venue, now)
    return this.isOld(now) || (this.#onTime.isEnough(venue) && (isSure || this.#onTime.countEnough() >= 2))
  }

  /**
   * Decides what made the long jumps beside short ones, by a venue's trade that seems to come late by one of `delaysMs`: leaves the short ones, and
   * returns for how long the machine slept; undefined when the trade does not tell, or there are none of both.
   */
  settleLong(venue: string, delaysMs: readonly number[], now: number): number | undefined {
    const long = this.#long()
    if (long.length === 0 || long.length === this.#ahead.length) return undefined
    this.#noteEarliest(delaysMs)
    const sleeps = this.#fitting(delaysMs, now)
    const isOnTimeNow = sleeps.length === 0 && this.#isSetBy(delaysMs, now, -stepMs)
    if (isOnTimeNow) this.#onTime.add(venue, now)
    return this.#leaveShort(sleeps, isOnTimeNow && this.#isPastWaking(venue, now))
  }

  /** The same by a body that was asked for since the last jump and seems to come late by `delayMs`, also where there is no short one. */
  settleLongByBody(delayMs: number, now: number): number | undefined {
    const long = this.#long()
    if (!this.#isOpen || long.length === 0) return undefined
    const isSet = this.#isSetBy([delayMs], now, -stepMs) && long.every((ms) => ms > oldestBodyMs)
    return this.#leaveShort(this.#fitting([delayMs], now), isSet)
  }

  #long(): readonly number[] {
    return this.#ahead.filter((ms) => ms > shortMs)
  }

  #leaveShort(sleeps: readonly number[], isSet: boolean): number | undefined {
    if (sleeps.length === 0 && !isSet) return undefined
    this.#ahead = this.#ahead.filter((ms) => ms <= shortMs)
    this.#earliestMs = 0
    this.#votes.clear()
    return sum(sleeps.filter((ms) => ms > shortMs))
  }

  #noteEarliest(delaysMs: readonly number[]): void {
    const latestMs = Math.max(...delaysMs)
    if (latestMs < -earlyMs) this.#earliestMs = Math.min(this.#earliestMs, latestMs)
  }

  /** The jumps that a trade shows to have been sleeps, those that fit best; empty for none. */
  #fitting(delaysMs: readonly number[], now: number): readonly number[] {
    if (Math.max(...delaysMs) >= -earlyMs || !this.wentAhead) return []
    // A frame that waited through a long sleep may look like one that comes in time after a short one.
    const isWaking = now - this.seenAt < wakeMs
    const all = this.#allAhead
    const sleeps = isWaking ? [all, this.#ahead] : subsets(all)
    const misfitMs = (ms: readonly number[]): number => Math.min(...delaysMs.map((delayMs) => Math.abs(delayMs + sum(ms))))
    // Small changes may have been set before.
    const mostMs = (ms: readonly number[]): number => (isWaking && ms.length < all.length ? earlyMs : mostMisfitMs(ms))
    const fitting = sleeps.filter((ms) => ms.length > 0 && misfitMs(ms) <= mostMs(ms) && sum(ms) >= -this.#earliestMs - earlyMs - futureToleranceMs)
    return fitting.sort((a, b) => misfitMs(a) - misfitMs(b))[0] ?? []
  }

  /** For how long a trade shows the machine to have slept, whatever the jumps were. */
  #shownSleepMs(delaysMs: readonly number[]): number {
    const shownMs = -Math.max(...delaysMs)
    return shownMs > stepMs && shownMs <= this.perhapsSleptMs + stepMs ? Math.round(shownMs) : 0
  }

  /** Whether something on time is none that has waited through a sleep. */
  #isPastWaking(venue: string, now: number): boolean {
    return !this.hasJumps || now - this.#seenAt >= backlogMs || now - this.#onTime.firstAt(venue) >= timelyMs
  }

  /** Whether something that seems to come late by one of `delaysMs` is on time, and happened since the last jump. */
  #isSetBy(delaysMs: readonly number[], now: number, leastMs: number): boolean {
    if (!this.#isOpen || now - this.#seenAt < wakeMs) return false
    return delaysMs.some((delayMs) => delayMs >= leastMs && delayMs <= lateMs && now - delayMs - this.#seenAt > earlyMs)
  }

  /** The clock was set, as far as anybody knows. */
  close(): void {
    this.#isOpen = false
    this.#backMs = 0
  }

  /** Jumps of `sleptMs` in all were sleeps; the others may turn out to have been some too. */
  takeSlept(sleptMs: number): void {
    const all = this.#allAhead
    const places = [...all.keys()]
    const slept = subsets(places).find((jumps) => sum(jumps.map((i) => all[i] ?? 0)) === sleptMs)
    const jumps = this.#ahead.length
    this.#ahead = this.#ahead.filter((_, place) => slept !== undefined && !slept.includes(place))
    this.#small.remove(slept?.map((place) => place - jumps) ?? [])
    this.#earliestMs = 0
    this.#votes.clear()
    this.close()
  }

  /** The time is known anew, whatever made the jumps. */
  forget(): void {
    this.close()
    this.#ahead = []
    this.#small.clear()
    this.#earliestMs = 0
  }

  #goAhead(ms: number): void {
    this.#backMs = 0
    this.#ahead.push(ms)
    if (this.#ahead.length > maxJumps) this.#ahead = [sum(this.#ahead)]
  }
}

/** By how much a trade may miss what sleeps would make of it: no more than half of small ones, which one that is in time must not fit. */
const mostMisfitMs = (sleeps: readonly number[]): number => (sleeps.some((ms) => ms > stepMs) ? stepMs : sum(sleeps) / 2)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** All but the empty one. */
function subsets(values: readonly number[]): (readonly number[])[] {
  return values.reduce<(readonly number[])[]>((sets, value) => [...sets, ...sets.map((each) => [...each, value])], [[]]).slice(1)
}

/** Whether something came as late as a healthy venue's trades come. */
export function isOnTime(delayMs: number): boolean {
  return delayMs >= -earlyMs && delayMs <= lateMs
}
