import { performance } from 'node:perf_hooks'

/** Where answers are slow the first of them show it; where they are fast, reading the clock for each would cost a percent of all. */
const readEach = 8

/**
 * Keeps a flood from making everybody wait: what may be spent on answers to what had come in when a turn began. Whoever comes first in
 * a turn has waited longest and is served; when the time is used up, the rest of the turn is refused, which costs next to nothing, and
 * the queue never grows longer than a turn.
 */
export class TurnBudget {
  /** What a refused request is told to wait. */
  readonly retryAfterMs = 1000
  readonly #budgetMs: number
  readonly #onTurn: (end: () => void) => void
  readonly #nowMs: () => number
  #startedAt = -1
  #asked = 0
  #isOver = false

  /**
   * @param budgetMs far above what a turn of ordinary requests takes, far below what a caller would call slow
   * @param onTurn hears of each turn that begins and may keep its end for later; otherwise it lasts until {@link endTurn} is called
   */
  constructor(budgetMs: number, onTurn: (end: () => void) => void = () => undefined, nowMs: () => number = () => performance.now()) {
    this.#budgetMs = budgetMs
    this.#onTurn = onTurn
    this.#nowMs = nowMs
  }

  /** Whether one more request is answered in this turn; the first always is. */
  take(): boolean {
    if (this.#startedAt < 0) {
      this.#startedAt = this.#nowMs()
      this.#asked = 0
      this.#isOver = false
      this.#onTurn(this.endTurn)
      return true
    }
    if (this.#isOver) return false
    if (++this.#asked < readEach || this.#asked % readEach === 0) this.#isOver = this.#nowMs() - this.#startedAt >= this.#budgetMs
    return !this.#isOver
  }

  /** The next request is the first of another turn. */
  readonly endTurn = (): void => {
    this.#startedAt = -1
  }
}
