/** Values below this have a cell each. */
const fine = 256
const fineBits = 8
/** Cells for each doubling above. */
const half = fine / 2
/** Half an hour in microseconds and more. */
const most = 2 ** 31 - 1
const cells = fine + half * (31 - fineBits)

/** Durations, exact to 0.8 %: a cell for each microsecond up to 256, then 128 cells for each doubling, up to 35 minutes. */
export class Histogram {
  readonly #counts = new Float64Array(cells)
  #size = 0
  #mostUs = 0

  /** How many durations it holds. */
  get size(): number {
    return this.#size
  }

  /** The longest, exact to the microsecond; 0 where there is none. */
  get maxMs(): number {
    return this.#mostUs / 1000
  }

  add(durationMs: number): void {
    const us = Math.min(most, Math.max(0, Math.round(durationMs * 1000)))
    const cell = cellOf(us)
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1
    this.#size++
    if (us > this.#mostUs) this.#mostUs = us
  }

  /** Takes in all that another holds. */
  merge(other: Histogram): void {
    for (let cell = 0; cell < cells; cell++) this.#counts[cell] = (this.#counts[cell] ?? 0) + (other.#counts[cell] ?? 0)
    this.#size += other.#size
    this.#mostUs = Math.max(this.#mostUs, other.#mostUs)
  }

  /** The least duration in milliseconds that `percent` of all do not exceed, rounded up by at most 0.8 %; null where there is none. */
  percentile(percent: number): number | null {
    if (this.#size === 0) return null
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#size))
    let seen = 0
    for (let cell = 0; cell < cells; cell++) {
      seen += this.#counts[cell] ?? 0
      if (seen >= rank) return Math.min(lastOf(cell), this.#mostUs) / 1000
    }
    return this.maxMs
  }
}

function cellOf(us: number): number {
  if (us < fine) return us
  const shift = 32 - fineBits - Math.clz32(us)
  return fine + (shift - 1) * half + ((us >>> shift) - half)
}

/** The longest duration that a cell counts, in microseconds. */
function lastOf(cell: number): number {
  if (cell < fine) return cell
  const shift = Math.floor((cell - fine) / half) + 1
  const top = half + ((cell - fine) % half)
  return (top + 1) * 2 ** shift - 1
}
