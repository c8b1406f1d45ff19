import { type Clock, TrinityError, every } from '@trinity/core'
import { type StreamLimits, defaultStreamLimits } from '../stream/limits.ts'
import { Line } from '../stream/line.ts'
import { goodbyeMessage } from '../stream/message.ts'
import type { Outlet } from '../stream/carrier/outlet.ts'
import { StatusChanges, type StatusHead } from './status-changes.ts'
import type { StatusVenue } from './status-view.ts'

/** What the status feed works with. */
export interface StatusFeedParts {
  readonly clock: Clock
  readonly head: StatusHead
  read(): Promise<readonly StatusVenue[]>
  readonly limits?: Partial<StreamLimits>
}

interface StatusReader {
  readonly line: Line
  version: number
  toldAt: number
}

const lookMs = 1000

/** After so long without news an empty update shows that the stream lives. */
const quietMs = 5000

/** Timers may come a little early by the clock. */
const earlyMs = 20

/** Most pages that watch at once. */
export const mostReaders = 1000

/** Tells everybody who watches how all venues and listings stand, at most once a second each. */
export class StatusFeed {
  readonly #parts: StatusFeedParts
  readonly #limits: StreamLimits
  readonly #changes: StatusChanges
  readonly #readers = new Set<StatusReader>()
  #stopLooking: (() => void) | undefined
  #stopped = false

  constructor(parts: StatusFeedParts) {
    this.#parts = parts
    this.#limits = { ...defaultStreamLimits, readers: mostReaders, ...parts.limits }
    this.#changes = new StatusChanges(parts.head)
  }

  /** @throws TrinityError `TRN_OVERLOADED` when no reader more is taken */
  demandRoom(): void {
    if (this.#stopped) throw new TrinityError('TRN_OVERLOADED', 'The server is stopping; connect again in a second.')
    if (this.#readers.size >= this.#limits.readers) throw new TrinityError('TRN_OVERLOADED', 'Too many pages are watching; try again in a minute.')
  }

  /** Tells a new reader everything, and then what changes; the returned function forgets it. */
  join(outlet: Outlet): () => void {
    const { clock } = this.#parts
    const reader: StatusReader = { line: new Line(outlet, clock, this.#limits, () => undefined), version: 0, toldAt: -Infinity }
    this.#readers.add(reader)
    if (this.#readers.size === 1) {
      this.#stopLooking = every(clock, lookMs, () => void this.#look())
      void this.#look()
    } else if (this.#changes.version > 0) this.#tell(reader, clock.now())
    return () => {
      if (this.#readers.delete(reader) && this.#readers.size === 0) this.#stopLooking?.()
    }
  }

  /** Says goodbye to every reader and takes no new one. */
  stop(): void {
    this.#stopped = true
    this.#stopLooking?.()
    for (const { line } of this.#readers) line.end(goodbyeMessage('stopping'))
  }

  /** Ends what a goodbye did not. */
  cut(): void {
    for (const { line } of this.#readers) line.cut()
  }

  async #look(): Promise<void> {
    const venues = await this.#parts.read()
    const { clock } = this.#parts
    const now = clock.now()
    this.#changes.take(venues, now, clock.wall())
    for (const reader of this.#readers) {
      reader.line.check(now)
      this.#tell(reader, now)
    }
  }

  #tell(reader: StatusReader, now: number): void {
    if (!reader.line.hasRoom || now - reader.toldAt < lookMs - earlyMs) return
    if (!this.#changes.hasNews(reader.version) && now - reader.toldAt < quietMs) return
    reader.line.write(this.#changes.since(reader.version))
    reader.version = this.#changes.version
    reader.toldAt = now
  }
}
