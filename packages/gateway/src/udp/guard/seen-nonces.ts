import { helloRepeatMs } from '@trinity/udp'

/** A power of two. */
const cells = 65_536

/**
 * Remembers client nonces by their hashes for as long as a HELLO can be repeated, in a fixed number of cells: of two in one cell the older
 * one is forgotten.
 */
export class SeenNonces {
  readonly #hashes = new Int32Array(cells)
  /** Seconds on the handler's clock plus one; 0 = nothing yet. */
  readonly #seconds = new Int32Array(cells)

  get bytes(): number {
    return this.#hashes.byteLength + this.#seconds.byteLength
  }

  /** Remembers a nonce; true when it was known. */
  note(hash: number, nowMs: number): boolean {
    const cell = hash & (cells - 1)
    const second = Math.floor(nowMs / 1000) + 1
    const since = this.#seconds[cell] ?? 0
    if (since !== 0 && this.#hashes[cell] === hash && (second - since) * 1000 <= helloRepeatMs) return true
    this.#hashes[cell] = hash
    this.#seconds[cell] = second
    return false
  }
}
