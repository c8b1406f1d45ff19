/** Sequences from first to last, both included, that have not come. */
export interface MissingRange {
  readonly first: number
  readonly last: number
}

/** What a sequence means to those that came before. */
export interface SequenceVerdict {
  /** `late` is new, too, but after a higher one. */
  readonly kind: 'next' | 'late' | 'duplicate'
  /** What it shows to be missing, which may still come late. */
  readonly missing?: MissingRange
  /** The sender counts anew; it is the first of the new count. */
  readonly restarted?: true
}

/** How far behind the highest sequence a late one is still told from a duplicate. */
export const windowSize = 65_536

/** Which sequences of one sender have come, in constant memory. */
export class SequenceWindow {
  /** A bit for each sequence of the window, at its remainder. */
  readonly #bits = new Uint32Array(windowSize / 32)
  #lowest = 0
  #highest = -1
  #newestAt = -Infinity
  /** The count before the last restart ended here: what is no newer was repeated by somebody. */
  #endedAt = -Infinity
  #missing = 0

  /** Sequences that were reported missing and have not come since. */
  get missing(): number {
    return this.#missing
  }

  /**
   * Takes a whole number from 0 on, and when its body was made in epoch milliseconds.
   * @param isRepeated whether its event came before: another node that takes over may make a push anew, under the same id and number
   */
  take(sequence: number, at: number, isRepeated = false): SequenceVerdict {
    if (at <= this.#endedAt) return duplicate
    const verdict = this.#judge(sequence, at, isRepeated)
    if (verdict.kind !== 'duplicate' && at > this.#newestAt) this.#newestAt = at
    return verdict
  }

  #judge(sequence: number, at: number, isRepeated: boolean): SequenceVerdict {
    if (this.#highest < 0) return this.#begin(sequence)
    if (sequence > this.#highest) return this.#advance(sequence)
    // Pushes are numbered in the order in which they are made. So neither a copy nor a late one is newer than everything that came: its sender has lost count.
    if (at > this.#newestAt && !isRepeated) {
      this.#endedAt = this.#newestAt
      return { ...this.#begin(sequence), restarted: true }
    }
    return sequence > this.#highest - windowSize && !this.#has(sequence) ? this.#fill(sequence) : duplicate
  }

  #begin(sequence: number): SequenceVerdict {
    this.#bits.fill(0)
    this.#lowest = sequence
    this.#highest = sequence
    this.#set(sequence)
    return { kind: 'next' }
  }

  #advance(sequence: number): SequenceVerdict {
    const expected = this.#highest + 1
    if (sequence - this.#highest >= windowSize) this.#bits.fill(0)
    else for (let skipped = expected; skipped < sequence; skipped++) this.#clear(skipped)
    this.#highest = sequence
    this.#set(sequence)
    return sequence === expected ? next : { kind: 'next', missing: this.#miss(expected, sequence - 1) }
  }

  #fill(sequence: number): SequenceVerdict {
    this.#set(sequence)
    if (sequence > this.#lowest) {
      this.#missing--
      return late
    }
    // Overtaken by the very first one.
    const above = this.#lowest - 1
    this.#lowest = sequence
    return sequence === above ? late : { kind: 'late', missing: this.#miss(sequence + 1, above) }
  }

  #miss(first: number, last: number): MissingRange {
    this.#missing += last - first + 1
    return { first, last }
  }

  #has(sequence: number): boolean {
    return ((this.#bits[wordOf(sequence)] ?? 0) & bitOf(sequence)) !== 0
  }

  #set(sequence: number): void {
    const word = wordOf(sequence)
    this.#bits[word] = (this.#bits[word] ?? 0) | bitOf(sequence)
  }

  #clear(sequence: number): void {
    const word = wordOf(sequence)
    this.#bits[word] = (this.#bits[word] ?? 0) & ~bitOf(sequence)
  }
}

const next: SequenceVerdict = { kind: 'next' }
const late: SequenceVerdict = { kind: 'late' }
const duplicate: SequenceVerdict = { kind: 'duplicate' }

function wordOf(sequence: number): number {
  return (sequence % windowSize) >>> 5
}

function bitOf(sequence: number): number {
  return 1 << ((sequence % windowSize) & 31)
}
