import type { Clock } from '../clock.ts'
import { TradeCounts } from './trade-counts.ts'

/** Wall and steady clock that part by more have met a step or a sleep. */
export const stepMs = 2000

/** Nothing can be earlier than this. */
export const earlyMs = 500

/** Trades later than this are not on time. */
const lateMs = 5000

/** Frames that a machine finds waiting after a sleep come within this time. */
const wakeMs = 1000

/** After a sleep that is no longer late trades look as if they were on time, so many have to; to wait costs little, ages grow by no more than this. */
const shortMs = 10_000

/** So long after it was taken for set a jump may still turn out to have been a sleep: until then every venue has traded. */
const rememberedMs = 600_000

/** More jumps than this are not weighed one by one. */
const maxJumps = 6

/**
 * Jumps of the wall clock, and what made them: somebody set it, or, where it went ahead, the machine slept. Trades tell: after a sleep they seem
 * to be from the future, by as much as the clock jumped.
 */
export class ClockJumps {
  readonly #clock: Clock
  /** Wall minus steady clock as last seen. */
  #leadMs: number
  /** Jumps ahead; of those that are open any may have been a sleep. Kept when they are taken for set, in case that trades show a sleep after all. */
  #ahead: number[] = []
  #backMs = 0
  #isOpen = false
  #seenAt = -Infinity
  /** How early a trade came since then at most, milliseconds, below 0: the machine slept for so long at least. */
  #earliestMs = 0
  /** What came on time since then, by venue, with nothing early in between. */
  readonly #onTime = new TradeCounts()
  /** By venue: for how long the machine slept since then, as far as that venue can tell. */
  readonly #votes = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#leadMs = clock.wall() - clock.now()
  }

  /** Wall minus steady clock as last seen, milliseconds. */
  get leadMs(): number {
    return this.#leadMs
  }

  /** When the last jump was seen, on `Clock.now`. */
  get seenAt(): number {
    return this.#seenAt
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
    return this.#ahead.length > 0
  }

  /** For how long the machine may have slept, milliseconds. */
  get perhapsSleptMs(): number {
    return this.#isOpen ? sum(this.#ahead) : 0
  }

  /** Whether they have been open for so long that every venue has traded since. */
  isOld(now: number): boolean {
    return now - this.#seenAt > rememberedMs
  }

  /** Whether one of the jumps ahead was no longer than trades may come late. */
  get hasShort(): boolean {
    return this.#ahead.some((ms) => ms <= shortMs)
  }

  /** Looks for a jump; by how much the wall clock has gone ahead or back, 0 for none. */
  detect(now: number): number {
    // Both read now: a frame that takes long to work off is no jump.
    const leadMs = this.#clock.wall() - this.#clock.now()
    const changeMs = leadMs - this.#leadMs
    if (!this.#isOpen && this.wentAhead && this.isOld(now)) this.forget()
    if (Math.abs(changeMs) <= stepMs) return 0
    if (!this.#isOpen) this.forget()
    this.#leadMs = leadMs
    this.#isOpen = true
    this.#seenAt = now
    this.#earliestMs = 0
    this.#onTime.clear()
    this.#votes.clear()
    if (changeMs > 0) this.#goAhead(changeMs)
    else if (!this.wentAhead) this.#backMs -= changeMs
    return changeMs
  }

  /**
   * How long the machine slept by a venue's trade that seems to come late by one of `delaysMs`; 0 when it does not tell. After a short jump the
   * trades of a venue whose clock is ahead look as those after a sleep: it takes two venues, or one of which the usual delay is `isSure`.
   */
  sleptMs(venue: string, delaysMs: readonly number[], isSure: boolean, now: number): number {
    const sleptMs = this.#fittingMs(delaysMs, now)
    if (isSure || !this.hasShort || sleptMs === 0) return sleptMs
    this.#votes.set(venue, sleptMs)
    return [...this.#votes.values()].filter((ms) => ms === sleptMs).length >= 2 ? sleptMs : 0
  }

  /** Whether a venue's trade that seems to come late by one of `delaysMs` shows that the clock was set, with those before it. */
  wasSet(venue: string, delaysMs: readonly number[], now: number): boolean {
    if (Math.max(...delaysMs) < -earlyMs) this.#onTime.reset(venue)
    if (!this.#isSetBy(delaysMs, now)) return false
    this.#onTime.add(venue, now)
    return !this.hasShort || this.#onTime.isEnough(venue)
  }

  /**
   * How much of a sleep was made by long jumps, by a trade that seems to come late by one of `delaysMs`; undefined when it does not tell, or there
   * are none beside short ones. After it the short ones are left.
   */
  settleLong(delaysMs: readonly number[], now: number): number | undefined {
    const short = this.#ahead.filter((ms) => ms <= shortMs)
    if (short.length === 0 || short.length === this.#ahead.length) return undefined
    const sleptMs = this.#fittingMs(delaysMs, now)
    if (sleptMs === 0 && !this.#isSetBy(delaysMs, now)) return undefined
    const long = this.#ahead.filter((ms) => ms > shortMs)
    this.#ahead = short
    this.#earliestMs = 0
    this.#votes.clear()
    return [0, ...subsetSums(long)].sort((a, b) => Math.abs(a - sleptMs) - Math.abs(b - sleptMs))[0]
  }

  /** The sleep that fits a trade best; 0 for none. */
  #fittingMs(delaysMs: readonly number[], now: number): number {
    const latestMs = Math.max(...delaysMs)
    if (latestMs >= -earlyMs || !this.wentAhead) return 0
    this.#earliestMs = Math.min(this.#earliestMs, latestMs)
    // A frame that waited through a long sleep may look like one that comes in time after a short one.
    const sleeps = now - this.#seenAt >= wakeMs ? subsetSums(this.#ahead) : [sum(this.#ahead)]
    const misfitMs = (ms: number): number => Math.min(...delaysMs.map((delayMs) => Math.abs(delayMs + ms)))
    const fitting = sleeps.filter((ms) => misfitMs(ms) <= stepMs && ms >= -this.#earliestMs - stepMs)
    return fitting.sort((a, b) => misfitMs(a) - misfitMs(b))[0] ?? 0
  }

  #isSetBy(delaysMs: readonly number[], now: number): boolean {
    if (!this.#isOpen || now - this.#seenAt < wakeMs) return false
    return delaysMs.some((delayMs) => isOnTime(delayMs) && now - delayMs - this.#seenAt > earlyMs)
  }

  /** The clock was set, as far as anybody knows. */
  close(): void {
    this.#isOpen = false
    this.#backMs = 0
  }

  /** The time is known anew, whatever made the jumps. */
  forget(): void {
    this.close()
    this.#ahead = []
  }

  #goAhead(ms: number): void {
    this.#backMs = 0
    this.#ahead.push(ms)
    if (this.#ahead.length > maxJumps) this.#ahead = [sum(this.#ahead)]
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function subsetSums(values: readonly number[]): number[] {
  return values.reduce<number[]>((sums, value) => [...sums, ...sums.map((each) => each + value)], [0]).slice(1)
}

/** Whether something came as late as a healthy venue's trades come. */
export function isOnTime(delayMs: number): boolean {
  return delayMs >= -earlyMs && delayMs <= lateMs
}
