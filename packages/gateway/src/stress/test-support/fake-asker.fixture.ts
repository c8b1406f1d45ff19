import type { Clock } from '@trinity/core'
import type { Asker, Settle } from '../ask/asker.ts'
import type { Outcome } from '../measure/ledger.ts'
import type { Stopwatch } from '../run/stopwatch.ts'

/** A stopwatch that goes by a clock. */
export function stopwatchOf(clock: Clock): Stopwatch {
  return { elapsedMs: () => clock.now(), after: (delayMs, action) => clock.after(delayMs, action) }
}

/** A target whose answers the test decides. */
export class FakeAsker implements Asker {
  readonly room: number
  readonly asked: string[] = []
  /** Requests under way, oldest first. */
  readonly waiting: Settle[] = []
  cuts = 0
  readonly #onAsk: (settle: Settle) => void

  /** `onAsk` sees each request; what it does not settle waits. */
  constructor(room = Number.POSITIVE_INFINITY, onAsk: (settle: Settle) => void = () => undefined) {
    this.room = room
    this.#onAsk = onAsk
  }

  async prepare(): Promise<void> {}

  ask(asset: string, settle: Settle): void {
    this.asked.push(asset)
    this.waiting.push(settle)
    this.#onAsk((outcome, reason) => {
      this.waiting.splice(this.waiting.indexOf(settle), 1)
      settle(outcome, reason)
    })
  }

  /** Ends the oldest request. */
  settle(outcome: Outcome = 'priced', reason = ''): void {
    this.waiting.shift()?.(outcome, reason)
  }

  async cut(): Promise<void> {
    this.cuts++
  }

  async close(): Promise<void> {}
}
