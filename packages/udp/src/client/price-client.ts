import type { UdpError } from '../error.ts'
import { assetsMost, messageType, refusalCode, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf } from '../wire/header.ts'
import { readUint32 } from '../wire/integers.ts'
import { readPing } from '../wire/ping.ts'
import { type Quote, readQuote } from '../wire/quote-reader.ts'
import { readRefusal } from '../wire/refusal.ts'
import type { Welcome } from '../wire/welcome.ts'
import { Call } from './call.ts'
import { Calls } from './calls.ts'
import type { DatagramPort } from './datagram-port.ts'
import { closedError, refusalError, timeoutError } from './errors.ts'
import { Handshake } from './handshake.ts'
import { KeepAlive } from './keep-alive.ts'
import { patienceOf, type PriceClientOptions, type QueryOptions, withDefaults } from './options.ts'
import { checkAssets } from './request-check.ts'
import { Session } from './session.ts'

/**
 * Asks a gateway for prices over UDP. It says HELLO again by itself when its session is lost, asks again with a new request id
 * when a datagram is, and keeps an idle session alive by a PING a minute. Its socket keeps the process alive until
 * {@link PriceClient.close}.
 */
export class PriceClient {
  readonly #options: ReturnType<typeof withDefaults>
  readonly #handshake: Handshake
  readonly #keepAlive: KeepAlive
  readonly #calls = new Calls()
  #port: DatagramPort | undefined
  #session: Session | undefined
  #pingId: number | undefined
  #discarded = 0
  #lastFailure: Error | undefined
  #closed: Promise<void> | undefined
  #opening: { resolve: () => void; reject: (error: unknown) => void } | undefined

  private constructor(options: PriceClientOptions) {
    this.#options = withDefaults(options)
    const { apiKey, attempts, environment } = this.#options
    this.#keepAlive = new KeepAlive(environment, () => this.#ping())
    this.#handshake = new Handshake(apiKey, attempts, environment, (datagram) => this.#send(datagram), {
      opened: (welcome, sessionKey) => this.#open(welcome, sessionKey),
      failed: (error) => this.#fail(error),
    })
  }

  /**
   * Opens a socket and a session.
   * @throws {@link UdpError} `HELLO_UNANSWERED` after as many seconds as attempts, `CLOCK`, `BAD_REQUEST`; the signal's reason;
   * the system's error where the host cannot be resolved.
   */
  static async connect(options: PriceClientOptions): Promise<PriceClient> {
    const { signal } = options
    signal?.throwIfAborted()
    const client = new PriceClient(options)
    const { host, port, environment } = client.#options
    const abort = (): void => client.#opening?.reject(signal?.reason)
    client.#port = await environment.openPort(host, port, {
      message: (datagram) => client.#receive(datagram),
      failure: (error) => (client.#lastFailure = error),
    })
    signal?.addEventListener('abort', abort, { once: true })
    try {
      signal?.throwIfAborted()
      await new Promise<void>((resolve, reject) => {
        client.#opening = { resolve, reject }
        client.#handshake.start()
      })
    } catch (error) {
      await client.close()
      throw error
    } finally {
      client.#opening = undefined
      signal?.removeEventListener('abort', abort)
    }
    return client
  }

  /** Datagrams that were no answer to anything under way: forged, repeated, late or malformed. */
  get discarded(): number {
    return this.#discarded
  }

  /**
   * Asks for 1 to 30 assets (symbols of 1 to 15 ASCII characters, any case) and returns a quote for each, in this order. Many
   * queries may be under way at once.
   * @throws {@link UdpError} of any code, or the signal's reason.
   */
  async query(assets: readonly string[], { signal, ...options }: QueryOptions = {}): Promise<readonly Quote[]> {
    signal?.throwIfAborted()
    if (this.#closed !== undefined) throw closedError()
    checkAssets(assets, this.#session?.maxAssets ?? assetsMost)
    const request = { assets: [...assets], ...patienceOf(options, this.#options), signal, startedAt: this.#options.environment.elapsed() }
    return new Promise((resolve, reject) => {
      const aborted = (call: Call): void => this.#calls.settle(call, () => call.reject(signal?.reason))
      const call = new Call(request, { resolve, reject, aborted })
      this.#calls.add(call)
      this.#attempt(call)
    })
  }

  /** Ends everything under way with `CLOSED` and closes the socket. May be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#shut()
    return this.#closed
  }

  async #shut(): Promise<void> {
    this.#handshake.stop()
    this.#keepAlive.stop()
    this.#opening?.reject(closedError())
    this.#calls.settleAll((call) => call.reject(closedError()))
    await this.#port?.close()
  }

  /** Sends a query in the present session, or leaves it for the next one. */
  #attempt(call: Call): void {
    const session = this.#usableSession()
    if (session === undefined) return
    if (call.attemptsLeft-- === 0) {
      this.#giveUp(call)
      // Servers are sparing with ERROR 1, so plain silence may mean that the session is lost.
      if (!session.heardSince(call.startedAt)) this.#handshake.start()
      return
    }
    const { requestId, datagram } = session.query(call.assets)
    this.#calls.sent(call, requestId)
    call.cancelTimer = this.#options.environment.after(call.timeoutMs, () => this.#attempt(call))
    this.#send(datagram)
  }

  /** Sends a query again that the session before did not answer; the attempt lost with that session doesn't count. */
  #attemptAgain(call: Call, wasSent: boolean): void {
    if (wasSent && call.renewalsLeft-- === 0) {
      this.#giveUp(call)
      return
    }
    if (wasSent) call.attemptsLeft++
    this.#attempt(call)
  }

  #giveUp(call: Call): void {
    this.#calls.settle(call, () => call.reject(timeoutError(call, this.#lastFailure)))
  }

  /** The session to send in; where there is none, one is asked for, and its opening sends all that waits. */
  #usableSession(): Session | undefined {
    if (this.#session?.isUsable(this.#options.environment.elapsed()) === true && !this.#handshake.running) return this.#session
    this.#handshake.start()
    return undefined
  }

  #open(welcome: Welcome, sessionKey: Uint8Array): void {
    const { environment, requestsPerSession } = this.#options
    const start = new Uint8Array(4)
    environment.random(start)
    this.#session = new Session(welcome, sessionKey, { start: readUint32(start, 0), requests: requestsPerSession, openedAt: environment.elapsed() })
    this.#lastFailure = undefined
    this.#pingId = undefined
    this.#keepAlive.start()
    this.#opening?.resolve()
    this.#calls.renew((call, wasSent) => this.#attemptAgain(call, wasSent))
  }

  #fail(error: UdpError): void {
    if (this.#lastFailure !== undefined) error.cause = this.#lastFailure
    this.#session = undefined
    this.#keepAlive.stop()
    this.#opening?.reject(error)
    this.#calls.settleAll((call) => call.reject(error))
  }

  #ping(): void {
    const session = this.#usableSession()
    if (session === undefined) return
    const { requestId, datagram } = session.ping()
    this.#pingId = requestId
    this.#send(datagram)
  }

  #send(datagram: Uint8Array): void {
    this.#keepAlive.sent()
    this.#port?.send(datagram)
  }

  #receive(datagram: Uint8Array): void {
    if (this.#closed === undefined && !this.#take(datagram)) this.#discarded++
  }

  /** Cheap checks first: whatever is not in answer to something under way is dropped before its tag is looked at. */
  #take(datagram: Uint8Array): boolean {
    switch (messageTypeOf(datagram, 0, datagram.length)) {
      case messageType.welcome:
        return this.#handshake.receive(datagram)
      case messageType.quote:
        return this.#takeQuote(datagram)
      case messageType.pong:
        return this.#takePong(datagram)
      case messageType.error:
        return datagram.length === wireSize.clockError ? this.#handshake.receive(datagram) : this.#takeRefusal(datagram)
      default:
        return false
    }
  }

  #takeQuote(datagram: Uint8Array): boolean {
    const call = this.#calls.of(requestIdOf(datagram, 0))
    if (call === undefined || !this.#isFromServer(datagram)) return false
    const answer = readQuote(datagram, 0, datagram.length, call.assets)
    if (answer === undefined) return false
    this.#calls.settle(call, () => call.resolve(answer.quotes))
    return true
  }

  #takePong(datagram: Uint8Array): boolean {
    const pong = readPing(datagram, 0, datagram.length, messageType.pong)
    if (pong === undefined || pong.requestId !== this.#pingId || !this.#isFromServer(datagram)) return false
    this.#pingId = undefined
    return true
  }

  #takeRefusal(datagram: Uint8Array): boolean {
    const refusal = readRefusal(datagram, 0, datagram.length)
    if (refusal === undefined) return false
    const call = this.#calls.of(refusal.requestId)
    if (call === undefined && refusal.requestId !== this.#pingId) return false
    if (refusal.code === refusalCode.noSession) {
      // Anybody could have sent it, so it costs no more than a HELLO a second, and answers of the old session still count.
      this.#handshake.start()
      return true
    }
    if (!this.#isFromServer(datagram)) return false
    if (call !== undefined) this.#calls.settle(call, () => call.reject(refusalError(refusal)))
    return true
  }

  #isFromServer(datagram: Uint8Array): boolean {
    if (this.#session?.isTagged(datagram) !== true) return false
    this.#session.heard(this.#options.environment.elapsed())
    this.#lastFailure = undefined
    return true
  }
}
