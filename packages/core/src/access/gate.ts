import { Moment, isSlow, swapArrival, usIn } from './gcra.ts'
import { type KeyLayout, keyStatus, openKeyLayout, planStart, planWord, rowStart, rowWord, statusMask } from './key-layout.ts'
import { Month, takeQuota, usedIn } from './quota.ts'

/** What {@link Gate.admit} says. */
export const verdict = { admitted: 0, rateLimited: 1, quotaExceeded: 2, revoked: 3 } as const

/** No admission puts a cell this far past its burst, not even one whose thread slept; what lies there was counted for another plan. */
const farUs = 60_000_000

/**
 * Decides for each request whether its key may have it now: exact for any number of threads on the same memory, and without
 * allocating. The fields tell about the last request; take them before the next one.
 */
export class Gate {
  /** Requests left of the month's quota; −1 where there is none. */
  monthRemaining = -1
  readonly #layout: KeyLayout
  readonly #month = new Month()
  #verdict: number = verdict.admitted
  #nowMs = 0
  /** How far the key's arrival time is ahead of now in units, its units per request and per microsecond, and its burst; the units are 0 without a limit. */
  #ahead = 0
  #units = 0
  #unitsPerUs = 1
  #burst = 0
  readonly #now = new Moment()
  readonly #arrival = new Moment()
  readonly #next = new Moment()

  constructor(buffer: SharedArrayBuffer) {
    this.#layout = openKeyLayout(buffer)
  }

  /**
   * Takes one request of a key: the rate first, then the month's quota. A refused request takes nothing.
   * @param monotonicMs a clock that never steps and is the same in all threads; whole microseconds of it count
   * @param nowMs epoch milliseconds, for the month alone
   */
  admit(row: number, monotonicMs: number, nowMs: number): number {
    return this.#judge(row, monotonicMs, nowMs, true)
  }

  /** What {@link admit} would say; takes nothing, and the fields tell how the key stands as it is. */
  look(row: number, monotonicMs: number, nowMs: number): number {
    return this.#judge(row, monotonicMs, nowMs, false)
  }

  #judge(row: number, monotonicMs: number, nowMs: number, takes: boolean): number {
    const { words, wide, rows } = this.#layout
    this.#nowMs = nowMs
    this.monthRemaining = -1
    this.#units = 0
    if (row >>> 0 >= rows) return (this.#verdict = verdict.revoked)
    const start = rowStart(this.#layout, row)
    const state = Atomics.load(words, start + rowWord.state)
    if ((state & statusMask) !== keyStatus.active) return (this.#verdict = verdict.revoked)
    const plan = planStart(state >>> 16)
    const quota = words[plan + planWord.monthlyQueries] ?? -1
    if (quota >= 0) this.#month.turnTo(nowMs)
    this.#readTerms(plan)
    if (this.#units > 0) {
      const cell = start + rowWord.arrival
      this.#now.setUs(Math.round(monotonicMs * 1000), this.#unitsPerUs)
      const slow = isSlow(this.#unitsPerUs, this.#burst * this.#units)
      for (;;) {
        this.#arrival.load(words, cell)
        const ahead = this.#arrival.unitsAfter(this.#now)
        this.#ahead = this.#isForeign(ahead) ? 0 : Math.max(0, ahead)
        if (this.#ahead > (this.#burst - 1) * this.#units) {
          if (quota >= 0) this.#readMonth(start, quota)
          return (this.#verdict = verdict.rateLimited)
        }
        if (quota >= 0 && !this.#readMonth(start, quota)) return (this.#verdict = verdict.quotaExceeded)
        if (!takes) return (this.#verdict = verdict.admitted)
        this.#next.setAfter(this.#now, this.#ahead + this.#units)
        if (!swapArrival(words, wide, cell, this.#arrival, this.#next, slow)) continue
        if (quota >= 0 && !takeQuota(words, start + rowWord.quota, this.#month.number, quota)) {
          // Another thread had the last of the month. Where the cell moved on meanwhile it stays a request ahead, which nobody sees before the turn.
          this.#arrival.setAfter(this.#now, this.#ahead)
          swapArrival(words, wide, cell, this.#next, this.#arrival, slow)
          this.monthRemaining = 0
          return (this.#verdict = verdict.quotaExceeded)
        }
        this.#ahead += this.#units
        break
      }
    } else if (quota >= 0 && !(takes ? takeQuota(words, start + rowWord.quota, this.#month.number, quota) : this.#readMonth(start, quota))) {
      this.monthRemaining = 0
      return (this.#verdict = verdict.quotaExceeded)
    }
    if (quota >= 0) this.#readMonth(start, quota)
    return (this.#verdict = verdict.admitted)
  }

  /** Milliseconds after which the same request is admitted if no other comes before it, and not one sooner; 0 after an admission or a revoked key. */
  get retryAfterMs(): number {
    if (this.#verdict === verdict.rateLimited) return this.#msUntil(this.#ahead - (this.#burst - 1) * this.#units)
    return this.#verdict === verdict.quotaExceeded ? this.monthResetMs : 0
  }

  /** Requests that would be admitted at once now; −1 where no rate is set. */
  get remaining(): number {
    if (this.#units === 0) return -1
    return Math.max(0, Math.floor((this.#burst * this.#units - this.#ahead) / this.#units))
  }

  /** Milliseconds until the bucket is full again. */
  get resetMs(): number {
    return this.#units === 0 ? 0 : this.#msUntil(this.#ahead)
  }

  /** Milliseconds until the month's quota begins anew; 0 where there is none. */
  get monthResetMs(): number {
    return this.monthRemaining < 0 ? 0 : Math.ceil(this.#month.endMs - this.#nowMs)
  }

  #readTerms(plan: number): void {
    const { words } = this.#layout
    this.#units = words[plan + planWord.emissionUnits] ?? 0
    this.#unitsPerUs = words[plan + planWord.unitsPerUs] ?? 1
    this.#burst = words[plan + planWord.burst] ?? 1
  }

  #readMonth(start: number, quota: number): boolean {
    this.monthRemaining = Math.max(0, quota - usedIn(Atomics.load(this.#layout.words, start + rowWord.quota), this.#month.number))
    return this.monthRemaining > 0
  }

  #isForeign(ahead: number): boolean {
    return ahead > this.#burst * this.#units + farUs * this.#unitsPerUs
  }

  #msUntil(units: number): number {
    return Math.max(0, Math.ceil(usIn(units, this.#unitsPerUs) / 1000))
  }
}
