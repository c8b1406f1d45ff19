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

  /** Counts one more answer to the sender of a datagram; false when it had as many in this second as it may. */
  admits({ source, sourceAt, monotonicMs }: Datagram): boolean {
    return this.#rate.take(this.#hash.ofSender(source, sourceAt) & (cells - 1), monotonicMs, this.#perSecond)
  }

  /** Writes an ERROR 1 without tag, or nothing. */
  refuse(datagram: Datagram): Outcome {
    const { memory, at, answerAt } = datagram
    if (!this.admits(datagram)) return outcome.session
    datagram.answerLength = writeRefusal(memory, answerAt, requestIdOf(memory, at), refusalCode.noSession, 0)
    return outcome.noSession
  }
}
