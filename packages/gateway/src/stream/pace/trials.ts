import type { Clock } from '@trinity/core'

/**
 * How a reader is served. One that is `quick` is told each change at once; one that is `new` waits for its turn, and filler in place of
 * what it misses shows how quick it is; one that proved `slow` waits for its turn.
 */
export type Standing = 'new' | 'quick' | 'slow'

/** A reader that can show how quick it is. */
export interface Candidate {
  readonly standing: Standing
  readonly line: {
    /** Whether it lags. */
    readonly isLate: boolean
    /** Bytes that it has taken. */
    readonly takenBytes: number
  }
  stand(standing: Standing): void
}

/** The last who came are taken to be quick until others come: one that comes after a thousand slow ones is served well at once. */
const newest = 4

/**
 * Who takes so much without lagging has passed. A machine's buffers (some 200 KB) hide a reader that reads too slowly until they are
 * full: one that passes reads more than half of what it is sent.
 */
const proofBytes = 1 << 19

/** A reader that was too slow is left alone for so long; twice as long each further time. */
const firstPauseMs = 10_000
const longestPauseMs = 3_600_000

interface Record {
  /** What its line had taken when its trial began. */
  beginBytes: number
  failures: number
  /** When one that was too slow may try again. */
  againAt: number
}

/** Finds out which readers are quick: who takes enough without lagging. */
export class Trials {
  readonly #clock: Clock
  readonly #records = new Map<Candidate, Record>()
  /** Taken to be quick, longest first. */
  readonly #newest = new Set<Candidate>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(reader: Candidate): void {
    this.#records.set(reader, { beginBytes: reader.line.takenBytes, failures: 0, againAt: 0 })
    this.#newest.add(reader)
    reader.stand('quick')
    const [longest] = this.#newest
    if (longest === undefined || this.#newest.size <= newest) return
    this.#newest.delete(longest)
    longest.stand('new')
  }

  remove(reader: Candidate): void {
    this.#records.delete(reader)
    this.#newest.delete(reader)
  }

  /** Passes and fails readers by how they have done; to be called about twice a second. */
  judge(): void {
    const now = this.#clock.now()
    for (const [reader, record] of this.#records) {
      const { standing, line } = reader
      if (standing === 'slow') {
        if (!line.isLate && now >= record.againAt) this.#begin(reader, record)
      } else if (line.isLate) this.#fail(reader, record, now)
      else if (line.takenBytes - record.beginBytes >= proofBytes) this.#pass(reader)
    }
  }

  #begin(reader: Candidate, record: Record): void {
    record.beginBytes = reader.line.takenBytes
    reader.stand('new')
  }

  #pass(reader: Candidate): void {
    this.#newest.delete(reader)
    if (reader.standing !== 'quick') reader.stand('quick')
  }

  #fail(reader: Candidate, record: Record, now: number): void {
    this.#newest.delete(reader)
    record.againAt = now + Math.min(longestPauseMs, firstPauseMs * 2 ** record.failures++)
    reader.stand('slow')
  }
}
