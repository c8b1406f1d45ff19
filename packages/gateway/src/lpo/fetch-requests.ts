import type { PriceWish } from '@trinity/core'
import type { Control, FetchOutcome } from '../serving/control.ts'

/** Pause before the same is fetched once more only because its price is stale, halted or missing. */
const pauseMs = 3000

/** Most requests whose time is remembered; with one more, all are forgotten. */
const maxRemembered = 4096

/** What this thread has the main thread fetch: once for all who want the same at a time. */
export class FetchRequests {
  readonly #control: Pick<Control, 'fetch'>
  readonly #pending = new Map<string, Promise<FetchOutcome>>()
  readonly #askedAt = new Map<string, number>()

  constructor(control: Pick<Control, 'fetch'>) {
    this.#control = control
  }

  isPending(question: PriceWish): boolean {
    return this.#pending.has(keyOf(question))
  }

  /** Whether {@link pauseMs} have passed since the same was asked for. */
  isDue(question: PriceWish, now: number): boolean {
    return now - (this.#askedAt.get(keyOf(question)) ?? -Infinity) >= pauseMs
  }

  /** Joins the request that is under way for the same, or sends one. */
  async request({ asset, quote, venue }: PriceWish, now: number): Promise<FetchOutcome> {
    const key = keyOf({ asset, quote, venue })
    const pending = this.#pending.get(key)
    if (pending !== undefined) return pending
    if (this.#askedAt.size >= maxRemembered) this.#askedAt.clear()
    this.#askedAt.set(key, now)
    const sent = this.#control.fetch({ asset, quote, venue }).finally(() => this.#pending.delete(key))
    this.#pending.set(key, sent)
    return sent
  }
}

const keyOf = ({ asset, quote = '', venue = '' }: PriceWish): string => `${asset} ${quote} ${venue}`
