import type { Clock } from '@trinity/core'

/**
 * What is known of a reader. One that is `new` waits its turn; one on `trial` and one that is `quick` are told each change at once,
 * the quick ones first.
 */
export type Standing = 'new' | 'trial' | 'quick'

/** A reader that can show how quick it is. */
export interface Candidate {
  readonly standing: Standing
  readonly line: {
    /** Whether it lags. */
    readonly isLate: boolean
    /** Bytes it has taken since it last lagged. */
    readonly takenBytes: number
  }
  stand(standing: Standing): void
}

/** Readers on trial at once: they cost their full price before they have shown what they are. */
const seats = 8

/** How long a trial takes. */
const trialMs = 10_000

/** A reader that does not read can look as if it had taken what its machine's buffers hold; who took more has read. */
const proofBytes = 262_144

/** Pause after the first trial that was failed; doubles with each further one. */
const firstPauseMs = 10_000
const longestPauseMs = 3_600_000

interface Record {
  failures: number
  /** When its trial ends, or when it may have one. */
  at: number
}

/** Finds out which readers are quick: a few at a time are told everything at once, and who keeps up through a trial passes. */
export class Trials {
  readonly #clock: Clock
  /** Longest without a trial first. */
  readonly #records = new Map<Candidate, Record>()
  #taken = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(reader: Candidate): void {
    const record = { failures: 0, at: this.#clock.now() }
    this.#records.set(reader, record)
    if (this.#taken < seats) this.#begin(reader, record)
  }

  remove(reader: Candidate): void {
    this.#records.delete(reader)
    if (reader.standing === 'trial') this.#taken--
  }

  /** Passes and fails readers by how they have done, and begins new trials; to be called about twice a second. */
  judge(): void {
    const now = this.#clock.now()
    // Of a copy: who fails goes to the end of the line.
    for (const [reader, record] of Array.from(this.#records)) {
      const { standing, line } = reader
      if (standing === 'new') continue
      if (line.isLate) this.#back(reader, record, Math.min(longestPauseMs, firstPauseMs * 2 ** record.failures++))
      else if (standing === 'trial' && now >= record.at) {
        if (line.takenBytes >= proofBytes) this.#pass(reader)
        else this.#back(reader, record, 0)
      }
    }
    if (this.#taken < seats) for (const [reader, record] of this.#nextUp(now)) this.#begin(reader, record)
  }

  /** Who has failed least comes first, then who has waited longest. */
  #nextUp(now: number): [Candidate, Record][] {
    return [...this.#records]
      .filter(([{ standing, line }, { at }]) => standing === 'new' && !line.isLate && now >= at)
      .sort(([, a], [, b]) => a.failures - b.failures)
      .slice(0, seats - this.#taken)
  }

  #begin(reader: Candidate, record: Record): void {
    this.#taken++
    record.at = this.#clock.now() + trialMs
    reader.stand('trial')
  }

  #pass(reader: Candidate): void {
    this.#taken--
    reader.stand('quick')
  }

  #back(reader: Candidate, record: Record, pauseMs: number): void {
    if (reader.standing === 'trial') this.#taken--
    record.at = this.#clock.now() + pauseMs
    this.#records.delete(reader)
    this.#records.set(reader, record)
    reader.stand('new')
  }
}
