import type { Clock } from '@trinity/core'
import type { StreamLimits } from './limits.ts'
import { type Message, goodbyeMessage } from './message.ts'
import type { Outlet } from './carrier/outlet.ts'
import type { SendQueues } from './carrier/send-queues.ts'

/** Heads, frames and pings also lie in the kernel's queue but are not counted among the bytes of messages. */
const slackBytes = 1024

/** The flow of one stream: how much is under way, how long it has been, and when the stream has to end. */
export class Line {
  readonly #outlet: Outlet
  readonly #clock: Clock
  readonly #limits: StreamLimits
  readonly #onRoom: () => void
  readonly #endsAt: number
  #pingAt: number
  /** Sizes of the writes that are not through yet, oldest first: they finish in order. */
  #unflushed: number[] = []
  #bytes = 0
  /** Bytes that have left the process, until now and until the look into the kernel's queues before. */
  #flushedBytes = 0
  #flushedBefore = 0
  #takenBytes = 0
  #isLate = false
  /** Since when nothing has come through. */
  #stuckSince = 0
  #ended = false
  readonly #flushed = (): void => this.#onFlushed()

  /** @param onRoom called when a line that was full has room again */
  constructor(outlet: Outlet, clock: Clock, limits: StreamLimits, onRoom: () => void) {
    this.#outlet = outlet
    this.#clock = clock
    this.#limits = limits
    this.#onRoom = onRoom
    this.#endsAt = clock.now() + limits.lifetimeMs
    this.#pingAt = clock.now() + limits.pingMs
  }

  /** Whether another message may be written now. */
  get hasRoom(): boolean {
    return !this.#ended && !this.#isLate && this.#bytes < this.#limits.windowBytes
  }

  /** Whether the reader's machine has not taken what left the process before the last two looks at it. */
  get isLate(): boolean {
    return this.#isLate
  }

  /** Bytes that the reader's machine has taken, by the last look at it. */
  get takenBytes(): number {
    return this.#takenBytes
  }

  /** @param fill see {@link Outlet.write} */
  write(message: Message, fill = 0): void {
    if (this.#ended) return
    if (this.#unflushed.length === 0) this.#stuckSince = this.#clock.now()
    const bytes = this.#outlet.write(message, fill, this.#flushed)
    this.#unflushed.push(bytes)
    this.#bytes += bytes
  }

  /** Looks what of the written bytes has been taken; to be called about twice a second. */
  settle(queues: SendQueues): void {
    const wasLate = this.#isLate
    const queued = this.#outlet.connection === undefined ? 0 : (queues.get(this.#outlet.connection) ?? 0)
    const taken = this.#flushedBytes - queued
    if (taken > this.#takenBytes) this.#stuckSince = this.#clock.now()
    this.#takenBytes = taken
    this.#isLate = this.#bytes >= this.#limits.windowBytes || taken + slackBytes < this.#flushedBefore
    this.#flushedBefore = this.#flushedBytes
    if (wasLate && !this.#isLate) this.#onRoom()
  }

  /** Pings, cuts a reader that does not read, and ends a line that is old enough; to be called about twice a second. */
  check(now: number): void {
    const waits = this.#ended || this.#isLate || this.#unflushed.length > 0
    if (waits && now - this.#stuckSince >= this.#limits.writeLimitMs) return this.cut()
    if (this.#ended) return
    if (now >= this.#endsAt) return this.end(goodbyeMessage('lifetime'))
    if (now < this.#pingAt) return
    this.#pingAt = now + this.#limits.pingMs
    if (!this.#isLate && this.#unflushed.length === 0) this.#outlet.ping()
  }

  /** Says a last word and ends; {@link check} cuts who does not read it. */
  end(last: Message, status?: number): void {
    if (this.#ended) return
    this.#ended = true
    this.#stuckSince = this.#clock.now()
    this.#outlet.end(last, status)
  }

  cut(): void {
    this.#ended = true
    this.#outlet.destroy()
  }

  #onFlushed(): void {
    const wasFull = this.#bytes >= this.#limits.windowBytes
    const bytes = this.#unflushed.shift() ?? 0
    this.#bytes -= bytes
    this.#flushedBytes += bytes
    this.#stuckSince = this.#clock.now()
    if (wasFull && this.hasRoom) this.#onRoom()
  }
}
