import { type Random, ratePlan } from '@trinity/core'
import { seededRandom } from '@trinity/core/testing'
import { wireSize } from '@trinity/udp'
import { batchSlots, slotBytes, sourceWords } from '../../src/udp/transport/transport.ts'
import { RigClient } from './udp-client.fixture.ts'
import { type Sent, UdpRig } from './udp-rig.fixture.ts'

/** What an item of a fuzzed batch may be answered with. */
type Allowed =
  /** Nothing, or an ERROR 1 of 16 bytes: all that is forged, replayed or random. */
  | 'stranger'
  /** As above, or WELCOME or a clock error: a HELLO that a key holder made, whoever sends it. */
  | 'hello'
  /** A tagged answer, and nothing else: what a client sends for the first time from where its session is. */
  | 'session'

interface Item extends Sent {
  readonly allowed: Allowed
  readonly client?: RigClient
  /** What a query asked for; absent where the answer must be an ERROR or PONG. */
  readonly assets?: readonly string[]
}

const assets = ['BTC', 'eth', 'SOL', 'nope', 'STALE', 'WANTED']
const history = 512
const datagramHead = [0x54, 0x42, 8]

/**
 * Random datagrams and real clients' traffic, mutated and replayed, against a price port in memory; throws at the first answer that
 * the protocol does not allow, naming the seed.
 */
export class UdpFuzz {
  readonly rig: UdpRig
  sent = 0
  readonly answers = { session: 0, hello: 0, stranger: 0 }
  readonly #seed: number
  readonly #random: Random
  readonly #clients: RigClient[]
  readonly #sent: Item[] = []
  readonly #items: Item[] = []

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seededRandom(seed)
    this.rig = new UdpRig({ usage: { record: () => undefined } }, this.#random)
    for (const asset of ['BTC', 'ETH', 'SOL']) this.rig.price(this.rig.list(asset), '83421.57')
    this.rig.list('STALE')
    this.rig.table.setReach('WANTED', { listed: true, elsewhere: false })
    this.#clients = ['fuzz key', 'fuzz key', 'other key', 'limited key'].map((key, i) => {
      this.rig.keys.add(key, key === 'limited key' ? ratePlan(50, 5) : undefined)
      return new RigClient(this.rig, key, `10.0.0.${i + 1}`, 1000 + i).open()
    })
    this.#remember(this.#stranger(this.#noise(30)))
  }

  /** Sends one batch and checks every answer and every counter. */
  step(): void {
    const { rig } = this
    const count = 1 + this.#below(batchSlots)
    this.#items.length = 0
    for (let i = 0; i < count; i++) this.#load(i, this.#next())
    rig.pass(this.#below(20))
    rig.shedder.hasRoom = this.#random() < 0.9
    rig.batch.end = count
    rig.batch.txLength.fill(0)
    this.#check(() => rig.service.handle(rig.batch), 'the handler threw')
    this.sent += count
    let spoken = 0
    for (const [i, item] of this.#items.entries()) {
      const length = rig.batch.txLength[i] ?? 0
      if (length > 0) spoken++
      this.#checkAnswer(item, i, length)
    }
    const { received, answered, refused, discarded } = rig.totals()
    // The clients' own HELLOs came before.
    const exact = received === answered + refused + discarded && received === this.sent + this.#opened
    this.#demand(exact, `received ${received}, answered ${answered}, refused ${refused}, discarded ${discarded}, sent ${this.sent + this.#opened}`)
    this.#spoken += spoken
    this.#demand(answered + refused === this.#spoken + this.#opened, 'an answer was not counted, or one too many')
    this.#demand(rig.count('internal') === 0, 'the handler failed at a datagram')
  }

  #opened = 4
  #spoken = 0

  #load(slot: number, item: Item): void {
    const { batch } = this.rig
    this.#items.push(item)
    // What does not fit is cut off by the kernel; the length tells.
    batch.memory.set(item.bytes.length > slotBytes ? item.bytes.subarray(0, slotBytes) : item.bytes, batch.rxStart + slot * slotBytes)
    batch.rxLength[slot] = item.bytes.length
    batch.source.set(item.from, slot * sourceWords)
  }

  #checkAnswer(item: Item, slot: number, length: number): void {
    if (item.allowed === 'session') {
      this.answers.session++
      this.#demand(length > 0, 'a client got no answer')
      this.#checkSessionAnswer(item, slot)
      return
    }
    if (length === 0) return
    this.#demand(length <= item.bytes.length, `${length} bytes answered ${item.bytes.length} of a sender without session`)
    const type = this.rig.batch.memory[this.rig.batch.txStart + slot * slotBytes + 3]
    if (length === wireSize.error && type === 15) this.answers.stranger++
    else {
      this.#demand(item.allowed === 'hello' && (type === 2 || (type === 15 && length === wireSize.clockError)), `type ${type} answered a stranger`)
      this.answers.hello++
    }
  }

  /** Only some are read in full, for this costs far more than the answer did. */
  #checkSessionAnswer({ client, assets: asked }: Item, slot: number): void {
    if (client === undefined || this.#random() > 0.1) return
    const answer = this.rig.answer(slot)
    const isRefused = client.refusal(answer) !== undefined
    const isRight = asked === undefined ? isRefused || client.isPong(answer) : isRefused || client.quote(answer, ...asked) !== undefined
    this.#demand(isRight, 'a client got a wrong answer')
  }

  #next(): Item {
    const kind = this.#below(100)
    if (kind < 10) return this.#stranger(this.#noise(this.#below(1300)))
    if (kind < 20) return this.#stranger(this.#headedNoise())
    if (kind < 21) return this.#hello()
    if (kind < 45) return this.#remember(this.#genuine())
    if (kind < 50) return this.#remember(this.#malformed())
    if (kind < 75) return this.#mutated()
    return this.#replayed()
  }

  #genuine(): Item {
    const client = this.#pick(this.#clients)
    const kind = this.#below(10)
    if (kind === 0) return { ...client.ping(), allowed: 'session', client }
    if (kind === 1) return { ...client.report(38 + this.#below(1100)), allowed: 'session', client }
    client.nextId += this.#below(20) === 0 ? this.#below(3000) : 0
    const asked = Array.from({ length: 1 + (this.#below(8) === 0 ? this.#below(30) : 0) }, () => this.#pick(assets))
    return { ...client.query(...asked), allowed: 'session', client, assets: asked }
  }

  /** Rightly tagged, with a body that is not: the client gets an ERROR, or an answer where the change made sense. */
  #malformed(): Item {
    const item = this.#genuine()
    const { client } = item
    if (client === undefined) return item
    const changed = client.reseal(item, (bytes) => {
      const longer = this.#below(3) === 0 ? new Uint8Array([...bytes, ...this.#noise(this.#below(200))]) : bytes
      for (let i = 1 + this.#below(3); i > 0 && longer.length > 16; i--) longer[16 + this.#below(longer.length - 16)] = this.#below(256)
      return longer.subarray(0, wireSize.datagramMost - wireSize.tag)
    })
    return { ...changed, allowed: 'session' }
  }

  #hello(): Item {
    const client = this.#pick(this.#clients)
    const clientTimeMs = this.rig.clock.nowMs + (this.#below(4) === 0 ? 100_000 : 0)
    const nonce = client.nonce
    client.nonce = this.#noise(wireSize.nonce)
    const hello = client.hello({ clientTimeMs })
    client.nonce = nonce
    return this.#remember({ ...hello, allowed: 'hello' })
  }

  #mutated(): Item {
    const item = this.#random() < 0.5 ? this.#pick(this.#sent) : this.#genuine()
    const other = this.#pick(this.#sent)
    const bytes = this.#mutate(item.bytes, other.bytes)
    const from = this.#random() < 0.8 ? item.from : this.#source()
    // A change may have changed nothing; what was sent before is then a replay.
    if (isEqual(bytes, other.bytes)) return { bytes, from, allowed: other.allowed === 'hello' ? 'hello' : 'stranger' }
    return isEqual(bytes, item.bytes) ? this.#stranger(this.#noise(20)) : { bytes, from, allowed: 'stranger' }
  }

  #mutate(original: Uint8Array, other: Uint8Array): Uint8Array {
    const bytes = original.slice()
    switch (this.#below(6)) {
      case 0:
        return bytes.subarray(0, this.#below(bytes.length))
      case 1:
        return new Uint8Array([...bytes, ...this.#noise(1 + this.#below(40))])
      case 2: {
        const cut = this.#below(Math.min(bytes.length, other.length))
        return new Uint8Array([...bytes.subarray(0, cut), ...other.subarray(cut)])
      }
      case 3:
        for (let i = 1 + this.#below(8); i > 0; i--) bytes[this.#below(bytes.length)] = this.#below(256)
        return bytes
      default: {
        const at = this.#below(bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#below(8))
        return bytes
      }
    }
  }

  #replayed(): Item {
    const item = this.#pick(this.#sent)
    const allowed = item.allowed === 'hello' ? 'hello' : 'stranger'
    return { bytes: item.bytes, from: this.#random() < 0.6 ? item.from : this.#source(), allowed }
  }

  #headedNoise(): Uint8Array {
    const bytes = this.#noise(this.#random() < 0.3 ? 64 : 4 + this.#below(200))
    bytes.set(datagramHead)
    bytes[3] = this.#random() < 0.8 ? 1 + this.#below(8) : this.#below(256)
    return bytes
  }

  #stranger(bytes: Uint8Array): Item {
    return { bytes, from: this.#random() < 0.5 ? this.#pick(this.#clients).from : this.#source(), allowed: 'stranger' }
  }

  #remember(item: Item): Item {
    if (this.#sent.length < history) this.#sent.push(item)
    else this.#sent[this.#below(history)] = item
    return item
  }

  #source(): Int32Array {
    const isIpv4 = this.#random() < 0.7
    return Int32Array.from({ length: sourceWords }, (_, i) =>
      i === 4 ? this.#below(65_536) : isIpv4 && i < 3 ? (i === 2 ? 0xffff : 0) : this.#below(2 ** 32) | 0,
    )
  }

  #noise(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) bytes[i] = this.#random() * 256
    return bytes
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  #check(action: () => void, message: string): void {
    try {
      action()
    } catch (error) {
      throw new Error(`Seed ${this.#seed}, after ${this.sent} datagrams: ${message}.`, { cause: error })
    }
  }

  #demand(holds: boolean, message: string): void {
    if (!holds) throw new Error(`Seed ${this.#seed}, after ${this.sent} datagrams: ${message}.`)
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
