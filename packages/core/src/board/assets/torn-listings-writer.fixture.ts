import { parentPort, workerData } from 'node:worker_threads'
import { AssetTable } from './asset-table.ts'

/** What the writing thread needs: a word that ends it, and one that counts its writes. */
export interface TornListingsOrder {
  readonly control: SharedArrayBuffer
}

const { control } = workerData as TornListingsOrder
const [stop, written] = [0, 1]
const flags = new Int32Array(control)
const table = new AssetTable(16)
table.setListings('BTC', [])
parentPort?.postMessage(table.buffer)

// Every part of a listing is a function of the write's number, as is how many there are.
for (let n = 1; Atomics.load(flags, stop) === 0; n++) {
  const listings = Array.from({ length: n % 17 }, (_, i) => ({
    venue: '',
    currency: String(n),
    slot: n + i,
    generation: n ^ 0x5555,
    onDemand: n % 2 === 1,
    halted: false,
    apart: false,
    wireId: (n + i) & 127,
  }))
  table.setListings('BTC', listings)
  // New entries appear all the time, too.
  if (n % 1000 === 0) table.setReach(`A${n / 1000}`, { listed: true, elsewhere: false })
  // Pauses of every length, so that a reader comes through with long lists as well.
  for (let pause = (n * 7919) % 5000; pause > 0; pause--) Atomics.store(flags, written, n)
}
