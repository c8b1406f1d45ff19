/** Memory for a {@link CounterBlock} with so many counters. */
export function createCounters(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count * 4)
}

/** Named counters of one thread in shared memory: that thread adds, the main thread takes what was added since it last did. */
export class CounterBlock<Name extends string = string> {
  readonly names: readonly Name[]
  readonly #cells: Int32Array<SharedArrayBuffer>

  constructor(buffer: SharedArrayBuffer, names: readonly Name[]) {
    this.names = names
    this.#cells = new Int32Array(buffer, 0, names.length)
  }

  /** The index to add at, looked up once. */
  indexOf(name: Name): number {
    return this.names.indexOf(name)
  }

  add(index: number, n: number): void {
    Atomics.add(this.#cells, index, n)
  }

  /**
   * Takes every counter that is not zero; a cell holds up to 2³² − 1 between two drains. From the last to the first, so that of two
   * counters which are added to in their order the first never seems to be behind.
   */
  drain(each: (name: Name, count: number) => void): void {
    for (let index = this.names.length - 1; index >= 0; index--) {
      const count = Atomics.exchange(this.#cells, index, 0) >>> 0
      if (count > 0) each(this.names[index] as Name, count)
    }
  }
}
