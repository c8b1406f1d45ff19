import { Histogram } from './histogram.ts'

/**
 * What became of a request. `priced`: the answer has a price. `failed`: it is an answer, but neither a price nor a refusal.
 * `refused`: the target said that it can take no more, now or from this key. `lost`: no answer.
 */
export type Outcome = 'priced' | 'failed' | 'refused' | 'lost'

/** The counts of a ledger; sent = answered + refused + lost once nothing is under way. */
export interface Counts {
  readonly sent: number
  /** Those `failed` among them. */
  readonly answered: number
  readonly failed: number
  readonly refused: number
  readonly lost: number
  /** Came due, but time ran out before there was room to send them; no part of `sent`. */
  readonly unsent: number
  /** Of `answered`, those that came before the level's time was over. */
  readonly answeredInTime: number
}

/** More different reasons than this are counted together: a target must not be able to fill the memory. */
const mostReasons = 20
const otherReason = 'other'

/** Longest time in milliseconds and share, as a report tells them. */
export interface LatencySummary {
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** Counts every request of one target in one level, once when it is sent and once when it ends. */
export class Ledger {
  readonly latency = new Histogram()
  /** Why requests failed, were refused or lost. */
  readonly reasons = new Map<string, number>()
  #sent = 0
  #answered = 0
  #failed = 0
  #refused = 0
  #lost = 0
  #unsent = 0
  #answeredInTime = 0
  #closed = false

  /** Requests that are sent and have not ended. */
  get underWay(): number {
    return this.#sent - this.#answered - this.#refused - this.#lost
  }

  get counts(): Counts {
    return {
      sent: this.#sent,
      answered: this.#answered,
      failed: this.#failed,
      refused: this.#refused,
      lost: this.#lost,
      unsent: this.#unsent,
      answeredInTime: this.#answeredInTime,
    }
  }

  send(): void {
    this.#sent++
  }

  /** Ends one request; `reason` is told where there is no price. What comes after {@link close} was counted by it. */
  settle(outcome: Outcome, latencyMs: number, isInTime: boolean, reason: string): void {
    if (this.#closed) return
    if (outcome === 'priced') this.latency.add(latencyMs)
    else this.#note(reason, 1)
    if (outcome === 'lost') this.#lost++
    else if (outcome === 'refused') this.#refused++
    else {
      this.#answered++
      if (outcome === 'failed') this.#failed++
      if (isInTime) this.#answeredInTime++
    }
  }

  /** Counts requests that came due and were never sent. */
  withdraw(count: number): void {
    this.#unsent += count
  }

  /** Nobody waits any longer: what is under way is lost. */
  close(reason: string): void {
    const { underWay } = this
    if (underWay > 0) this.#note(reason, underWay)
    this.#lost += underWay
    this.#closed = true
  }

  /** Takes in all that another has counted; both are closed. */
  merge(other: Ledger): void {
    this.latency.merge(other.latency)
    for (const [reason, count] of other.reasons) this.#note(reason, count)
    this.#sent += other.#sent
    this.#answered += other.#answered
    this.#failed += other.#failed
    this.#refused += other.#refused
    this.#lost += other.#lost
    this.#unsent += other.#unsent
    this.#answeredInTime += other.#answeredInTime
  }

  /** How long right answers took, in milliseconds from the moment when they were due. */
  summarize(): LatencySummary {
    const { latency } = this
    const max = latency.size === 0 ? null : latency.maxMs
    return { p50: latency.percentile(50), p90: latency.percentile(90), p99: latency.percentile(99), max }
  }

  #note(reason: string, count: number): void {
    const key = this.reasons.has(reason) || this.reasons.size < mostReasons ? reason : otherReason
    this.reasons.set(key, (this.reasons.get(key) ?? 0) + count)
  }
}

/** The sum of several ledgers. */
export function sumLedgers(ledgers: Iterable<Ledger>): Ledger {
  const sum = new Ledger()
  for (const ledger of ledgers) sum.merge(ledger)
  return sum
}
