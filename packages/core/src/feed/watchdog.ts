import type { Clock } from '../clock.ts'
import type { Heartbeat } from '../connector.ts'

/** What the watchdog asks of its session. */
export interface WatchdogOwner {
  ping(): void
  dead(reason: string): void
}

/** Sees a connection that is open but dead: silent for too long, or silent after our ping. */
export class Watchdog {
  readonly #heartbeat: Heartbeat
  readonly #clock: Clock
  readonly #owner: WatchdogOwner
  readonly #cancels = new Set<() => void>()
  #lastFrameAt = 0
  #startedAt = 0

  constructor(heartbeat: Heartbeat, clock: Clock, owner: WatchdogOwner) {
    this.#heartbeat = heartbeat
    this.#clock = clock
    this.#owner = owner
  }

  get lastFrameAt(): number {
    return this.#lastFrameAt
  }

  start(): void {
    this.#startedAt = this.#clock.now()
    this.#watchSilence(this.#heartbeat.silenceMs)
    if (this.#heartbeat.ping !== undefined) this.#schedulePing(this.#heartbeat.ping.everyMs)
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  sawFrame(now: number): void {
    this.#lastFrameAt = now
  }

  #watchSilence(delayMs: number): void {
    this.#later(delayMs, () => {
      const silentMs = this.#clock.now() - Math.max(this.#lastFrameAt, this.#startedAt)
      if (silentMs >= this.#heartbeat.silenceMs) this.#owner.dead(`silent for ${silentMs} ms`)
      else this.#watchSilence(this.#heartbeat.silenceMs - silentMs)
    })
  }

  #schedulePing(everyMs: number): void {
    this.#later(everyMs, () => {
      const sentAt = this.#clock.now()
      this.#schedulePing(everyMs)
      this.#owner.ping()
      const { replyWithinMs } = this.#heartbeat
      if (replyWithinMs === undefined) return
      this.#later(replyWithinMs, () => {
        if (this.#lastFrameAt < sentAt) this.#owner.dead(`no reply to a ping in ${replyWithinMs} ms`)
      })
    })
  }

  #later(delayMs: number, action: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#cancels.delete(cancel)
      action()
    })
    this.#cancels.add(cancel)
  }
}
