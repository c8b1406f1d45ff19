import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { AssetReader } from './asset-reader.ts'
import type { AssetListing } from './asset-table.ts'
import type { TornListingsOrder } from './torn-listings-writer.fixture.ts'

function isWhole(listings: readonly AssetListing[]): boolean {
  const [first] = listings
  if (first === undefined) return true
  const n = first.slot
  return (
    listings.length === n % 17 &&
    listings.every(
      ({ currency, slot, generation, onDemand, wireId }, i) =>
        currency === String(n) && slot === n + i && generation === (n ^ 0x5555) && onDemand === (n % 2 === 1) && wireId === ((n + i) & 127),
    )
  )
}

/** For a machine that has little time for two threads. */
const patienceMs = 60_000

test('listings read in another thread are never torn while they are written at full speed', async () => {
  const control = new SharedArrayBuffer(8)
  const workerData: TornListingsOrder = { control }
  const worker = new Worker(new URL('torn-listings-writer.fixture.ts', import.meta.url), { workerData })
  try {
    const [buffer] = (await once(worker, 'message')) as [SharedArrayBuffer]
    const reader = new AssetReader(buffer, new Map())
    let changes = 0
    const lengths = new Set<number>()
    let torn: readonly AssetListing[] | undefined
    let before: readonly AssetListing[] = []
    const until = performance.now() + patienceMs
    while ((changes < 2000 || lengths.size < 17) && torn === undefined && performance.now() < until) {
      const listings = reader.ofAsset('btc')
      if (listings !== before) changes++
      before = listings
      lengths.add(listings.length)
      if (!isWhole(listings)) torn = listings
    }
    expect(torn).toBeUndefined()
    expect(changes).toBeGreaterThanOrEqual(2000)
    expect(lengths.size).toBe(17)
    for (let entry = 0; entry < reader.size; entry++) expect(reader.name(entry)).toBe(entry === 0 ? 'BTC' : `A${entry}`)
  } finally {
    Atomics.store(new Int32Array(control), 0, 1)
    await worker.terminate()
  }
}, 90_000)
