/** Finds the sessions whose HELLO had a certain hash: chains in typed arrays, so that a session enters and leaves without allocation. */
export class HelloIndex {
  readonly #heads: Int32Array
  readonly #following: Int32Array
  readonly #mask: number

  constructor(sessions: number) {
    const buckets = 2 ** Math.ceil(Math.log2(sessions))
    this.#heads = new Int32Array(buckets)
    this.#following = new Int32Array(sessions + 1)
    this.#mask = buckets - 1
  }

  get bytes(): number {
    return this.#heads.byteLength + this.#following.byteLength
  }

  /** The first session to compare with; 0 = none. */
  first(hash: number): number {
    return this.#heads[hash & this.#mask] ?? 0
  }

  /** The next one in the same chain; 0 = no more. */
  following(session: number): number {
    return this.#following[session] ?? 0
  }

  add(hash: number, session: number): void {
    this.#following[session] = this.first(hash)
    this.#heads[hash & this.#mask] = session
  }

  remove(hash: number, session: number): void {
    let at = this.first(hash)
    if (at === session) {
      this.#heads[hash & this.#mask] = this.following(session)
      return
    }
    while (at !== 0 && this.following(at) !== session) at = this.following(at)
    if (at !== 0) this.#following[at] = this.following(session)
  }
}
