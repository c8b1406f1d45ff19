/** Length of one of the two halves of a window. */
const halfMs = 30_000

/** The least delay of the last 30 to 60 s, and the last one, in constant memory. */
export class DelayWindow {
  /** When the last one came; -Infinity before the first. */
  lastAt = -Infinity
  lastMs = 0
  #half = -Infinity
  #least = Infinity
  #leastBefore = Infinity

  add(delayMs: number, now: number): void {
    this.#turn(now)
    this.lastAt = now
    this.lastMs = delayMs
    if (delayMs < this.#least) this.#least = delayMs
  }

  /** Milliseconds; undefined when nothing came for that long. */
  min(now: number): number | undefined {
    this.#turn(now)
    const least = Math.min(this.#least, this.#leastBefore)
    return least === Infinity ? undefined : least
  }

  #turn(now: number): void {
    const half = Math.floor(now / halfMs)
    if (half === this.#half) return
    this.#leastBefore = half === this.#half + 1 ? this.#least : Infinity
    this.#least = Infinity
    this.#half = half
  }
}
