/** Wrong keys that one source may try in a second, and at once. */
export const wrongKeysPerSecond = 2
export const wrongKeysAtOnce = 20

/** Sources that are remembered; with one more all are forgotten. */
export const maxSources = 16_384

const intervalMs = 1000 / wrongKeysPerSecond

/** Slows down who tries keys, by source: an address, or the beginning of the key where many share one. */
export class WrongKeys {
  /** When what a source has tried is paid off. */
  readonly #paidAt = new Map<string, number>()

  /** Notes a wrong key. @returns how long the source has to wait, milliseconds; 0 where it is within its rate */
  note(source: string, nowMs: number): number {
    const paidAt = Math.max(this.#paidAt.get(source) ?? 0, nowMs)
    const waitMs = paidAt + intervalMs - nowMs - wrongKeysAtOnce * intervalMs
    if (waitMs > 0) return waitMs
    if (this.#paidAt.size >= maxSources && !this.#paidAt.has(source)) this.#paidAt.clear()
    this.#paidAt.set(source, paidAt + intervalMs)
    return 0
  }
}
