import type { Clock } from '@trinity/core'

/** A reader that may have to wait for its turn. */
export interface Waiting {
  /** Whether it has something to hear and room for it. */
  readonly isDue: boolean
  /** Tells it the newest of up to so many assets; how many were told. */
  catchUp(most: number): number
}

/** Runs an action once the loop has looked for what is new outside; the returned function cancels it. */
export type NextTurn = (action: () => void) => () => void

/** What all together may be told in a millisecond; at 10 to 20 µs a message this is a twentieth of the time there is. */
const messagesPerMs = 3

/** What may be told after a rest, before that allowance counts. */
const burst = 128

/** Of one turn of the loop: whoever is told first waits no longer than this takes. */
const messagesPerTurn = 1

/** Until there is some allowance again. */
const pauseMs = 1

const nextTurnOfLoop: NextTurn = (action) => {
  const turn = setImmediate(action)
  return () => clearImmediate(turn)
}

/**
 * Shares a small part of the time among all readers that have not proved quick, a little in each turn of the loop. They wait in a
 * row, and who waits longer than from one change to the next hears of the newest price only.
 */
export class Crowd {
  readonly #clock: Clock
  readonly #nextTurn: NextTurn
  readonly #row = new Set<Waiting>()
  #credit = burst
  #creditedAt: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock, nextTurn = nextTurnOfLoop) {
    this.#clock = clock
    this.#nextTurn = nextTurn
    this.#creditedAt = clock.now()
  }

  /** Has a reader caught up when its turn comes. */
  add(reader: Waiting): void {
    this.#row.add(reader)
    this.#cancel ??= this.#nextTurn(() => this.#serve())
  }

  remove(reader: Waiting): void {
    this.#row.delete(reader)
    if (this.#row.size > 0) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  #serve(): void {
    this.#collect()
    let left = Math.min(this.#credit, messagesPerTurn)
    this.#credit -= left
    for (const reader of this.#row) {
      if (left < 1) break
      this.#row.delete(reader)
      left -= reader.catchUp(left)
      if (reader.isDue) this.#row.add(reader)
    }
    this.#credit += left
    this.#cancel = undefined
    if (this.#row.size === 0) return
    const serve = (): void => this.#serve()
    this.#cancel = this.#credit >= 1 ? this.#nextTurn(serve) : this.#clock.after(pauseMs, serve)
  }

  #collect(): void {
    const now = this.#clock.now()
    this.#credit = Math.min(burst, this.#credit + (now - this.#creditedAt) * messagesPerMs)
    this.#creditedAt = now
  }
}
