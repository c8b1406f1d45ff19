const everyMs = 1000

/** Passes on that an asset was asked for, at most once a second each, whatever the number of requests. */
export class WantedAssets {
  readonly #onWanted: (assetEntry: number, toFetch: boolean) => void
  /** By entry: when it may be passed on again, monotonic milliseconds. */
  #again = new Float64Array(1024)

  constructor(onWanted: (assetEntry: number, toFetch: boolean) => void) {
    this.#onWanted = onWanted
  }

  /** @param toFetch whether it has to be fetched, and not only kept */
  want(assetEntry: number, toFetch: boolean, monotonicMs: number): void {
    if (assetEntry >= this.#again.length) this.#grow(assetEntry)
    if (monotonicMs < (this.#again[assetEntry] ?? 0)) return
    this.#again[assetEntry] = monotonicMs + everyMs
    this.#onWanted(assetEntry, toFetch)
  }

  #grow(assetEntry: number): void {
    const again = new Float64Array(2 ** Math.ceil(Math.log2(assetEntry + 1)))
    again.set(this.#again)
    this.#again = again
  }
}
