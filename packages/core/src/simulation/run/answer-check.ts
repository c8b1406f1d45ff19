import { symbolCandidates } from '../../connector.ts'
import type { FaultRig } from './fault-rig.ts'
import type { Truth } from './truth.ts'

/** Most findings of a kind that a report names. */
const maxFindings = 3

/** Adds a finding that is new, as long as there are few. */
export function note(findings: string[], what: string): void {
  if (findings.length < maxFindings && !findings.includes(what)) findings.push(what)
}

/** Compares what a caller would be answered with the truth. Each list holds the first few findings of its kind. */
export class AnswerCheck {
  readonly unknownAssets: string[] = []
  readonly freshBeyondLimit: string[] = []
  readonly servedBeyondMaxStale: string[] = []
  readonly youngerThanTrue: string[] = []
  readonly wrongPrices: string[] = []
  readonly confirmedWhileHalted: string[] = []
  readonly #rig: FaultRig
  readonly #truth: Truth
  readonly #toleranceMs: number
  /** Assets that were halted when they were last looked at, and as of when they were proved then. */
  readonly #haltedProofs = new Map<string, number>()

  constructor(rig: FaultRig, truth: Truth, toleranceMs: number) {
    this.#rig = rig
    this.#truth = truth
    this.#toleranceMs = toleranceMs
  }

  /** When the shown price of an asset was proved, by the engine itself; -Infinity when it shows none. */
  provedAt(asset: string, now: number): number {
    const found = this.#rig.find(asset)
    if (typeof found === 'string') {
      if (found !== 'price') note(this.unknownAssets, asset)
      return -Infinity
    }
    const { price, confirmedAt } = found.reading
    this.#compareWithTruth(asset, price, now - confirmedAt, now)
    this.#watchHalted(asset, confirmedAt)
    return confirmedAt
  }

  #compareWithTruth(asset: string, price: string, ageMs: number, now: number): void {
    const { freshnessLimitMs, maxStaleMs } = this.#rig.ages
    const trueAgeMs = this.#truth.ageMs(marketSymbol(this.#rig, asset), price, now)
    const what = `${asset} at ${price}, ${Math.round(trueAgeMs)} ms old and shown as ${Math.round(ageMs)}`
    if (trueAgeMs === Infinity) {
      if (ageMs <= maxStaleMs) note(this.wrongPrices, what)
      return
    }
    if (ageMs <= maxStaleMs && trueAgeMs > maxStaleMs + this.#toleranceMs) note(this.servedBeyondMaxStale, what)
    if (ageMs <= freshnessLimitMs && trueAgeMs > freshnessLimitMs + this.#toleranceMs) note(this.freshBeyondLimit, what)
    if (ageMs < trueAgeMs - this.#toleranceMs) note(this.youngerThanTrue, what)
  }

  /** While a market is halted nothing but a trade may prove its price. */
  #watchHalted(asset: string, confirmedAt: number): void {
    const before = this.#haltedProofs.get(asset)
    if (!this.#rig.isHalted(asset)) return void this.#haltedProofs.delete(asset)
    const tradedAt = this.#truth.lastTradeAt(marketSymbol(this.#rig, asset))
    if (before !== undefined && confirmedAt > Math.max(before, tradedAt))
      note(this.confirmedWhileHalted, `${asset} by ${Math.round(confirmedAt - before)} ms`)
    this.#haltedProofs.set(asset, confirmedAt)
  }
}

/** The symbol that an asset had on the simulated market from the beginning. */
export function marketSymbol({ connector }: Pick<FaultRig, 'connector'>, asset: string): string {
  return symbolCandidates(connector, [asset])[0]?.symbol ?? ''
}
