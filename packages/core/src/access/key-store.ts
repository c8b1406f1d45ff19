import { createHash } from 'node:crypto'

/** Names of the plans a key can have. */
export type Tier = 'free' | 'pro' | 'enterprise' | 'unlimited' | 'lifetime' | 'partner'

/** What is known of an API key; never the key itself. */
export interface KeyRecord {
  readonly id: string
  readonly name: string
  readonly tier: Tier
}

/** Finds keys by their hash; the clear key goes no further than {@link hashKey}. */
export interface KeyStore {
  find(keyHash: string): KeyRecord | undefined
}

/** SHA-256 of an API key, in hex. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex')
}
