import type { LoadShedder } from './load-shedder.ts'
import { QueueDelay } from './queue-delay.ts'
import { elapsedMs, threadCpuMs } from './thread-time.ts'

/** Where work is slow the first pieces show it; where it is fast, reading the clock for each would cost a percent of all. */
const readEach = 8

/** Clocks of a shedder. */
export interface ShedderClocks {
  /** Never steps. */
  elapsedMs(): number
  /** CPU time of the thread: what others do with its core is no load. */
  cpuMs(): number
}

export const threadClocks: ShedderClocks = { elapsedMs, cpuMs: threadCpuMs }

/**
 * Sheds what a turn has no time for, where all that a turn answers was there as it began. Whoever comes first has waited longest and is
 * answered; when the time is used up, and it was in the turns before, the rest of the turn is refused, which costs next to nothing.
 */
export class TurnShedder implements LoadShedder {
  /** What a refused request is told to wait. */
  readonly retryAfterMs = 1000
  readonly #targetMs: number
  readonly #clocks: ShedderClocks
  readonly #delay: QueueDelay
  #startedAt = -1
  #cpuAtStart = 0
  #cpuReadAt = -Infinity
  #asked = 0
  #isLong = false
  #isShedding = false

  /** @param targetMs far above what a turn of ordinary requests takes, far below what a caller would call slow */
  constructor(targetMs: number, clocks = threadClocks) {
    this.#targetMs = targetMs
    this.#clocks = clocks
    this.#delay = new QueueDelay(targetMs)
  }

  /** Whether one more request is answered in this turn; the first always is. */
  admit(): boolean {
    if (this.#startedAt < 0) {
      this.#start()
      return true
    }
    if (this.#isShedding) return false
    if (++this.#asked < readEach || this.#asked % readEach === 0) this.#isShedding = !this.#hasTime()
    return !this.#isShedding
  }

  /** The next request is the first of another turn. */
  endTurn(): void {
    this.#startedAt = -1
  }

  #start(): void {
    const { elapsedMs, cpuMs } = this.#clocks
    this.#startedAt = elapsedMs()
    // The CPU's clock costs as much as a percent of an answer: a turn may seem longer by an eighth of its time.
    if (this.#isLong || this.#startedAt - this.#cpuReadAt >= this.#targetMs / 8) {
      this.#cpuAtStart = cpuMs()
      this.#cpuReadAt = this.#startedAt
    }
    if (!this.#isLong) this.#delay.noteEmpty(this.#cpuAtStart)
    this.#asked = 0
    this.#isLong = false
    this.#isShedding = false
  }

  #hasTime(): boolean {
    const { elapsedMs, cpuMs } = this.#clocks
    // No CPU time is longer than the time that passed.
    if (elapsedMs() - this.#startedAt < this.#targetMs) return true
    const cpu = cpuMs()
    this.#isLong = cpu - this.#cpuAtStart >= this.#targetMs
    return this.#delay.isInTime(this.#cpuAtStart, cpu)
  }
}
