import { changeHeader, changeHeaderWords, changeLayoutVersion } from './change-layout.ts'

/** Tells other threads which assets of the asset table have a new price or proof: a ring in shared memory with one writer. */
export class ChangeLog {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #mask: number

  /** @param capacity how many notes a reader may fall behind before it is told that some are lost; rounded up to a power of two */
  constructor(capacity = 16_384) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, capacity)))
    this.#mask = size - 1
    this.buffer = new SharedArrayBuffer((changeHeaderWords + size) * 4)
    this.#words = new Int32Array(this.buffer)
    Atomics.store(this.#words, changeHeader.version, changeLayoutVersion)
    Atomics.store(this.#words, changeHeader.capacity, size)
  }

  /** Notes the entry of an asset, after its change can be read. */
  note(entry: number): void {
    const words = this.#words
    const head = Atomics.load(words, changeHeader.head)
    Atomics.store(words, changeHeaderWords + (head & this.#mask), entry)
    Atomics.store(words, changeHeader.head, head + 1)
    if (Atomics.load(words, changeHeader.listeners) > 0) Atomics.notify(words, changeHeader.head)
  }
}
