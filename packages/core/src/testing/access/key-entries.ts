import { hash } from 'node:crypto'
import type { KeyEntry } from '../../access/key-store.ts'
import { type Plan, plans } from '../../access/plan.ts'

/** A key made of its id, for tests. */
export function keyEntry(id: string, change: Partial<KeyEntry> = {}): KeyEntry {
  return { id, name: `name of ${id}`, tier: 'pro', hash: sha256(id), macKey: sha256(`mac of ${id}`), plan: plans.pro, revoked: false, ...change }
}

/** SHA-256 as bytes. */
export function sha256(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hash('sha256', text), 'hex'))
}

/** A rate and perhaps a quota. */
export function testPlan(queriesPerSecond: number | null, burst: number | null, monthlyQueries: number | null = null): Plan {
  return { monthlyQueries, queriesPerSecond, burst, minWaitSeconds: queriesPerSecond === null ? 0 : 1 / queriesPerSecond, monthlyReports: null }
}
