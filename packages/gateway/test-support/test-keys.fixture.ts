import { createHash, createHmac } from 'node:crypto'
import { type KeyEntry, type KeyStore, plans } from '@trinity/core'

/** A key without limits for tests that are about something else. */
export const testKey = 'trn_test_partner_key_0000000000000000'

/** A key as a store holds it; a partner's unless more is said. */
export function keyEntry(key: string, more: Partial<KeyEntry> = {}): KeyEntry {
  return {
    id: key,
    name: key,
    tier: 'partner',
    hash: createHash('sha256').update(key).digest(),
    macKey: createHmac('sha256', 'trinity-udp-v8').update(key).digest(),
    plan: plans.partner,
    revoked: false,
    ...more,
  }
}

/** A store that holds {@link testKey} and what else is given, and never changes. */
export function testKeyStore(...more: readonly KeyEntry[]): KeyStore {
  const entries = [keyEntry(testKey), ...more]
  return {
    load: async () => entries,
    watch: () => () => undefined,
  }
}
