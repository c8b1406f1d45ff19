/** Most that a cell can count within one second. */
export const cellLimit = 1023

/** Counters that start anew each second, one word each: 22 bits of the second, 10 of the count. They cost the same whoever uses them. */
export class SecondCells {
  readonly #cells: Int32Array

  constructor(cells: number) {
    this.#cells = new Int32Array(cells)
  }

  get bytes(): number {
    return this.#cells.byteLength
  }

  /** Counts one more in this second, unless the cell has counted `perSecond` already. */
  take(cell: number, nowMs: number, perSecond: number): boolean {
    const second = Math.floor(nowMs / 1000) << 10
    const word = this.#cells[cell] ?? 0
    const used = (word & ~cellLimit) === second ? word & cellLimit : 0
    if (used >= perSecond) return false
    this.#cells[cell] = second | (used + 1)
    return true
  }
}
