import { createHash } from 'node:crypto'
import {
  type AssetListing,
  AssetReader,
  AssetTable,
  BoardWriter,
  Gate,
  KeyReader,
  KeyTable,
  type Plan,
  PriceFinder,
  type Random,
  type UsageRow,
  createBoard,
  plans,
} from '@trinity/core'
import { seededRandom } from '@trinity/core/testing'
import { macKeyOf } from '@trinity/udp'
import { createUdpService } from '../../src/udp/handler.ts'
import { sumUdpCounters, udpCounterNames } from '../../src/udp/outcome/outcome.ts'
import type { UdpParts } from '../../src/udp/parts.ts'
import { type UdpBatch, batchSlots, slotBytes, sourceWords } from '../../src/udp/transport/transport.ts'

/** A datagram on its way to the rig. */
export interface Sent {
  readonly bytes: Uint8Array
  readonly from: Int32Array
}

const venueNames = new Map([
  [1, 'northex'],
  [2, 'southex'],
])

/** Keys of a rig, in the table that a gateway has. */
export class RigKeys {
  readonly table = new KeyTable(256)
  readonly reader = new KeyReader(this.table.buffer)

  /** Adds a key, without limits unless a plan says otherwise. */
  add(apiKey: string, plan: Plan = plans.partner): number {
    const hash = createHash('sha256').update(apiKey).digest()
    return this.table.put({ id: apiKey, name: apiKey, tier: 'partner', hash, macKey: macKeyOf(apiKey), plan, revoked: false })
  }
}

/** A price port without a socket: batches go in and answers come out in memory, with clocks, limits and prices at hand. */
export class UdpRig {
  /** `utcLeadMs`: how far the machine's own time is ahead of the clock that is never set. */
  readonly clock = { nowMs: 1_790_000_000_000, utcLeadMs: 0, monotonicMs: 5000 }
  readonly keys = new RigKeys()
  readonly shedder = { hasRoom: true, retryAfterMs: 250, admit: () => this.shedder.hasRoom }
  readonly counts = new Float64Array(udpCounterNames.length)
  readonly usage: UsageRow[] = []
  stale = 0
  misses = 0
  /** Entries that were to be fetched or kept, and those of them that were to be fetched. */
  readonly wanted: number[] = []
  readonly fetched: number[] = []
  readonly table = new AssetTable(256)
  readonly reader = new AssetReader(this.table.buffer, venueNames)
  readonly writer: BoardWriter
  readonly parts: UdpParts
  readonly service: ReturnType<typeof createUdpService>
  readonly batch: UdpBatch
  readonly #listings: AssetListing[] = []

  constructor(options: Partial<UdpParts> = {}, random: Random = seededRandom(7)) {
    const board = createBoard(256)
    this.writer = new BoardWriter(board, 60_000)
    const record = (...row: [number, number, number, number, number, number]): void => void this.usage.push(usageRow(row))
    this.parts = {
      clock: { now: () => this.clock.nowMs, utc: () => this.clock.nowMs + this.clock.utcLeadMs, monotonic: () => this.clock.monotonicMs },
      fillRandom: (bytes) => bytes.forEach((_, i) => (bytes[i] = Math.floor(random() * 256))),
      keys: this.keys.reader,
      keyRows: 256,
      gate: new Gate(this.keys.table.buffer),
      shedder: this.shedder,
      assets: this.reader,
      finder: new PriceFinder(board, this.reader, { now: () => this.clock.nowMs, wall: () => this.clock.nowMs }),
      usage: { record },
      counters: { add: (index, count) => void (this.counts[index] = (this.counts[index] ?? 0) + count) },
      priceCounters: { addStale: () => this.stale++, addMiss: () => this.misses++ },
      maxStaleMs: 300_000,
      onWanted: (entry, toFetch) => void (this.wanted.push(entry), toFetch && this.fetched.push(entry)),
      ...options,
    }
    this.service = createUdpService(this.parts)
    this.batch = {
      memory: this.service.memory,
      rxStart: this.service.memoryStart,
      txStart: this.service.memoryStart + batchSlots * slotBytes,
      first: 0,
      end: 0,
      rxLength: new Uint16Array(batchSlots),
      txLength: new Uint16Array(batchSlots),
      source: new Int32Array(batchSlots * sourceWords),
    }
  }

  /** Lets both clocks run. */
  pass(ms: number): void {
    this.clock.nowMs += ms
    this.clock.monotonicMs += ms
  }

  /** Hands a batch over as a transport does: what a slot held before stays behind the new datagram. */
  send(...sent: readonly Sent[]): readonly (Uint8Array | undefined)[] {
    const { batch } = this
    batch.end = sent.length
    for (const [i, { bytes, from }] of sent.entries()) {
      batch.rxLength[i] = bytes.length
      batch.memory.set(bytes.subarray(0, slotBytes), batch.rxStart + i * slotBytes)
      batch.source.set(from, i * sourceWords)
    }
    batch.txLength.fill(0)
    this.service.handle(batch)
    return sent.map((_, i) => this.answer(i))
  }

  /** A copy of the answer in a slot; undefined where there is none. */
  answer(item: number): Uint8Array | undefined {
    const length = this.batch.txLength[item] ?? 0
    const start = this.batch.txStart + item * slotBytes
    return length === 0 ? undefined : this.batch.memory.slice(start, start + length)
  }

  /** How often an outcome was counted, by its counter's name without `udp_`. */
  count(name: string): number {
    const index = udpCounterNames.indexOf(`udp_${name}`)
    if (index === -1) throw new Error(`There is no counter udp_${name}.`)
    return this.counts[index] ?? 0
  }

  totals(): ReturnType<typeof sumUdpCounters> {
    return sumUdpCounters(this.counts)
  }

  /** Lists an asset at a venue by its wire number, best first. */
  list(asset: string, { wireId = 1, currency = 'USD', currencyCode = 0, onDemand = false, halted = false } = {}): AssetListing {
    const slot = this.#listings.length
    const generation = this.writer.open(slot, { currencyCode, freshnessLimitMs: 30_000 })
    const listing = { venue: venueNames.get(wireId) ?? '', asset, currency, slot, generation, onDemand, halted, apart: false, wireId }
    this.#listings.push(listing)
    this.table.setListings(
      asset,
      this.#listings.filter((other) => other.asset === asset),
    )
    return listing
  }

  /** A trade of just now. */
  price({ slot }: AssetListing, price: string, at: number | null = this.clock.nowMs): void {
    const tier = at === null ? 'L3_REST' : 'L1_MEMORY'
    const askedAt = at === null ? this.clock.nowMs : undefined
    this.writer.apply(slot, { price, at, id: null, tier, askedAt }, this.clock.nowMs)
  }
}

function usageRow([keyRow, asset, wireId, tier, protocol, status]: readonly [number, number, number, number, number, number]): UsageRow {
  return { keyRow, asset, wireId, tier, protocol: protocol as UsageRow['protocol'], status }
}
