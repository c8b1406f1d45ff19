import {
  type QuoteAnswer,
  type Refusal,
  type SipHash,
  type Welcome,
  createSipHash,
  keyIdOf,
  macKeyOf,
  readPing,
  readQuote,
  readRefusal,
  readWelcome,
  sessionKeyOf,
  wireSize,
  writeHello,
  writePing,
  writeQuery,
  writeReport,
} from '@trinity/udp'
import type { Sent, UdpRig } from './udp-rig.fixture.ts'

/** Source words of an IPv4 address in digits. */
export function sourceOf(address: string, port: number): Int32Array {
  const word = address.split('.').reduce((value, part) => (value << 8) | Number(part), 0)
  return Int32Array.of(0, 0, 0xffff, word, port)
}

const messageAt = wireSize.sessionKey

/** A client that speaks to a rig: writes datagrams byte for byte and reads answers with the codec of the other side. */
export class RigClient {
  readonly rig: UdpRig
  from: Int32Array
  nextId = 100
  session = { high: 0, low: 0 }
  readonly #keyId: Uint8Array
  readonly #macKey: Uint8Array
  readonly #sip: SipHash = createSipHash({ bytes: 4096 })
  nonce = new Uint8Array(wireSize.nonce)

  constructor(rig: UdpRig, apiKey: string, address = '10.0.0.1', port = 40_000) {
    this.rig = rig
    this.from = sourceOf(address, port)
    this.#keyId = keyIdOf(apiKey)
    this.#macKey = macKeyOf(apiKey)
    this.nonce.set([port & 255, port >>> 8])
  }

  hello({ requestId = 1, clientTimeMs = this.rig.clock.nowMs } = {}): Sent {
    const bytes = new Uint8Array(wireSize.hello)
    writeHello(bytes, 0, { requestId, keyId: this.#keyId, clientTimeMs, clientNonce: this.nonce }, this.#macKey)
    return { bytes, from: this.from }
  }

  /** Takes over what a WELCOME says; undefined when it is none, or not signed for this client. */
  welcomed(answer: Uint8Array | undefined): Welcome | undefined {
    const welcome = answer === undefined ? undefined : readWelcome(answer, 0, answer.length, this.#macKey, this.nonce)
    if (welcome === undefined) return undefined
    this.session = { high: welcome.sessionHigh, low: welcome.sessionLow }
    this.#sip.memory.set(sessionKeyOf(this.#macKey, this.nonce, welcome.serverNonce), 0)
    return welcome
  }

  /** Says HELLO with a nonce of its own. */
  open(): this {
    this.nonce[15] = (this.nonce[15] ?? 0) + 1
    if (this.welcomed(this.rig.send(this.hello())[0]) === undefined) throw new Error('The rig did not welcome the client.')
    return this
  }

  query(...assets: string[]): Sent {
    return this.queryAs(this.nextId++, ...assets)
  }

  queryAs(requestId: number, ...assets: string[]): Sent {
    const { high: sessionHigh, low: sessionLow } = this.session
    return this.seal((bytes, at) => writeQuery(bytes, at, { requestId, sessionHigh, sessionLow, assets }))
  }

  ping(): Sent {
    return this.seal((bytes, at) => writePing(bytes, at, this.nextId++, this.session.high, this.session.low))
  }

  report(size = 200): Sent {
    const { high: sessionHigh, low: sessionLow } = this.session
    const report = { requestId: this.nextId++, sessionHigh, sessionLow, report: 1, group: 0, fromMs: 1000, toMs: 2000, size }
    return this.seal((bytes, at) => writeReport(bytes, at, report))
  }

  /** Tags whatever `write` makes, well formed or not. */
  seal(write: (bytes: Uint8Array, at: number) => number): Sent {
    const { memory } = this.#sip
    memory.fill(0, messageAt)
    const length = write(memory, messageAt)
    this.#sip.tag(0, messageAt, length)
    return { bytes: memory.slice(messageAt, messageAt + length + wireSize.tag), from: this.from }
  }

  /** The bytes of a datagram without its tag, changed and tagged anew. */
  reseal({ bytes }: Sent, change: (bytes: Uint8Array) => Uint8Array): Sent {
    const changed = change(bytes.slice(0, -wireSize.tag))
    return this.seal((memory, at) => {
      memory.set(changed, at)
      return changed.length
    })
  }

  /** A QUOTE by its fields; undefined when it is none, or its tag is wrong. */
  quote(answer: Uint8Array | undefined, ...assets: string[]): QuoteAnswer | undefined {
    return answer !== undefined && this.isTagged(answer) ? readQuote(answer, 0, answer.length, assets) : undefined
  }

  /** An ERROR within the session; undefined when it is none, or its tag is wrong. */
  refusal(answer: Uint8Array | undefined): Refusal | undefined {
    if (answer?.length !== wireSize.taggedError || !this.isTagged(answer)) return undefined
    return readRefusal(answer, 0, answer.length)
  }

  isPong(answer: Uint8Array | undefined): boolean {
    return answer !== undefined && this.isTagged(answer) && readPing(answer, 0, answer.length, 8) !== undefined
  }

  isTagged(answer: Uint8Array): boolean {
    this.#sip.memory.set(answer, messageAt)
    return this.#sip.verify(0, messageAt, answer.length - wireSize.tag)
  }
}

/** The code of an ERROR without tag. */
export function strangerCode(answer: Uint8Array | undefined): number | undefined {
  return answer?.length === wireSize.error ? readRefusal(answer, 0, answer.length)?.code : undefined
}
