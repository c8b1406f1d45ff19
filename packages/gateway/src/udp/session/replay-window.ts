import { firstRequestIdBelow, requestIdEnd, windowWidth } from '@trinity/udp'

/** Where a request id stands to those that were accepted before. */
export type IdOrder = 'new' | 'repeated' | 'too old' | 'out of range'

const wordsEach = windowWidth / 32

/** One sliding window of request ids for each session, as bits: id n is bit n modulo the width. */
export class ReplayWindows {
  readonly #bits: Int32Array
  /** Highest accepted id plus one, so that 0 means none yet. */
  readonly #next: Uint32Array

  constructor(sessions: number) {
    this.#bits = new Int32Array((sessions + 1) * wordsEach)
    this.#next = new Uint32Array(sessions + 1)
  }

  get bytes(): number {
    return this.#bits.byteLength + this.#next.byteLength
  }

  /** Forgets all ids, for a new session in an old place. */
  reset(session: number): void {
    if (this.#next[session] === 0) return
    this.#next[session] = 0
    this.#bits.fill(0, session * wordsEach, (session + 1) * wordsEach)
  }

  /** Judges an id and changes nothing. */
  judge(session: number, id: number): IdOrder {
    const next = this.#next[session] ?? 0
    if (id >= (next === 0 ? firstRequestIdBelow : requestIdEnd)) return 'out of range'
    if (id >= next) return 'new'
    if (id < next - windowWidth) return 'too old'
    const word = this.#bits[wordOf(session, id)] ?? 0
    return (word & (1 << (id & 31))) === 0 ? 'new' : 'repeated'
  }

  /** Marks an id that was judged new; only after the tag of its datagram proved right, or a forger could move the window. */
  accept(session: number, id: number): void {
    const next = this.#next[session] ?? 0
    if (id >= next) {
      if (id - next >= windowWidth) this.#bits.fill(0, session * wordsEach, (session + 1) * wordsEach)
      else this.#clear(session, next, id)
      this.#next[session] = id + 1
    }
    const at = wordOf(session, id)
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (id & 31))
  }

  /** Clears what skipped ids left from one window earlier, whole words where possible. */
  #clear(session: number, from: number, end: number): void {
    let id = from
    while (id < end) {
      const at = wordOf(session, id)
      if ((id & 31) === 0 && end - id >= 32) {
        this.#bits[at] = 0
        id += 32
      } else {
        this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (id & 31))
        id++
      }
    }
  }
}

const wordOf = (session: number, id: number): number => session * wordsEach + ((id & (windowWidth - 1)) >>> 5)
