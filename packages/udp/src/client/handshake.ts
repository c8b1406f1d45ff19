import type { UdpError } from '../error.ts'
import { keyIdOf, macKeyOf, sessionKeyOf } from '../keys.ts'
import { helloEveryMs, wireSize } from '../protocol.ts'
import { requestIdOf } from '../wire/header.ts'
import { writeHello } from '../wire/hello.ts'
import { readUint32 } from '../wire/integers.ts'
import { readClockRefusal } from '../wire/refusal.ts'
import { readWelcome, type Welcome } from '../wire/welcome.ts'
import type { ClientEnvironment } from './environment.ts'
import { clockError, unansweredError } from './errors.ts'

/** How a {@link Handshake} ends. */
export interface HandshakeListener {
  opened(welcome: Welcome, sessionKey: Uint8Array): void
  failed(error: UdpError): void
}

/**
 * Says HELLO until it is answered: with the same nonce again, by which the server knows a repeated one, and the time of each attempt;
 * never more than one a second, however often it is asked to.
 */
export class Handshake {
  readonly #environment: ClientEnvironment
  readonly #send: (datagram: Uint8Array) => void
  readonly #listener: HandshakeListener
  readonly #attempts: number
  readonly #keyId: Uint8Array
  readonly #macKey: Uint8Array
  readonly #nonce = new Uint8Array(wireSize.nonce)
  #requestId = 0
  #sentAt = Number.NEGATIVE_INFINITY
  #running = false
  /** Whether the HELLO under way has been said; what comes before is no answer to it. */
  #said = false
  #cancel = (): void => {}

  constructor(apiKey: string, attempts: number, environment: ClientEnvironment, send: (datagram: Uint8Array) => void, listener: HandshakeListener) {
    this.#keyId = keyIdOf(apiKey)
    this.#macKey = macKeyOf(apiKey)
    this.#attempts = attempts
    this.#environment = environment
    this.#send = send
    this.#listener = listener
  }

  get running(): boolean {
    return this.#running
  }

  /** Begins with a new nonce, unless it is under way. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#said = false
    const waitMs = this.#sentAt + helloEveryMs - this.#environment.elapsed()
    if (waitMs > 0) this.#cancel = this.#environment.after(waitMs, () => this.#begin())
    else this.#begin()
  }

  /** Takes a WELCOME or a clock error. False when it is no answer to our HELLO. */
  receive(datagram: Uint8Array): boolean {
    if (!this.#running || !this.#said || requestIdOf(datagram, 0) !== this.#requestId) return false
    const welcome = readWelcome(datagram, 0, datagram.length, this.#macKey, this.#nonce)
    if (welcome !== undefined) {
      this.stop()
      this.#listener.opened(welcome, sessionKeyOf(this.#macKey, this.#nonce, welcome.serverNonce))
      return true
    }
    const serverTimeMs = readClockRefusal(datagram, 0, datagram.length, this.#macKey, this.#nonce)
    if (serverTimeMs === undefined) return false
    this.stop()
    this.#listener.failed(clockError(serverTimeMs - this.#environment.now()))
    return true
  }

  /** Gives up in silence. */
  stop(): void {
    this.#running = false
    this.#cancel()
  }

  #begin(): void {
    this.#environment.random(this.#nonce)
    const id = new Uint8Array(4)
    this.#environment.random(id)
    this.#requestId = readUint32(id, 0)
    this.#attempt(this.#attempts)
  }

  #attempt(left: number): void {
    if (left === 0) {
      this.stop()
      this.#listener.failed(unansweredError())
      return
    }
    this.#sentAt = this.#environment.elapsed()
    this.#cancel = this.#environment.after(helloEveryMs, () => this.#attempt(left - 1))
    const hello = { requestId: this.#requestId, keyId: this.#keyId, clientTimeMs: this.#environment.now(), clientNonce: this.#nonce }
    const datagram = new Uint8Array(wireSize.hello)
    writeHello(datagram, 0, hello, this.#macKey)
    this.#said = true
    this.#send(datagram)
  }
}
