import { type KeyEntry, type Plan, type Tier, plans } from '@trinity/core'
import type { FiledKey } from './key-file.ts'

/** So many characters of a sealed secret, the end of its tag, change with any of it. */
const sealMarkLength = 12

/**
 * A key of the file for as long as a server runs. There may be tens of thousands of them, so hash and secret are kept as texts, which
 * take half the memory of typed arrays, and are turned into bytes when somebody asks.
 */
export class FiledEntry implements KeyEntry {
  readonly id: string
  readonly name: string
  readonly tier: Tier
  readonly plan: Plan
  readonly revoked: boolean
  readonly #sha256: string
  readonly #macKey: string | undefined
  readonly #sealMark: string

  /** @param macKey the opened secret; undefined where it did not open */
  constructor({ id, name, tier, sha256, udp_secret: sealed, revoked_at: revokedAt }: FiledKey, macKey: Uint8Array | undefined) {
    this.id = id
    this.name = name
    this.tier = tier
    this.plan = plans[tier]
    this.revoked = revokedAt !== null
    this.#sha256 = sha256
    this.#macKey = macKey === undefined ? undefined : Buffer.from(macKey).toString('latin1')
    this.#sealMark = sealed.slice(-sealMarkLength)
  }

  get hash(): Uint8Array {
    return Buffer.from(this.#sha256, 'hex')
  }

  get macKey(): Uint8Array | undefined {
    return this.#macKey === undefined ? undefined : Buffer.from(this.#macKey, 'latin1')
  }

  /** Whether the file says the same of the key as it did when this was made. */
  isOf({ id, name, tier, sha256, udp_secret: sealed, revoked_at: revokedAt }: FiledKey): boolean {
    const isSameKey = id === this.id && sha256 === this.#sha256 && sealed.slice(-sealMarkLength) === this.#sealMark
    return isSameKey && name === this.name && tier === this.tier && this.revoked === (revokedAt !== null)
  }
}
