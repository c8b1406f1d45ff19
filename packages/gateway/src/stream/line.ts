import type { Clock } from '@trinity/core'
import type { StreamLimits } from './limits.ts'
import { type Message, goodbyeMessage } from './message.ts'
import type { Outlet } from './carrier/outlet.ts'

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
    return !this.#ended && this.#bytes < this.#limits.windowBytes
  }

  write(message: Message): void {
    if (this.#ended) return
    if (this.#unflushed.length === 0) this.#stuckSince = this.#clock.now()
    const bytes = this.#outlet.write(message, this.#flushed)
    this.#unflushed.push(bytes)
    this.#bytes += bytes
  }

  /** Pings, cuts a reader that does not read, and ends a line that is old enough; to be called about twice a second. */
  check(now: number): void {
    const waits = this.#ended || this.#unflushed.length > 0
    if (waits && now - this.#stuckSince >= this.#limits.writeLimitMs) return this.cut()
    if (this.#ended) return
    if (now >= this.#endsAt) return this.end(goodbyeMessage('lifetime'))
    if (now < this.#pingAt) return
    this.#pingAt = now + this.#limits.pingMs
    if (this.#unflushed.length === 0) this.#outlet.ping()
  }

  /** Says a last word and ends; {@link check} cuts who does not read it. */
  end(last: Message): void {
    if (this.#ended) return
    this.#ended = true
    this.#stuckSince = this.#clock.now()
    this.#outlet.end(last)
  }

  cut(): void {
    this.#ended = true
    this.#outlet.destroy()
  }

  #onFlushed(): void {
    const wasFull = this.#bytes >= this.#limits.windowBytes
    this.#bytes -= this.#unflushed.shift() ?? 0
    this.#stuckSince = this.#clock.now()
    if (wasFull && this.hasRoom) this.#onRoom()
  }
}
