import { pingEveryMs } from '../protocol.ts'
import type { ClientEnvironment } from './environment.ts'

/** Asks for a PING whenever nothing was sent for a minute: balancers forget a silent flow after about two. */
export class KeepAlive {
  readonly #environment: ClientEnvironment
  readonly #ping: () => void
  #sentAt = 0
  #cancel = (): void => {}

  constructor(environment: ClientEnvironment, ping: () => void) {
    this.#environment = environment
    this.#ping = ping
  }

  /** Something was sent just now. */
  sent(): void {
    this.#sentAt = this.#environment.elapsed()
  }

  start(): void {
    this.#wait(pingEveryMs)
  }

  stop(): void {
    this.#cancel()
  }

  #wait(delayMs: number): void {
    this.#cancel()
    this.#cancel = this.#environment.after(delayMs, () => this.#check(), true)
  }

  #check(): void {
    const idleMs = this.#environment.elapsed() - this.#sentAt
    this.#wait(idleMs < pingEveryMs ? pingEveryMs - idleMs : pingEveryMs)
    if (idleMs >= pingEveryMs) this.#ping()
  }
}
