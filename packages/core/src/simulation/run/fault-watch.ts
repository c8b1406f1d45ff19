import type { SimulatedVenue } from '../venue.ts'
import { AnswerCheck, marketSymbol, note } from './answer-check.ts'
import type { FaultRig } from './fault-rig.ts'
import type { Truth } from './truth.ts'

/** How closely is looked. */
export interface WatchOptions {
  /** How much later than in the market a price may be known here. */
  readonly toleranceMs: number
  /** Looks at every price that is ever on the board, also one that is replaced at once. */
  readonly everyPrice: boolean
}

/** In so many looks the engine has to see that the wall clock was set; it looks as often, and a busy machine holds up both. */
const looksToSeeStep = 4

/** How long after what has made it stale an asset must be fresh before it counts as back. */
const steadyMs = 5000

/** Looks at every price that the engine shows, compares it with the truth, and keeps the times that a report is made of. */
export class FaultWatch {
  readonly answers: AnswerCheck
  /** Prices that were still fresh after the wall clock had been set, without a new proof. */
  readonly freshWithoutProof: string[] = []
  longestUnconfirmedMs = 0
  /** When no price was first shown as fresh. */
  allStaleAt: number | undefined
  /** When the engine let go of a connection, and when it means to try again. */
  lastCut: { readonly at: number; readonly dueAt: number } | undefined
  firstCutAt: number | undefined
  lastOpenAt: number | undefined
  /** When every asset was first proved on or after the last opening. */
  backAt: number | undefined
  /** Longest that an asset took to be fresh again of those that had to be. */
  longestReturnMs = 0
  /** Longest that the engine took a market for open while it was halted. */
  longestUnseenHaltMs = 0
  /** Whether the status ever said that the stream is silent. */
  saidSilent = false
  readonly #rig: FaultRig
  readonly #venue: SimulatedVenue
  /** Since when an asset has to become fresh again. */
  readonly #returning = new Map<string, number>()
  /** Assets whose market is halted, or has not traded since; by the symbol of the market. */
  readonly #untilTrade = new Map<string, string>()
  /** Assets that have shown neither doubt nor a new proof since the wall clock was set. */
  readonly #undoubted = new Set<string>()
  /** How much earlier a reading after an opening may prove a price, where no snapshot does. */
  readonly #readingAgeMs: number
  /** Since when the engine has missed the halts of assets. */
  readonly #unseenHalts = new Map<string, number>()
  #steppedAt = -Infinity
  #looksSinceStep = 0

  constructor(rig: FaultRig, venue: SimulatedVenue, truth: Truth, { toleranceMs, everyPrice }: WatchOptions) {
    this.#rig = rig
    this.#venue = venue
    this.#readingAgeMs = venue.dialect.snapshot === undefined ? (rig.connector.rest?.bodyAgeMs ?? 0) : 0
    this.answers = new AnswerCheck(rig, truth, toleranceMs)
    rig.onPrice((asset) => {
      if (everyPrice || this.#undoubted.has(asset)) this.#judge(asset, this.#now)
    })
    venue.market.onTrade(({ symbol }) => {
      const asset = this.#untilTrade.get(symbol)
      this.#untilTrade.delete(symbol)
      if (asset !== undefined) this.#returning.set(asset, this.#now)
    })
    rig.feed.on('cut', (_symbols, _reason, retryInMs) => {
      const at = this.#now
      this.firstCutAt ??= at
      this.lastCut = { at, dueAt: at + retryInMs }
    })
    rig.feed.on('open', () => {
      // The board holds whole milliseconds.
      this.lastOpenAt = Math.floor(this.#now)
      this.backAt = undefined
    })
  }

  /** Forgets what came before the fault. */
  begin(): void {
    this.longestUnconfirmedMs = this.longestUnseenHaltMs = 0
    this.firstCutAt = this.lastCut = this.lastOpenAt = this.backAt = this.allStaleAt = undefined
  }

  /** The wall clock is set now: every price is unconfirmed until its next evidence. */
  step(): void {
    this.#steppedAt = this.#now
    this.#looksSinceStep = 0
    for (const asset of this.#served()) {
      this.#undoubted.add(asset)
      this.#returning.set(asset, this.#steppedAt)
    }
  }

  /** The venue has renamed assets: they have to be fresh again under their new names. */
  awaitRenamed(): void {
    for (const asset of this.#rig.assets) if (this.#nameNow(asset) !== marketSymbol(this.#rig, asset)) this.#returning.set(asset, this.#now)
  }

  /** Whether every price is fresh, and proved on the last connection where one was opened. */
  isOver(): boolean {
    const { lastCut, lastOpenAt } = this
    const waiting = lastCut !== undefined && !((lastOpenAt ?? -Infinity) >= Math.floor(lastCut.at))
    return !waiting && (lastOpenAt === undefined || this.backAt !== undefined) && this.#returning.size === 0 && this.stale().length === 0
  }

  /** Assets without a fresh price now, of those whose market is open. */
  stale(): readonly string[] {
    const now = this.#now
    return this.#served().filter((asset) => !this.#isFresh(this.#judge(asset, now), now))
  }

  look(): void {
    const now = this.#now
    this.#lookForHalts(now)
    let oldestProof = Infinity
    let newestProof = -Infinity
    this.#looksSinceStep++
    for (const asset of this.#rig.assets) {
      const provedAt = this.#judge(asset, now)
      if (this.#undoubted.has(asset) && this.#looksSinceStep > looksToSeeStep) note(this.freshWithoutProof, asset)
      this.#lookForReturn(asset, provedAt, now)
      // The price of a halted market has to age until it trades again, whatever the engine takes it for.
      if (this.#untilTrade.has(marketSymbol(this.#rig, asset))) continue
      if (!this.#returning.has(asset)) this.longestUnconfirmedMs = Math.max(this.longestUnconfirmedMs, now - provedAt)
      oldestProof = Math.min(oldestProof, provedAt)
      newestProof = Math.max(newestProof, provedAt)
    }
    if (now - newestProof > this.#rig.ages.freshnessLimitMs) this.allStaleAt ??= now
    if (this.lastOpenAt !== undefined && oldestProof >= this.lastOpenAt - this.#readingAgeMs) this.backAt ??= now
    this.saidSilent ||= this.#rig.venue.status().why.includes('stream silent, prices by REST')
  }

  get #now(): number {
    return this.#venue.clock.now()
  }

  #served(): readonly string[] {
    return this.#rig.assets.filter((asset) => !this.#isHalted(asset))
  }

  /** Whether the venue has halted the market of an asset. */
  #isHalted(asset: string): boolean {
    return this.#venue.market.listed.get(marketSymbol(this.#rig, asset)) === 'halted'
  }

  #judge(asset: string, now: number): number {
    const provedAt = this.answers.provedAt(asset, now)
    if (!this.#isFresh(provedAt, now) || provedAt >= this.#steppedAt) this.#undoubted.delete(asset)
    return provedAt
  }

  #lookForHalts(now: number): void {
    for (const asset of this.#rig.assets) {
      const since = this.#unseenHalts.get(asset) ?? now
      this.longestUnseenHaltMs = Math.max(this.longestUnseenHaltMs, now - since)
      const isHalted = this.#isHalted(asset)
      if (isHalted) this.#untilTrade.set(marketSymbol(this.#rig, asset), asset)
      if (isHalted && !this.#rig.isHalted(asset)) this.#unseenHalts.set(asset, since)
      else this.#unseenHalts.delete(asset)
    }
  }

  #lookForReturn(asset: string, provedAt: number, now: number): void {
    const since = this.#returning.get(asset)
    if (since === undefined) return
    const isBack = this.#isFresh(provedAt, now) && !this.#undoubted.has(asset) && this.#isServedAsIs(asset)
    if (!isBack) this.longestReturnMs = Math.max(this.longestReturnMs, now - since)
    else if (now >= since + steadyMs) this.#returning.delete(asset)
  }

  /** Whether the engine knows the present name of an asset, and that it trades. */
  #isServedAsIs(asset: string): boolean {
    const found = this.#rig.find(asset)
    return typeof found !== 'string' && !found.listing.halted && found.listing.symbol === this.#nameNow(asset)
  }

  #isFresh(provedAt: number, now: number): boolean {
    return now - provedAt <= this.#rig.ages.freshnessLimitMs
  }

  #nameNow(asset: string): string {
    return this.#venue.nameOf(marketSymbol(this.#rig, asset))
  }
}
