import { type KeyObject, createSecretKey } from 'node:crypto'
import { wireSize } from '@trinity/udp'
import type { UdpKeys } from '../parts.ts'

/** Most keys that are kept ready; of more, those are dropped that came first. */
const keptKeys = 4096

interface KeptKey {
  readonly epoch: number
  readonly key: KeyObject
}

/** MAC keys as key objects, with which an HMAC costs a fraction of what it does with bytes. */
export class MacKeys {
  readonly #keys: Pick<UdpKeys, 'macKey'>
  readonly #kept = new Map<number, KeptKey>()
  readonly #bytes = new Uint8Array(wireSize.macKey)

  constructor(keys: Pick<UdpKeys, 'macKey'>) {
    this.#keys = keys
  }

  /** The key of a row as of `epoch`; undefined where it has none. */
  of(row: number, epoch: number): KeyObject | undefined {
    const kept = this.#kept.get(row)
    if (kept?.epoch === epoch) return kept.key
    this.#kept.delete(row)
    if (!this.#keys.macKey(row, this.#bytes, 0)) return undefined
    const key = createSecretKey(this.#bytes)
    this.#bytes.fill(0)
    const first = this.#kept.keys().next()
    if (this.#kept.size === keptKeys && first.done !== true) this.#kept.delete(first.value)
    this.#kept.set(row, { epoch, key })
    return key
  }
}
