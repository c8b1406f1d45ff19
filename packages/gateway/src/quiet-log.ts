import type { Clock } from '@trinity/core'
import type { Log } from './log.ts'

/** How long the same warning stays unsaid after it was logged. */
const quietMs = 60_000

/** Most kinds remembered; with one more, the oldest is forgotten. */
const maxKinds = 2000

/** Warnings about things that go on failing: each kind is logged at once, then once a minute with the number left out. */
export class QuietLog {
  readonly #log: Log
  readonly #clock: Clock
  readonly #kinds = new Map<string, { loggedAt: number; leftOut: number }>()

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  /** @param kind what counts as the same warning */
  warn(kind: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    const now = this.#clock.now()
    const known = this.#kinds.get(kind)
    if (known !== undefined && now - known.loggedAt < quietMs) {
      known.leftOut++
      return
    }
    this.#kinds.delete(kind)
    const [oldest] = this.#kinds.size >= maxKinds ? this.#kinds.keys() : []
    if (oldest !== undefined) this.#kinds.delete(oldest)
    this.#kinds.set(kind, { loggedAt: now, leftOut: 0 })
    this.#log.warn(known === undefined || known.leftOut === 0 ? fields : { ...fields, leftOut: known.leftOut }, message)
  }

  /** Says that what a kind warned of is over, when there was such a warning; its next one is logged at once. */
  settle(kind: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    if (this.#kinds.delete(kind)) this.#log.info(fields, message)
  }
}
