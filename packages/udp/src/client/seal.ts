import { wireSize } from '../protocol.ts'
import { createSipHash } from '../siphash/siphash.ts'

const keyAt = 0
const outAt = 64
const inAt = 4096

/** Tags what a client sends and checks the tags of what it gets, under the key of one session. */
export class Seal {
  readonly #sip = createSipHash({ bytes: 8192 })

  constructor(sessionKey: Uint8Array) {
    this.#sip.memory.set(sessionKey, keyAt)
  }

  /** The datagram that `write` writes and returns the length of, tagged. */
  seal(write: (bytes: Uint8Array, offset: number) => number): Uint8Array {
    const { memory } = this.#sip
    const length = write(memory, outAt)
    this.#sip.tag(keyAt, outAt, length)
    return memory.slice(outAt, outAt + length + wireSize.tag)
  }

  isRight(datagram: Uint8Array): boolean {
    if (datagram.length < wireSize.header + wireSize.tag || datagram.length > wireSize.datagramMost) return false
    this.#sip.memory.set(datagram, inAt)
    return this.#sip.verify(keyAt, inAt, datagram.length - wireSize.tag)
  }
}
