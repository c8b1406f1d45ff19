import { type Socket, connect } from 'node:net'
import { join } from 'node:path'
import { BoardWriter, type Clock, Directory, PriceFinder, Refresher, createBoard } from '@trinity/core'
import { demoKey, seededKeys } from '../src/access/memory-key-store.ts'
import { PriceService } from '../src/lpo/price-service.ts'
import { createLpoServer } from '../src/lpo/server.ts'
import { defaultParameters } from '../src/settings/parameters.ts'
import { StatusFeed } from '../src/status/status-feed.ts'
import { StreamHub } from '../src/stream/hub.ts'
import type { StreamLimits } from '../src/stream/limits.ts'
import { OnDemand } from '../src/venues/on-demand.ts'

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
  const board = createBoard(assets.length)
  const writer = new BoardWriter(board, 9000)
  const directory = new Directory(writer, assets.length, () => 0)
  for (const asset of assets) directory.add({ venue: 'alpha', asset, symbol: asset, currency: 'USD', onDemand: false, freshnessLimitMs: 30_000 })
  const refresher = new Refresher({ venues: [], directory, writer, clock, tiers: [], unconfirmedMs: 9000 })
  const onDemand = new OnDemand({ venues: [], directory, refresher, clock, parameters: defaultParameters })
  const prices = new PriceService({ finder: new PriceFinder(board, directory), onDemand, clock, maxStaleSeconds: 300, sourceTag: (venue) => venue })
  const hub = new StreamHub({ prices, writer, directory, clock, limits })
  const server = await createLpoServer({
    keys: seededKeys(),
    prices,
    hub,
    statusFeed: new StatusFeed({ clock, head: { node: 'test', mode: null }, read: () => [] }),
    log: { level: 'silent', debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    node: 'test',
    trustProxy: [],
    isVenue: () => true,
    exchanges: () => [],
    health: () => ({ state: 'ok', reasons: [] }),
    unready: () => [],
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
  socket.write(`GET /stream?assets=${assets.join(',')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${demoKey}\r\n\r\n`)
  return socket
}
