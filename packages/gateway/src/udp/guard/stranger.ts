import { refusalCode, requestIdOf, writeRefusal } from '@trinity/udp'
import type { Datagram } from '../datagram.ts'
import type { KeyedHash } from './keyed-hash.ts'
import { type Outcome, outcome } from '../outcome/outcome.ts'
import { SecondCells } from './second-cells.ts'

/** Senders share these cells by a secret hash; a power of two. */
const cells = 65_536

/** Tells a sender without a session to say HELLO, so many times a second and no more, for the sender may be forged. */
export class StrangerDoor {
  readonly #hash: KeyedHash
  readonly #perSecond: number
  readonly #rate = new SecondCells(cells)

  constructor(hash: KeyedHash, perSecond: number) {
    this.#hash = hash
    this.#perSecond = perSecond
  }

  get bytes(): number {
    return this.#rate.bytes
  }

  /** Writes an ERROR 1 without tag, or nothing. */
  refuse(datagram: Datagram): Outcome {
    const { memory, at, answerAt, source, sourceAt } = datagram
    const cell = this.#hash.ofSender(source, sourceAt) & (cells - 1)
    if (!this.#rate.take(cell, datagram.monotonicMs, this.#perSecond)) return outcome.session
    datagram.answerLength = writeRefusal(memory, answerAt, requestIdOf(memory, at), refusalCode.noSession, 0)
    return outcome.noSession
  }
}
