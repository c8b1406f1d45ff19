import type { Clock } from '../../clock.ts'
import type { FaultRig } from './fault-rig.ts'
import type { Truth } from './truth.ts'

/** Most findings of a kind that a report names. */
const mostFindings = 3

/** How closely is looked. */
export interface WatchOptions {
  /** How much later than in the market a price may be known here. */
  readonly toleranceMs: number
  readonly everyPrice: boolean
}

/** Looks at every price that the engine shows, compares it with the truth, and keeps the times that a report is made of. */
export class FaultWatch {
  readonly freshBeyondLimit: string[] = []
  readonly servedBeyondMaxStale: string[] = []
  readonly wrongPrices: string[] = []
  longestUnconfirmedMs = 0
  /** When no price was first shown as fresh. */
  allStaleAt: number | undefined
  /** When the engine let go of a connection, and when it means to try again. */
  lastCut: { readonly at: number; readonly dueAt: number } | undefined
  firstCutAt: number | undefined
  lastOpenAt: number | undefined
  /** When every symbol was first proved on or after the last opening. */
  backAt: number | undefined
  readonly #rig: FaultRig
  readonly #truth: Truth
  readonly #clock: Clock
  readonly #toleranceMs: number

  constructor(rig: FaultRig, clock: Clock, truth: Truth, { toleranceMs, everyPrice }: WatchOptions) {
    this.#rig = rig
    this.#truth = truth
    this.#clock = clock
    this.#toleranceMs = toleranceMs
    if (everyPrice) rig.onPrice((symbol) => this.#ageMs(symbol, this.#clock.now()))
    rig.feed.on('cut', (_symbols, _reason, retryInMs) => {
      const at = this.#clock.now()
      this.firstCutAt ??= at
      this.lastCut = { at, dueAt: at + retryInMs }
    })
    rig.feed.on('open', () => {
      // The board holds whole milliseconds.
      this.lastOpenAt = Math.floor(this.#clock.now())
      this.backAt = undefined
    })
  }

  /** Forgets what came before the fault. */
  begin(): void {
    this.longestUnconfirmedMs = 0
    this.firstCutAt = this.lastCut = this.lastOpenAt = this.backAt = this.allStaleAt = undefined
  }

  /** Whether every price is fresh, and proved on the last connection where one was opened. */
  isOver(): boolean {
    const { lastCut, lastOpenAt } = this
    const waiting = lastCut !== undefined && !((lastOpenAt ?? -Infinity) >= Math.floor(lastCut.at))
    return !waiting && (lastOpenAt === undefined || this.backAt !== undefined) && this.stale().length === 0
  }

  /** Symbols without a fresh price now. */
  stale(): readonly string[] {
    const now = this.#clock.now()
    return this.#rig.listings.filter(({ symbol }) => !(this.#ageMs(symbol, now) <= this.#rig.ages.freshnessLimitMs)).map(({ symbol }) => symbol)
  }

  look(): void {
    const now = this.#clock.now()
    let oldestProof = Infinity
    let newestProof = -Infinity
    for (const { symbol } of this.#rig.listings) {
      const ageMs = this.#ageMs(symbol, now)
      this.longestUnconfirmedMs = Math.max(this.longestUnconfirmedMs, ageMs)
      oldestProof = Math.min(oldestProof, now - ageMs)
      newestProof = Math.max(newestProof, now - ageMs)
    }
    if (now - newestProof > this.#rig.ages.freshnessLimitMs) this.allStaleAt ??= now
    if (this.lastOpenAt !== undefined && oldestProof >= this.lastOpenAt) this.backAt ??= now
  }

  /** The age that the engine itself gives the price it shows, judged by the truth; Infinity when it shows none. */
  #ageMs(symbol: string, now: number): number {
    const found = this.#rig.finder.find({ asset: symbol }, now)
    if (typeof found === 'string') return Infinity
    const { price, confirmedAt } = found.reading
    const { freshnessLimitMs, maxStaleMs } = this.#rig.ages
    const ageMs = now - confirmedAt
    const trueAgeMs = this.#truth.ageMs(symbol, price, now)
    const what = `${symbol} at ${price}, ${Math.round(trueAgeMs)} ms old and shown as ${Math.round(ageMs)}`
    if (ageMs <= maxStaleMs) {
      if (trueAgeMs === Infinity) note(this.wrongPrices, what)
      else if (trueAgeMs > maxStaleMs + this.#toleranceMs) note(this.servedBeyondMaxStale, what)
    }
    if (ageMs <= freshnessLimitMs && trueAgeMs !== Infinity && trueAgeMs > freshnessLimitMs + this.#toleranceMs) note(this.freshBeyondLimit, what)
    return ageMs
  }
}

function note(findings: string[], what: string): void {
  if (findings.length < mostFindings) findings.push(what)
}
