import type { SipHash } from '@trinity/udp'
import { sourceWords } from '../transport/transport.ts'

/** Bytes that a {@link KeyedHash} needs of the memory. */
export const keyedHashBytes = 64

const inputWord = 4
const nonceWords = 4

/** Hashes of senders and HELLOs under a secret of this process, so that nobody can aim at a cell or pile up a chain. */
export class KeyedHash {
  readonly #sip: SipHash
  readonly #at: number
  readonly #words: Int32Array

  /** @param at where {@link keyedHashBytes} of the memory are free, a multiple of 8 */
  constructor(sip: SipHash, at: number, fillRandom: (bytes: Uint8Array) => void) {
    this.#sip = sip
    this.#at = at
    this.#words = new Int32Array(sip.memory.buffer, at, keyedHashBytes / 4)
    fillRandom(sip.memory.subarray(at, at + inputWord * 4))
  }

  /** Of the sender's address without its port; of IPv6 the half that names a network, since a host can take any address in it. */
  ofSender(source: Int32Array, at: number): number {
    const words = this.#words
    const isNetwork = source[at] !== 0 || source[at + 1] !== 0
    words[inputWord] = source[at] ?? 0
    words[inputWord + 1] = source[at + 1] ?? 0
    words[inputWord + 2] = isNetwork ? 0 : (source[at + 2] ?? 0)
    words[inputWord + 3] = isNetwork ? 0 : (source[at + 3] ?? 0)
    return this.#hash(4)
  }

  /** Of a client nonce alone. */
  ofNonce(nonce: Int32Array): number {
    this.#words.set(nonce, inputWord)
    return this.#hash(nonceWords)
  }

  /** Of a client nonce and the address and port that it came from. */
  ofHello(nonce: Int32Array, source: Int32Array, at: number): number {
    for (let i = 0; i < nonceWords; i++) this.#words[inputWord + i] = nonce[i] ?? 0
    for (let i = 0; i < sourceWords; i++) this.#words[inputWord + nonceWords + i] = source[at + i] ?? 0
    return this.#hash(nonceWords + sourceWords)
  }

  #hash(words: number): number {
    const input = this.#at + inputWord * 4
    this.#sip.tag(this.#at, input, words * 4)
    return this.#words[inputWord + words] ?? 0
  }
}
