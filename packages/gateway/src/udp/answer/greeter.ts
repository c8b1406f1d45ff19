import {
  type Hello,
  assetsMost,
  clockToleranceMs,
  isHelloSigned,
  readHello,
  readInt32,
  sessionKeyOf,
  sessionLifetimeSeconds,
  wireSize,
  writeClockRefusal,
  writeWelcome,
} from '@trinity/udp'
import type { KeyObject } from 'node:crypto'
import type { Datagram } from '../datagram.ts'
import type { KeyedHash } from '../guard/keyed-hash.ts'
import { type Outcome, outcome } from '../outcome/outcome.ts'
import type { UdpKeys } from '../parts.ts'
import { SeenNonces } from '../guard/seen-nonces.ts'
import { SecondCells } from '../guard/second-cells.ts'
import type { StrangerDoor } from '../guard/stranger.ts'
import { MacKeys } from '../session/mac-keys.ts'
import type { Opening, SessionTable } from '../session/sessions.ts'

const keyIdAt = 8
const nonceWords = wireSize.nonce / 4

/** What a greeter works with. */
export interface GreeterParts {
  readonly keys: UdpKeys
  readonly keyRows: number
  readonly sessions: SessionTable
  readonly hash: KeyedHash
  readonly strangers: StrangerDoor
  readonly fillRandom: (bytes: Uint8Array) => void
  readonly hellosPerSecond: number
}

/** Answers HELLO: the one request whose sender is not known yet, so what is wrong with it is not said, save the clock. */
export class Greeter {
  readonly #parts: GreeterParts
  readonly #macKeys: MacKeys
  readonly #rate: SecondCells
  readonly #repeatRate: SecondCells
  readonly #nonces = new SeenNonces()
  readonly #random = new Uint8Array(8 + wireSize.nonce)

  constructor(parts: GreeterParts) {
    this.#parts = parts
    this.#macKeys = new MacKeys(parts.keys)
    this.#rate = new SecondCells(parts.keyRows)
    this.#repeatRate = new SecondCells(parts.keyRows)
  }

  get bytes(): number {
    return this.#rate.bytes + this.#repeatRate.bytes + this.#nonces.bytes
  }

  /** Writes WELCOME, an ERROR 6, or nothing. */
  answer(datagram: Datagram): Outcome {
    const { memory, at } = datagram
    const { keys } = this.#parts
    const keyRow = keys.findShort(memory, at + keyIdAt)
    if (keyRow < 0) return outcome.key
    // Read first: if the key changes from here on, its session has the old epoch and ends with its first datagram.
    const keyEpoch = keys.epoch(keyRow)
    const macKey = keys.isRevoked(keyRow) ? undefined : this.#macKeys.of(keyRow, keyEpoch)
    if (macKey === undefined) return outcome.key
    const hello = isHelloSigned(memory, at, macKey) ? readHello(memory, at, datagram.length) : undefined
    if (hello === undefined) return outcome.mac
    const opening = this.#openingOf(datagram, hello, keyRow, keyEpoch)
    const { sessions, hellosPerSecond } = this.#parts
    const known = sessions.findHello(opening, datagram.monotonicMs)
    if (known === 0 && Math.abs(hello.clientTimeMs - datagram.utcMs) > clockToleranceMs) return this.#refuseClock(datagram, hello, macKey)
    // Counted only now, or a key's HELLOs could be used up by anybody who saw its id, or who sends an old one of its again and again.
    // And those said before are counted apart, or whoever copies one could keep the key's holder from saying another.
    const isRepeated = known !== 0 || this.#nonces.note(this.#parts.hash.ofNonce(opening.clientNonce), datagram.monotonicMs)
    const hasRoom = isRepeated
      ? this.#repeatRate.take(keyRow, datagram.monotonicMs, hellosPerSecond >> 1)
      : this.#rate.take(keyRow, datagram.monotonicMs, hellosPerSecond)
    if (!hasRoom) return outcome.helloLimit
    if (known !== 0) sessions.keepAlive(known, datagram.monotonicMs)
    return this.#welcome(datagram, hello, macKey, known === 0 ? this.#open(datagram, opening, hello, macKey) : known)
  }

  #openingOf({ source, sourceAt }: Datagram, { clientNonce }: Hello, keyRow: number, keyEpoch: number): Opening {
    const nonce = Int32Array.from({ length: nonceWords }, (_, i) => readInt32(clientNonce, i * 4))
    return { keyRow, keyEpoch, source, sourceAt, clientNonce: nonce, helloHash: this.#parts.hash.ofHello(nonce, source, sourceAt) }
  }

  #open(datagram: Datagram, opening: Opening, { clientNonce }: Hello, macKey: KeyObject): number {
    const { sessions, fillRandom } = this.#parts
    fillRandom(this.#random)
    const session = sessions.open(opening, this.#random, datagram.monotonicMs, datagram.utcMs)
    datagram.memory.set(sessionKeyOf(macKey, clientNonce, sessions.serverNonce(session)), sessions.keyAt(session))
    return session
  }

  #welcome(datagram: Datagram, { requestId, clientNonce }: Hello, macKey: KeyObject, session: number): Outcome {
    const { sessions } = this.#parts
    const welcome = {
      requestId,
      sessionHigh: sessions.idHigh(session),
      sessionLow: sessions.idLow(session),
      serverTimeMs: sessions.serverTime(session),
      lifetimeSeconds: sessionLifetimeSeconds,
      maxAssets: assetsMost,
      serverNonce: sessions.serverNonce(session),
    }
    datagram.answerLength = writeWelcome(datagram.memory, datagram.answerAt, welcome, macKey, clientNonce)
    return outcome.welcome
  }

  /** As often as any stranger is told something: whoever sends it may have copied it. */
  #refuseClock(datagram: Datagram, { requestId, clientNonce }: Hello, macKey: KeyObject): Outcome {
    if (!this.#parts.strangers.admits(datagram)) return outcome.helloLimit
    datagram.answerLength = writeClockRefusal(datagram.memory, datagram.answerAt, requestId, datagram.utcMs, macKey, clientNonce)
    return outcome.clock
  }
}
