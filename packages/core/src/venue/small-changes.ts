import { TradeCounts } from './trade-counts.ts'

/** So long a small change may turn out to have been a sleep. */
const rememberedMs = 600_000

/** So long after it frames may have waited through it. */
const wakeMs = 10_000

/** More are not weighed one by one. */
const most = 3

/** Changes of the wall clock ahead by half a second to two. They count as set until trades show that the machine slept. */
export class SmallChanges {
  #changes: readonly { readonly ms: number; readonly at: number }[] = []
  /** What has come as late as usual since. */
  readonly #usual = new TradeCounts()

  /** Oldest first. */
  get eachMs(): readonly number[] {
    return this.#changes.map(({ ms }) => ms)
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0
  }

  get lastAt(): number {
    return this.#changes.at(-1)?.at ?? -Infinity
  }

  add(ms: number, at: number): void {
    this.#changes = [...this.#changes.slice(1 - most), { ms, at }]
    this.#usual.clear()
  }

  forgetOld(now: number): void {
    if (!this.isEmpty) this.#changes = this.#changes.filter(({ at }) => now - at <= rememberedMs)
  }

  /** A trade came as late as usual: when many do, there was no sleep. One alone may just be late by as much. */
  settle(venue: string, now: number): void {
    if (now - this.lastAt < wakeMs) return
    this.#usual.add(venue, now)
    if (this.#usual.isEnough(venue)) this.clear()
  }

  /** Forgets those at some places of {@link eachMs}. */
  remove(places: readonly number[]): void {
    this.#changes = this.#changes.filter((_, place) => !places.includes(place))
  }

  clear(): void {
    this.#changes = []
    this.#usual.clear()
  }
}
