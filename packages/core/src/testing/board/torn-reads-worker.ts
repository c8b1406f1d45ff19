import { parentPort, workerData } from 'node:worker_threads'
import { openBoard } from '../../board/board.ts'
import { BoardReading, readSlot } from '../../board/reader.ts'
import { BoardWriter } from '../../board/writer.ts'

/** What a thread of the torn-reads test is to do. */
export interface TornReadsOrder {
  readonly role: 'writer' | 'reader'
  readonly buffer: SharedArrayBuffer
  /** One word: 0 = run, 1 = stop. */
  readonly stop: SharedArrayBuffer
  readonly slots: number
  /** How often a reader reads at least; it goes on until it has seen `changes`. */
  readonly reads: number
  readonly changes: number
}

/** What a thread of the torn-reads test has seen. */
export interface TornReadsReport {
  readonly role: 'writer' | 'reader'
  readonly count: number
  /** Reads whose id is not the checksum of their price and times. */
  readonly torn: number
  readonly example: string
  /** Reads that gave up. */
  readonly missed: number
  /** Reads that found another trade than the one before in the same slot. */
  readonly changes: number
}

/** An id that fits no other price and time. */
function checksum(price: string, at: number): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < price.length; i++) hash = Math.imul(hash ^ price.charCodeAt(i), 0x01000193)
  const low = Math.imul(hash ^ (at | 0), 0x01000193) >>> 0
  const high = Math.imul(low ^ Math.floor(at / 0x1_0000_0000), 0x85ebca6b) >>> 0
  return `${high}${String(low).padStart(10, '0')}`
}

const first = 1_790_000_000_000

function write({ buffer, stop, slots }: TornReadsOrder): TornReadsReport {
  const writer = new BoardWriter(openBoard(buffer), 9000)
  for (let slot = 0; slot < slots; slot++) writer.open(slot, { currencyCode: 0, freshnessLimitMs: 30_000 })
  const flag = new Int32Array(stop)
  let count = 0
  while (Atomics.load(flag, 0) === 0) {
    // Prices of every length, so that half a price shows; times that cross the border between their two words.
    const at = first + count * 1_048_573
    const price = `${1 + (count % 9)}${'7'.repeat(count % 18)}.${(count * 7919) % 100_000}`
    writer.apply(count % slots, { price, at, id: checksum(price, at), tier: 'L1_MEMORY' }, at)
    count++
  }
  return { role: 'writer', count, torn: 0, example: '', missed: 0, changes: 0 }
}

/** A reader that never sees a change must end too. */
const patienceMs = 20_000

function read({ buffer, slots, reads, changes: enough }: TornReadsOrder): TornReadsReport {
  const board = openBoard(buffer)
  const reading = new BoardReading()
  const lastAt = new Float64Array(slots)
  const startedAt = Date.now()
  let [torn, missed, changes, example] = [0, 0, 0, '']
  let count = 0
  // The writer needs a moment to begin; until then there is nothing to miss.
  while (!readSlot(board, slots - 1, 1, reading) && Date.now() - startedAt < patienceMs);
  for (; count < reads || (changes < enough && Date.now() - startedAt < patienceMs); count++) {
    const slot = count % slots
    if (!readSlot(board, slot, 1, reading)) {
      missed++
      continue
    }
    const at = reading.at ?? 0
    if (at !== lastAt[slot]) changes++
    lastAt[slot] = at
    if (reading.id === checksum(reading.price, at) && reading.confirmedAt === at) continue
    torn++
    example = `${reading.price} at ${at}, confirmed ${reading.confirmedAt}, id ${reading.id}`
  }
  return { role: 'reader', count, torn, example, missed, changes }
}

const order = workerData as TornReadsOrder
parentPort?.postMessage(order.role === 'writer' ? write(order) : read(order))
