/**
 * Keeps a flood from making everybody wait: what one turn of the event loop may spend on answers. Whoever comes first in a turn has
 * waited longest and is served; when the time is used up, the rest of the turn is refused, which costs next to nothing, and the queue
 * never grows longer than a turn.
 */
export class TurnBudget {
  /** What a refused request is told to wait. */
  readonly retryAfterMs = 1000
  readonly #budgetMs: number
  readonly #nowMs: () => number
  readonly #onTurnEnd: (action: () => void) => void
  #startedAt = -1

  /** @param budgetMs far above what a turn of ordinary requests takes, far below what a caller would call slow */
  constructor(budgetMs: number, nowMs: () => number = () => performance.now(), onTurnEnd: (action: () => void) => void = setImmediate) {
    this.#budgetMs = budgetMs
    this.#nowMs = nowMs
    this.#onTurnEnd = onTurnEnd
  }

  /** Whether one more request is answered in this turn; the first always is. */
  take(): boolean {
    if (this.#startedAt >= 0) return this.#nowMs() - this.#startedAt < this.#budgetMs
    this.#startedAt = this.#nowMs()
    this.#onTurnEnd(this.#endTurn)
    return true
  }

  readonly #endTurn = (): void => {
    this.#startedAt = -1
  }
}
