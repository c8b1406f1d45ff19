import { type Socket, connect } from 'node:net'
import { join } from 'node:path'
import {
  AssetReader,
  BoardWriter,
  type Clock,
  CounterBlock,
  Directory,
  Gate,
  KeyReader,
  PriceFinder,
  UsageRecorder,
  monotonicMs,
} from '@trinity/core'
import { CallerDoor } from '../src/access/caller-door.ts'
import { LpoMeter } from '../src/lpo/lpo-meter.ts'
import { PriceService } from '../src/lpo/price-service.ts'
import { createLpoServer } from '../src/lpo/server.ts'
import { servingCounterNames } from '../src/metrics/serving-counters.ts'
import type { Control } from '../src/serving/control.ts'
import { createRegion, createSharedState } from '../src/serving/shared-state.ts'
import { StatusFeed } from '../src/status/status-feed.ts'
import { type PriceChanges, StreamHub } from '../src/stream/hub.ts'
import { StreamMeter } from '../src/stream/stream-meter.ts'
import type { StreamLimits } from '../src/stream/limits.ts'
import { keyEntry, testKey } from './test-keys.fixture.ts'

/** A price server on a local socket, whose small kernel buffers make a reader that does not read show at once. */
export interface StreamRig {
  readonly path: string
  readonly hub: StreamHub
  /** Shows a new price of one of the assets. */
  publish(asset: string, price: string): void
  stop(): Promise<void>
}

/** Starts the server in a folder, with one venue that lists the assets. */
export async function openStreamRig(folder: string, assets: readonly string[], clock: Clock, limits: Partial<StreamLimits> = {}): Promise<StreamRig> {
  const { board, assets: table, keys, state } = createSharedState(assets.length)
  keys.put(keyEntry(testKey))
  const writer = new BoardWriter(board, 9000)
  const directory = new Directory(
    writer,
    assets.length,
    () => 0,
    (asset, listings) =>
      table.setListings(
        asset,
        listings.map((listing) => ({ ...listing, wireId: 128 })),
      ),
  )
  for (const asset of assets) directory.add({ venue: 'alpha', asset, symbol: asset, currency: 'USD', onDemand: false, freshnessLimitMs: 30_000 })
  const reader = new AssetReader(table.buffer, new Map([[128, 'alpha']]))
  const region = createRegion()
  const control: Control = {
    fetch: async () => ({ unread: [], awaits: false, listed: false }),
    touch: async () => undefined,
    exchanges: async () => [],
    health: async () => ({ state: 'ok', reasons: [] }),
    unready: async () => [],
    status: async () => [],
    issueTicket: async () => '',
    redeemTicket: async () => -1,
  }
  const finder = new PriceFinder(board, reader, clock)
  const prices = new PriceService({
    finder,
    assets: reader,
    control,
    clock,
    maxStaleSeconds: 300,
    successors: new Map(),
    sourceTag: (venue) => venue,
  })
  const changes: PriceChanges = {
    listen(onAsset) {
      const onPrice = (slot: number): void => onAsset(directory.ofSlot(slot)?.asset ?? '')
      writer.on('price', onPrice)
      return () => writer.off('price', onPrice)
    },
  }
  const usage = new UsageRecorder(region.usage, () => undefined)
  const door = new CallerDoor({ keys: new KeyReader(state.keys), gate: new Gate(state.keys), clock, monotonicMs })
  const hub = new StreamHub({ prices, meter: new StreamMeter(door, usage), changes, clock, limits })
  const counters = new CounterBlock(region.counters, servingCounterNames)
  const server = await createLpoServer({
    door,
    shedAfterMs: 60_000,
    prices,
    meter: new LpoMeter(usage, counters, reader),
    control,
    hub,
    statusFeed: new StatusFeed({ clock, head: { node: 'test', mode: null }, read: () => control.status() }),
    clock,
    log: { level: 'silent', debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    node: 'test',
    trustProxy: [],
    maxConnections: 10_000,
    isLeaving: () => false,
    isVenue: () => true,
    countRefusal: () => undefined,
  })
  const path = join(folder, 'stream.sock')
  await server.listen({ path })
  let orderAt = 0
  return {
    path,
    hub,
    publish(asset, price) {
      const listing = directory.ofSymbol('alpha', asset)
      const now = clock.now()
      if (listing !== undefined) writer.apply(listing.slot, { price, at: now, id: null, orderAt: ++orderAt, tier: 'L1_MEMORY' }, now, true)
    },
    async stop() {
      hub.stop()
      hub.cut()
      await server.close()
    },
  }
}

/** Opens a stream of server-sent events over a local socket; it reads until it is paused. */
export function readStream(path: string, assets: readonly string[]): Socket {
  const socket = connect(path)
  socket.on('error', () => undefined)
  socket.write(`GET /stream?assets=${assets.join(',')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${testKey}\r\n\r\n`)
  return socket
}
