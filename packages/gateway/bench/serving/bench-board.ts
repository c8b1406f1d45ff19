import type { KeyStore } from '@trinity/core'
import { ratePlan } from '@trinity/core'
import { memoryKeyStore } from '../../src/access/memory-key-store.ts'
import { knownTickers } from '../../src/settings/assets.ts'

/** What a server of the bench sells: as many assets as the product keeps hot, each with a price of the same length. */
export const benchPrices: ReadonlyMap<string, string> = new Map(knownTickers.map((asset, i) => [asset, (12_345.67 + i * 137.31).toFixed(2)]))

/** The key that the bench asks with. */
export const benchKey = 'trn_bench_partner_key_00000000000000'

const beyondReach = 1_000_000

/** A partner's key which has a limit all the same, one that nobody reaches, so that the limiter works for each request. */
export function benchKeyStore(): KeyStore {
  return memoryKeyStore([{ key: benchKey, id: 'bench', name: 'bench', tier: 'partner', plan: ratePlan(beyondReach, beyondReach) }])
}

/** Bytes of the QUOTE of any one of these assets: head, entry, price and tag. */
export const benchQuoteBytes = 16 + 15 + '12345.67'.length + 8

/** The prices as the native programs read them. */
export function pricesText(): string {
  return Array.from(benchPrices, ([asset, price]) => `${asset} ${price}\n`).join('')
}
