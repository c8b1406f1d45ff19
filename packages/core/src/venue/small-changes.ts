/** So long a small change may turn out to have been a sleep. */
const rememberedMs = 600_000

/** So long after it a trade that comes as late as usual shows that it was none: nothing waits for longer. */
const openMs = 10_000

/** More are not weighed one by one. */
const most = 6

/** Changes of the wall clock ahead that are too small to find out what made them. They count as set, until trades show that the machine slept. */
export class SmallChanges {
  #changes: readonly { readonly ms: number; readonly at: number }[] = []

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
  }

  forgetOld(now: number): void {
    if (!this.isEmpty) this.#changes = this.#changes.filter(({ at }) => now - at <= rememberedMs)
  }

  /** A trade came as late as usual: those from before were no sleeps. */
  settle(now: number): void {
    this.#changes = this.#changes.filter(({ at }) => now - at < openMs)
  }

  /** Forgets those at some places of {@link eachMs}. */
  remove(places: readonly number[]): void {
    this.#changes = this.#changes.filter((_, place) => !places.includes(place))
  }

  clear(): void {
    this.#changes = []
  }
}
