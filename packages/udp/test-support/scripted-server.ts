import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import * as udp from '../src/index.ts'

/** What a {@link ScriptedServer} got, and what it would answer by the rules. */
export interface Incoming {
  readonly type: number
  readonly requestId: number
  readonly bytes: Uint8Array
  /** Assets of a QUERY. */
  readonly assets: readonly string[]
  /** Undefined where the rules say silence. */
  readonly answer: Uint8Array | undefined
  /** A tagged ERROR in place of the answer. */
  refusal(code: number, retryAfterMs: number): Uint8Array
  send(datagram: Uint8Array): void
}

interface Conversation {
  readonly address: string
  readonly sip: udp.SipHash
}

const prices: Readonly<Record<string, string>> = { BTC: '83421.57', ETH: '3120.10', DOGE: '0.1830' }

/** A gateway on a loopback port that keeps the rules, except where its script has other ideas. */
export class ScriptedServer {
  readonly received: Incoming[] = []
  /** Assets that it takes in a QUERY, as its next WELCOME says. */
  maxAssets = 30
  /** Does with a datagram what it likes; unless told otherwise it sends the answer. */
  script: (incoming: Incoming) => void = ({ answer, send }) => answer && send(answer)
  readonly #keys = new Map<string, Uint8Array>()
  readonly #sessions = new Map<number, Conversation>()
  readonly #socket: Socket = createSocket('udp4')
  readonly #out = new Uint8Array(2048)
  #lastSession = 0

  constructor(...apiKeys: readonly string[]) {
    for (const key of apiKeys) this.#keys.set(Buffer.from(udp.keyIdOf(key)).toString('hex'), udp.macKeyOf(key))
    this.#socket.on('message', (bytes, from) => this.#receive(bytes, from))
  }

  async start(): Promise<number> {
    this.#socket.bind(0, '127.0.0.1')
    await once(this.#socket, 'listening')
    return this.#socket.address().port
  }

  async stop(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }

  /** As after a restart. */
  forgetSessions(): void {
    this.#sessions.clear()
  }

  revokeKeys(): void {
    this.#keys.clear()
    this.forgetSessions()
  }

  /** What it got of a type so far. */
  of(type: keyof typeof udp.messageType): readonly Incoming[] {
    return this.received.filter((incoming) => incoming.type === udp.messageType[type])
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    const send = (datagram: Uint8Array): void => this.#socket.send(datagram, from.port, from.address)
    const type = udp.requestTypeOf(bytes, 0, bytes.length)
    const requestId = udp.requestIdOf(bytes, 0)
    const address = `${from.address}:${from.port}`
    const conversation = this.#sessions.get(udp.sessionLowOf(bytes, 0))
    const body = conversation?.address === address ? this.#inSession(conversation, bytes, type) : undefined
    const answer =
      type === udp.messageType.hello ? this.#welcome(bytes, address) : (body?.answer ?? this.#refuse(requestId, udp.refusalCode.noSession))
    const refusal = (code: number, retryAfterMs: number): Uint8Array => this.#refuse(requestId, code, retryAfterMs, conversation)
    const incoming: Incoming = { type, requestId, bytes, assets: body?.assets ?? [], answer, refusal, send }
    this.received.push(incoming)
    this.script(incoming)
  }

  #welcome(bytes: Uint8Array, address: string): Uint8Array | undefined {
    const hello = udp.readHello(bytes, 0, bytes.length)
    const macKey = hello === undefined ? undefined : this.#keys.get(Buffer.from(hello.keyId).toString('hex'))
    if (hello === undefined || macKey === undefined || !udp.isHelloSigned(bytes, 0, macKey)) return undefined
    const { requestId, clientNonce, clientTimeMs } = hello
    const serverTimeMs = Date.now()
    if (Math.abs(serverTimeMs - clientTimeMs) > udp.clockToleranceMs)
      return this.#out.slice(0, udp.writeClockRefusal(this.#out, 0, requestId, serverTimeMs, macKey, clientNonce))
    const serverNonce = crypto.getRandomValues(new Uint8Array(16))
    const session = ++this.#lastSession
    const sip = udp.createSipHash({ bytes: 8192 })
    sip.memory.set(udp.sessionKeyOf(macKey, clientNonce, serverNonce))
    this.#sessions.set(session, { address, sip })
    const welcome = { requestId, sessionHigh: 7, sessionLow: session, serverTimeMs, lifetimeSeconds: 600, maxAssets: this.maxAssets, serverNonce }
    return this.#out.slice(0, udp.writeWelcome(this.#out, 0, welcome, macKey, clientNonce))
  }

  #inSession({ sip }: Conversation, bytes: Uint8Array, type: number): { answer: Uint8Array | undefined; assets: readonly string[] } {
    sip.memory.set(bytes, 64)
    if (!sip.verify(0, 64, bytes.length - udp.wireSize.tag)) return { answer: undefined, assets: [] }
    const { memory } = sip
    const requestId = udp.requestIdOf(bytes, 0)
    const assets = udp.readQuery(bytes, 0, bytes.length)?.assets ?? []
    const length =
      type === udp.messageType.ping
        ? udp.writePong(memory, 4096, requestId, udp.sessionHighOf(bytes, 0), udp.sessionLowOf(bytes, 0))
        : assets.length > 0
          ? writeQuotes(memory, 4096, requestId, assets)
          : udp.writeRefusal(memory, 4096, requestId, udp.refusalCode.malformed, 0)
    sip.tag(0, 4096, length)
    return { answer: memory.slice(4096, 4096 + length + udp.wireSize.tag), assets }
  }

  #refuse(requestId: number, code: number, retryAfterMs = 0, conversation?: Conversation): Uint8Array {
    const { memory, tag } = conversation?.sip ?? { memory: this.#out, tag: undefined }
    const length = udp.writeRefusal(memory, 1024, requestId, code, retryAfterMs)
    tag?.(0, 1024, length)
    return memory.slice(1024, 1024 + length + (tag === undefined ? 0 : udp.wireSize.tag))
  }
}

function writeQuotes(bytes: Uint8Array, offset: number, requestId: number, assets: readonly string[]): number {
  const now = Date.now()
  let at = udp.writeQuoteHead(bytes, offset, requestId, udp.upperWord(now), udp.lowerWord(now), assets.length)
  for (const asset of assets) {
    const price = prices[asset.toUpperCase()]
    if (price === undefined) at = udp.writeEmptyQuoteEntry(bytes, at, udp.assetStatus.unknown)
    else
      at = udp.writeQuoteEntry(
        bytes,
        at,
        udp.assetStatus.fresh,
        1,
        3,
        0,
        udp.upperWord(now),
        udp.lowerWord(now),
        42,
        Buffer.from(price),
        0,
        price.length,
      )
  }
  return at - offset
}
