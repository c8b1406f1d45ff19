import { hash } from 'node:crypto'
import { type KeyEntry, type KeyRecord, type KeyStore, type Plan, plans, ratePlan } from '@trinity/core'
import { macKeyOf } from '@trinity/udp'

/** The key of the quick start; never known in production. */
export const demoKey = 'demo-public-2026-03-01-abc123'

/** The key for load tests, known only on request. */
export const stressKey = 'stress-test-unlimited-2026-04-20'

/** A clear key that the process itself knows; without a plan it has that of its tier. */
export interface KnownKey extends KeyRecord {
  readonly key: string
  readonly plan?: Plan
}

/** Keys held by this process; they never change. */
export function memoryKeyStore(keys: readonly KnownKey[]): KeyStore {
  const entries = keys.map(({ key, id, name, tier, plan }): KeyEntry => ({
    id,
    name,
    tier,
    hash: hash('sha256', key, 'buffer'),
    macKey: macKeyOf(key),
    plan: plan ?? plans[tier],
    revoked: false,
  }))
  return { load: async () => entries, watch: () => () => undefined }
}

/** What is seeded beside the demo key, and how. */
export interface SeedOptions {
  /** Limit and burst of the demo key. */
  readonly demoQueriesPerSecond?: number
  /** Whether the stress key is known: only where nobody else can reach the server. */
  readonly stress?: boolean
}

/** The keys that a server outside production knows from the start. They have no month: nobody in particular pays for them. */
export function seededKeys({ demoQueriesPerSecond = 3, stress = false }: SeedOptions = {}): KeyStore {
  const demo: KnownKey = {
    key: demoKey,
    id: 'demo',
    name: 'public demo key',
    tier: 'free',
    plan: { ...ratePlan(demoQueriesPerSecond, demoQueriesPerSecond), monthlyReports: plans.free.monthlyReports },
  }
  const forStress: KnownKey = { key: stressKey, id: 'stress', name: 'stress test', tier: 'unlimited', plan: ratePlan(100_000, 100_000) }
  return memoryKeyStore(stress ? [demo, forStress] : [demo])
}

/** Several stores as one; the same id must not stand in two of them. */
export function joinKeyStores(stores: readonly KeyStore[]): KeyStore {
  return {
    load: async () => (await Promise.all(stores.map((store) => store.load()))).flat(),
    watch(onChange) {
      const stops = stores.map((store) => store.watch(onChange))
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
