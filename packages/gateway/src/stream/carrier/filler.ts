/** Bytes that say nothing, in pieces that a protocol lets stand between its messages. */
export class Filler {
  readonly #pieceBytes: number
  readonly #block: Buffer

  constructor(piece: Buffer) {
    this.#pieceBytes = piece.length
    this.#block = Buffer.concat(Array.from({ length: Math.floor(longest / piece.length) }, () => piece))
  }

  /** About so many bytes, at most 16 KB. */
  take(bytes: number): Buffer {
    return this.#block.subarray(0, Math.ceil(bytes / this.#pieceBytes) * this.#pieceBytes)
  }
}

const longest = 16_384
