import type { Asker } from '../ask/asker.ts'
import { Ledger, type Outcome } from '../measure/ledger.ts'
import type { Stopwatch } from './stopwatch.ts'

/** The way to one target during one level: what comes due is sent at once or waits in line until the asker has room. */
export class Lane {
  readonly ledger = new Ledger()
  readonly #asker: Asker
  readonly #assets: readonly string[]
  readonly #stopwatch: Stopwatch
  readonly #endsAtMs: number
  readonly #onEnd: (outcome: Outcome) => void
  /** When the waiting requests came due; those before `#first` are gone. */
  #line: number[] = []
  #first = 0
  #asset = 0
  #open = true

  /** `onEnd` is told of each request that has ended. */
  constructor(asker: Asker, assets: readonly string[], stopwatch: Stopwatch, endsAtMs: number, onEnd: (outcome: Outcome) => void) {
    this.#asker = asker
    this.#assets = assets
    this.#stopwatch = stopwatch
    this.#endsAtMs = endsAtMs
    this.#onEnd = onEnd
  }

  /** Takes a request whose time came at `dueMs`; how long it takes is counted from there. */
  due(dueMs: number): void {
    if (this.ledger.underWay < this.#asker.room) this.#send(dueMs)
    else this.#line.push(dueMs)
  }

  /** Sends nothing more. What waits is counted as unsent, and `more` that came due elsewhere. */
  stop(more = 0): void {
    this.ledger.withdraw(this.#line.length - this.#first + more)
    this.#line = []
    this.#first = 0
  }

  /** Waits for nothing more: what is under way is lost. */
  close(reason: string): void {
    this.#open = false
    this.ledger.close(reason)
  }

  #send(dueMs: number): void {
    const asset = this.#assets[this.#asset++ % this.#assets.length] ?? ''
    this.ledger.send()
    this.#asker.ask(asset, (outcome, reason) => {
      if (!this.#open) return
      const now = this.#stopwatch.elapsedMs()
      this.ledger.settle(outcome, now - dueMs, now <= this.#endsAtMs, reason)
      this.#sendNext()
      this.#onEnd(outcome)
    })
  }

  #sendNext(): void {
    const dueMs = this.#line[this.#first]
    if (dueMs === undefined) return
    this.#first++
    if (this.#first === this.#line.length) {
      this.#line = []
      this.#first = 0
    } else if (this.#first > 1024 && this.#first * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#first)
      this.#first = 0
    }
    this.#send(dueMs)
  }
}
