import type { Clock } from '@trinity/core'

/** A reader that may have to wait for its turn. */
export interface Waiting {
  /** Whether it has something to hear and room for it. */
  readonly isDue: boolean
  /** Tells it the newest of up to so many assets; how many were told. */
  catchUp(most: number): number
}

/** What all together may be told in a millisecond; at 10 to 20 µs a message this is a few hundredths of the time there is. */
const messagesPerMs = 2

/** What may be told at once after a rest. */
const burst = 128

/** Most of one turn, and of one reader in it: whoever is told first waits no longer than this takes. */
const messagesPerTurn = 4
const messagesPerReader = 2

const turnMs = 1

/**
 * Shares a small part of the time among all readers that have not proved quick. While it suffices each is told at once; after
 * that they wait in a row, and who waits long enough hears of the newest price only.
 */
export class Crowd {
  readonly #clock: Clock
  readonly #row = new Set<Waiting>()
  #credit = burst
  #creditedAt: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#creditedAt = clock.now()
  }

  /** Whether one of the crowd may be told something at once, which is then counted. */
  grant(): boolean {
    if (this.#row.size > 0) return false
    this.#collect()
    if (this.#credit < 1) return false
    this.#credit--
    return true
  }

  /** Has a reader caught up when its turn comes. */
  add(reader: Waiting): void {
    this.#row.add(reader)
    this.#cancel ??= this.#clock.after(turnMs, () => this.#serve())
  }

  remove(reader: Waiting): void {
    this.#row.delete(reader)
    if (this.#row.size > 0) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  #serve(): void {
    this.#cancel = undefined
    this.#collect()
    let left = Math.min(this.#credit, messagesPerTurn)
    this.#credit -= left
    for (const reader of this.#row) {
      if (left < 1) break
      this.#row.delete(reader)
      left -= reader.catchUp(Math.min(left, messagesPerReader))
      if (reader.isDue) this.#row.add(reader)
    }
    this.#credit += left
    if (this.#row.size > 0) this.#cancel = this.#clock.after(turnMs, () => this.#serve())
  }

  #collect(): void {
    const now = this.#clock.now()
    this.#credit = Math.min(burst, this.#credit + (now - this.#creditedAt) * messagesPerMs)
    this.#creditedAt = now
  }
}
