import { randomBytes } from 'node:crypto'
import { type Socket, createSocket } from 'node:dgram'
import { once } from 'node:events'
import {
  type SipHash,
  createSipHash,
  keyIdOf,
  macKeyOf,
  messageType,
  readQuote,
  readRefusal,
  readWelcome,
  refusalCode,
  requestIdOf,
  sessionKeyOf,
  wireSize,
  writeHello,
  writeQuery,
} from '@trinity/udp'
import type { CallStatus, CallerOptions, LoadCaller } from './caller.fixture.ts'

const messageAt = wireSize.sessionKey
const helloAgainMs = 250
const statusOf: Readonly<Record<number, CallStatus>> = { [refusalCode.limited]: 429, [refusalCode.overloaded]: 503, [refusalCode.malformed]: 400 }

/** A UDP v8 client for load: any number of requests under way, every answer checked by its tag and for the price, no retries. */
export class UdpCaller implements LoadCaller {
  readonly #options: CallerOptions
  readonly #socket: Socket
  readonly #sip: SipHash = createSipHash({ bytes: 4096 })
  readonly #waiting = new Map<number, { done(status: CallStatus): void; timer: NodeJS.Timeout }>()
  readonly #macKey: Uint8Array
  #nonce: Uint8Array = randomBytes(wireSize.nonce)
  #session: { high: number; low: number } | undefined
  #nextId = 1
  #greeting: NodeJS.Timeout | undefined
  #onWelcome: () => void = () => undefined
  /** HELLOs sent so far. */
  hellos = 0

  /** Opens a socket and a session. @throws when nobody answers its HELLO within 10 s */
  static async open(options: CallerOptions): Promise<UdpCaller> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    socket.bind({ port: 0, address: options.from ?? '127.0.0.1' })
    await once(socket, 'listening')
    socket.connect(options.port, options.host)
    await once(socket, 'connect')
    const caller = new UdpCaller(options, socket)
    await caller.#greet()
    return caller
  }

  constructor(options: CallerOptions, socket: Socket) {
    this.#options = options
    this.#socket = socket
    this.#macKey = macKeyOf(options.key)
    socket.on('message', (datagram) => this.#take(datagram))
    socket.on('error', () => undefined)
  }

  ask(): Promise<CallStatus> {
    return new Promise((resolve) => {
      const id = this.#nextId++
      const give = (): void => {
        this.#waiting.delete(id)
        resolve(0)
      }
      this.#waiting.set(id, { done: resolve, timer: setTimeout(give, this.#options.patienceMs) })
      if (this.#session !== undefined) this.#socket.send(this.query(id))
    })
  }

  /** The datagram of a QUERY of the session. */
  query(requestId: number): Uint8Array {
    const { memory } = this.#sip
    const { high: sessionHigh, low: sessionLow } = this.#session ?? { high: 0, low: 0 }
    const length = writeQuery(memory, messageAt, { requestId, sessionHigh, sessionLow, assets: [this.#options.asset] })
    this.#sip.tag(0, messageAt, length)
    // A copy, since a datagram may wait in the process.
    return memory.slice(messageAt, messageAt + length + wireSize.tag)
  }

  /** Sends a datagram as it is, and tells whether the kernel took it. */
  send(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => this.#socket.send(bytes, (error) => resolve(error === null)))
  }

  close(): void {
    clearInterval(this.#greeting)
    for (const { timer, done } of this.#waiting.values()) {
      clearTimeout(timer)
      done(0)
    }
    this.#waiting.clear()
    this.#socket.close()
  }

  async #greet(): Promise<void> {
    const welcomed = new Promise<void>((resolve) => (this.#onWelcome = resolve))
    this.#hello()
    const late = setTimeout(() => this.#onWelcome(), 10_000)
    await welcomed
    clearTimeout(late)
    if (this.#session === undefined) throw new Error(`Nobody answers HELLO at ${this.#options.host}:${this.#options.port}.`)
  }

  #hello(): void {
    this.#session = undefined
    this.#nonce = randomBytes(wireSize.nonce)
    const bytes = new Uint8Array(wireSize.hello)
    const say = (): void => {
      const hello = { requestId: this.#nextId, keyId: keyIdOf(this.#options.key), clientTimeMs: Date.now(), clientNonce: this.#nonce }
      writeHello(bytes, 0, hello, this.#macKey)
      this.#socket.send(bytes)
      this.hellos++
    }
    clearInterval(this.#greeting)
    this.#greeting = setInterval(say, helloAgainMs)
    say()
  }

  #take(datagram: Uint8Array): void {
    const type = datagram[3]
    if (type === messageType.welcome) return this.#welcome(datagram)
    const id = requestIdOf(datagram, 0)
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    const refusal = type === messageType.error ? readRefusal(datagram, 0, datagram.length) : undefined
    if (refusal?.code === refusalCode.noSession && this.#session !== undefined) this.#hello()
    const status = refusal === undefined ? (this.#isPrice(datagram) ? 200 : 0) : (statusOf[refusal.code] ?? 0)
    this.#waiting.delete(id)
    clearTimeout(waiting.timer)
    waiting.done(status)
  }

  #welcome(datagram: Uint8Array): void {
    const welcome = readWelcome(datagram, 0, datagram.length, this.#macKey, this.#nonce)
    if (welcome === undefined || this.#session !== undefined) return
    this.#session = { high: welcome.sessionHigh, low: welcome.sessionLow }
    this.#sip.memory.set(sessionKeyOf(this.#macKey, this.#nonce, welcome.serverNonce), 0)
    clearInterval(this.#greeting)
    this.#onWelcome()
  }

  #isPrice(datagram: Uint8Array): boolean {
    this.#sip.memory.set(datagram, messageAt)
    if (!this.#sip.verify(0, messageAt, datagram.length - wireSize.tag)) return false
    return readQuote(datagram, 0, datagram.length, [this.#options.asset])?.quotes[0]?.status === 'fresh'
  }
}
