import { type KeyRecord, type KeyStore, hashKey } from '@trinity/core'

/** The key of the quick start; never known in production. */
export const demoKey = 'demo-public-2026-03-01-abc123'

/** Keys held by this process, by their hashes. */
export function memoryKeyStore(keys: readonly (KeyRecord & { readonly key: string })[]): KeyStore {
  const records = new Map(keys.map(({ key, ...record }) => [hashKey(key), record]))
  return { find: (keyHash) => records.get(keyHash) }
}

/** The keys that a server outside production knows from the start. */
export function seededKeys(): KeyStore {
  return memoryKeyStore([{ key: demoKey, id: 'demo', name: 'public demo key', tier: 'free' }])
}
