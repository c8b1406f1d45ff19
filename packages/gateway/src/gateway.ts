import type { AddressInfo } from 'node:net'
import {
  type Board,
  BoardWriter,
  type CacheTier,
  type Clock,
  type Connector,
  Directory,
  type EvidenceTier,
  type KeyStore,
  type Listing,
  PriceFinder,
  type Random,
  Refresher,
  type Transport,
  TrinityError,
  createBoard,
  errorText,
  nodeTransport,
  systemClock,
} from '@trinity/core'
import type { Log } from './log.ts'
import { describeExchanges, describeHealth } from './lpo/description.ts'
import { PriceService } from './lpo/price-service.ts'
import type { LpoServer } from './lpo/lpo-server.ts'
import { createLpoServer } from './lpo/server.ts'
import { QuietLog } from './quiet-log.ts'
import { StatusFeed } from './status/status-feed.ts'
import { readStatus } from './status/status-view.ts'
import { StreamHub } from './stream/hub.ts'
import { OnDemand } from './venues/on-demand.ts'
import { type FixedListing, Venue } from './venues/venue.ts'
import { type PriceParameters, defaultParameters } from './settings/parameters.ts'

/** Everything a gateway is made of; what is left out has a default that works. */
export interface GatewayOptions {
  /** In order of preference: the first fresh venue of an asset answers. */
  readonly connectors: readonly Connector[]
  /** Upper-case tickers that are kept hot, by venue. */
  readonly assets: Readonly<Record<string, readonly string[]>>
  readonly keys: KeyStore
  readonly log: Log
  /** Name of this node in answers. */
  readonly node?: string
  readonly host?: string
  /** 0 takes any free port. */
  readonly lpoPort?: number
  readonly trustProxy?: readonly string[]
  readonly parameters?: Partial<PriceParameters>
  /** Venues in order of preference for single assets, where that differs from the connectors' order. */
  readonly preference?: Readonly<Record<string, readonly string[]>>
  /** Shared caches, asked in order before REST. */
  readonly tiers?: readonly { readonly tier: CacheTier; readonly evidence: EvidenceTier }[]
  /** False: live feeds only, no REST at all. */
  readonly rest?: boolean
  /** Symbols settled by hand, by venue: they override what the venue's listing would decide for an asset, or add one. */
  readonly fixedListings?: Readonly<Record<string, readonly FixedListing[]>>
  /** What the prices are when not live; told in a header and in each source. */
  readonly mode?: 'replay' | 'simulated'
  readonly drainSeconds?: number
  readonly transport?: Transport
  readonly clock?: Clock
  readonly random?: Random
}

/** Most listings that a board holds. */
const boardSlots = 4096

/** How long callers have to finish when the server stops. */
const stopGraceMs = 2000

/** A running price service. `venues`, `directory` and `writer` are its inside, for those who feed it by other means. */
export interface Gateway {
  readonly venues: readonly Venue[]
  readonly board: Board
  readonly directory: Directory
  readonly writer: BoardWriter
  /** Opens ports and feeds. @throws TrinityError `TRN_PORT_UNAVAILABLE` */
  start(): Promise<{ readonly lpoUrl: string }>
  /** Answers what is under way, then closes everything; safe to call twice. */
  stop(): Promise<void>
}

/** Composes connectors, board and servers into the price service: read this and you know the server. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { connectors, keys, log, clock = systemClock, transport = nodeTransport(), random = Math.random, rest = true, tiers = [] } = options
  const parameters = { ...defaultParameters, ...options.parameters }
  const unconfirmedMs = parameters.cacheTtlSeconds * 1000

  const board = createBoard(boardSlots)
  const writer = new BoardWriter(board, unconfirmedMs)
  const directory = new Directory(writer, boardSlots, rankBy(connectors, options.preference ?? {}))
  const freshnessLimitMs = (asset: string): number => (parameters.assetFreshnessSeconds[asset] ?? parameters.freshnessLimitSeconds) * 1000
  const quietLog = new QuietLog(log, clock)
  const venueParts = { transport, clock, random, directory, writer, log: quietLog, rest, freshnessLimitMs }
  const venues = connectors.map(
    (connector) =>
      new Venue(connector, { prewarmed: options.assets[connector.name] ?? [], fixed: options.fixedListings?.[connector.name] ?? [] }, venueParts),
  )
  const venueOf = new Map(venues.map((venue) => [venue.connector.name, venue]))

  const refresher = new Refresher({ venues, directory, writer, clock, tiers, unconfirmedMs })
  refresher.on('corrected', (listing) => venueOf.get(listing.venue)?.feed.reportMute(listing.symbol))
  refresher.on('trouble', (source, error) => quietLog.warn(`reading ${source}`, { source, error: errorText(error) }, 'no reading'))
  for (const { connector, feed } of venues) feed.on('open', (symbols) => void refresher.readNow(connector.name, symbols))
  const onDemand = new OnDemand({ venues, directory, refresher, clock, parameters })

  const finder = new PriceFinder(board, directory)
  const sourceTag = (venue: string): string =>
    `${venueOf.get(venue)?.connector.sourceTag ?? venue}${options.mode === undefined ? '' : `-${options.mode}`}`
  const prices = new PriceService({ finder, onDemand, clock, maxStaleSeconds: parameters.maxStaleSeconds, sourceTag })
  const status = { venues, directory, writer, clock, sourceTag }
  const node = options.node ?? 'BeastMain'
  const exchanges = (): ReturnType<typeof describeExchanges> => describeExchanges(status)
  const hub = new StreamHub({ prices, writer, directory, clock })
  const statusFeed = new StatusFeed({
    clock,
    head: { node, mode: options.mode ?? null },
    read: () => readStatus({ board, directory, maxStaleSeconds: parameters.maxStaleSeconds, exchanges }),
  })
  let phase: 'starting' | 'serving' | 'draining' = 'starting'
  const server = await createLpoServer({
    keys,
    prices,
    hub,
    statusFeed,
    log,
    node,
    trustProxy: options.trustProxy ?? [],
    mode: options.mode,
    isVenue: (name) => venueOf.has(name),
    exchanges,
    health: () => describeHealth(status),
    unready: () => (phase === 'serving' ? (anyAssetAnswers() ? [] : ['no asset has a price yet']) : [`the server is ${phase}`]),
  })

  function anyAssetAnswers(): boolean {
    const oldest = clock.now() - parameters.maxStaleSeconds * 1000
    return directory.list().some((listing) => writer.confirmedAt(listing.slot) >= oldest)
  }

  let stopping: Promise<void> | undefined
  async function stop(): Promise<void> {
    if (phase === 'serving' && (options.drainSeconds ?? 0) > 0) {
      phase = 'draining'
      await new Promise<void>((resolve) => clock.after((options.drainSeconds ?? 0) * 1000, resolve))
    }
    phase = 'draining'
    onDemand.stop()
    refresher.stop()
    for (const venue of venues) venue.stop()
    for (const streams of [hub, statusFeed]) streams.stop()
    const cancel = clock.after(stopGraceMs, () => {
      for (const streams of [hub, statusFeed]) streams.cut()
      server.server.closeAllConnections()
    })
    await server.close()
    cancel()
  }

  return {
    venues,
    board,
    directory,
    writer,
    async start() {
      const lpoUrl = await listen(server, options.host ?? '127.0.0.1', options.lpoPort ?? 8080)
      for (const venue of venues) venue.start()
      refresher.start()
      onDemand.start()
      phase = 'serving'
      return { lpoUrl }
    },
    stop: () => (stopping ??= stop()),
  }
}

function rankBy(connectors: readonly Connector[], preference: Readonly<Record<string, readonly string[]>>): (listing: Listing) => number {
  const order = connectors.map((connector) => connector.name)
  return ({ asset, venue, onDemand }) => {
    const preferred = preference[asset]?.indexOf(venue) ?? -1
    // What somebody asked for once must not change what everybody is answered.
    const last = onDemand ? 3 * order.length : 0
    return last + (preferred >= 0 ? preferred - 2 * order.length : order.indexOf(venue))
  }
}

async function listen(server: LpoServer, host: string, port: number): Promise<string> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is in use' : `can't be opened (${String(error)})`
    throw new TrinityError('TRN_PORT_UNAVAILABLE', `Port ${port} on ${host} ${why}; set TCP_PORT_LPO to another one, or 0 for any free one.`, {
      cause: error,
    })
  }
  const address = server.server.address() as AddressInfo
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${shownHost}:${address.port}`
}
