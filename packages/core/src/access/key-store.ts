import { hash } from 'node:crypto'
import type { Plan, Tier } from './plan.ts'

/** What is known of an API key; never the key itself. */
export interface KeyRecord {
  readonly id: string
  readonly name: string
  readonly tier: Tier
}

/** A key with all that serving it takes. */
export interface KeyEntry extends KeyRecord {
  /** SHA-256 of the key, 32 bytes. */
  readonly hash: Uint8Array
  /** The 32 bytes that UDP clients authenticate with; undefined where they can't be told, and then the key works over HTTP only. */
  readonly macKey: Uint8Array | undefined
  readonly plan: Plan
  readonly revoked: boolean
}

/** Where keys come from; the clear key goes no further than {@link hashKey}. */
export interface KeyStore {
  /** All keys, revoked ones too. @throws when they can't be read; what was loaded before stays good then */
  load(): Promise<readonly KeyEntry[]>
  /** Calls back after each change that a {@link load} would show; the returned function ends that. */
  watch(onChange: () => void): () => void
}

/** SHA-256 of an API key, in hex. */
export function hashKey(key: string): string {
  return hash('sha256', key)
}
