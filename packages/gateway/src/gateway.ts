import { isIPv6 } from 'node:net'
import {
  AssetReader,
  type Board,
  BoardWriter,
  type CacheTier,
  type Clock,
  type Connector,
  Directory,
  type EvidenceTier,
  type KeyStore,
  type Listing,
  type Random,
  Refresher,
  type Transport,
  TrinityError,
  errorText,
  nodeTransport,
  systemClock,
} from '@trinity/core'
import { KeyBook } from './access/key-book.ts'
import { type AdminServer, createAdminServer } from './admin/admin-server.ts'
import type { Log } from './log.ts'
import { describeExchanges, describeHealth } from './lpo/description.ts'
import { createMetrics } from './metrics/registry.ts'
import { Totals, type UsageSink } from './metrics/totals.ts'
import { QuietLog } from './quiet-log.ts'
import type { Control } from './serving/control.ts'
import type { ServingConfig, UdpConfig } from './serving/serving-config.ts'
import { createServing } from './serving/serving.ts'
import type { WorkerPool } from './serving/worker-pool.ts'
import { portError } from './serving/port-error.ts'
import { createRegion, createSharedState } from './serving/shared-state.ts'
import { type PriceParameters, defaultParameters } from './settings/parameters.ts'
import { readStatus } from './status/status-view.ts'
import { TicketBook } from './stream/ticket-book.ts'
import { createKernelDrops } from './udp/transport/kernel-drops.ts'
import { Offers } from './venues/offers.ts'
import { OnDemand } from './venues/on-demand.ts'
import { type FixedListing, Venue } from './venues/venue.ts'

/** Where operators look in. */
export interface AdminOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Bearer token of `/metrics`; without one it answers everybody who reaches the port. */
  readonly metricsToken?: string | undefined
}

/** What a gateway has opened. */
export interface OpenPorts {
  readonly lpoUrl: string
  /** `host:port`; undefined without UDP. */
  readonly udpLpo: string | undefined
  readonly adminUrl: string | undefined
  /** Lines that the operator should read. */
  readonly notes: readonly string[]
}

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
  /** 0 takes any free port. */
  readonly udpPort?: number
  /** Absent = no UDP. */
  readonly udp?: UdpConfig
  /** Absent = no admin port. */
  readonly admin?: AdminOptions
  /** Threads that answer callers; 0 = the main thread does. */
  readonly serveWorkers?: number
  /** Takes each row of served requests for good, ten times a second. */
  readonly onUsage?: UsageSink
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

/** How often what the serving threads counted is taken out of shared memory. */
const drainMs = 100

const kernelLookMs = 1000

/** A running price service. `venues`, `directory` and `writer` are its inside, for those who feed it by other means. */
export interface Gateway {
  readonly venues: readonly Venue[]
  readonly board: Board
  readonly directory: Directory
  readonly writer: BoardWriter
  /** Threads that answer callers; undefined when the main thread does. */
  readonly pool: WorkerPool | undefined
  /** Everything counted since the start, taken out of shared memory now. */
  readTotals(): Totals
  /** Opens ports and feeds. @throws TrinityError `TRN_PORT_UNAVAILABLE` */
  start(): Promise<OpenPorts>
  /** Answers what is under way, then closes everything; safe to call twice. */
  stop(): Promise<void>
}

/** Composes connectors, board and servers into the price service: read this and you know the server. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { connectors, keys, log, clock = systemClock, transport = nodeTransport(), random = Math.random, rest = true, tiers = [] } = options
  const parameters = { ...defaultParameters, ...options.parameters }
  const unconfirmedMs = parameters.cacheTtlSeconds * 1000

  const shared = createSharedState(boardSlots)
  const { board, changes, assets } = shared
  const writer = new BoardWriter(board, unconfirmedMs)
  const wireIdOf = new Map(connectors.map(({ name, wireId }) => [name, wireId]))
  if (new Set(wireIdOf.values()).size < connectors.length) throw new TrinityError('TRN_CONNECTOR_INVALID', 'Two connectors have the same wireId.')
  const directory = new Directory(writer, boardSlots, rankBy(connectors, options.preference ?? {}), (asset, listings) =>
    assets.setListings(
      asset,
      listings.map((listing) => ({ ...listing, wireId: wireIdOf.get(listing.venue) ?? 255 })),
    ),
  )
  const assetReader = new AssetReader(assets.buffer, new Map())
  writer.on('price', (slot) => {
    const listing = directory.ofSlot(slot)
    const entry = listing === undefined ? -1 : assetReader.entryOf(listing.asset)
    if (entry !== -1) changes.note(entry)
  })
  const freshnessLimitMs = (asset: string): number => (parameters.assetFreshnessSeconds[asset] ?? parameters.freshnessLimitSeconds) * 1000
  const quietLog = new QuietLog(log, clock)
  const offers = new Offers(assets)
  const onListing = (): void => offers.update(venues)
  const venueParts = { transport, clock, random, directory, writer, log: quietLog, rest, freshnessLimitMs, onListing }
  const venues: readonly Venue[] = connectors.map(
    (connector) =>
      new Venue(connector, { prewarmed: options.assets[connector.name] ?? [], fixed: options.fixedListings?.[connector.name] ?? [] }, venueParts),
  )
  const venueOf = new Map(venues.map((venue) => [venue.connector.name, venue]))

  const refresher = new Refresher({ venues, directory, writer, clock, tiers, unconfirmedMs })
  refresher.on('corrected', (listing) => venueOf.get(listing.venue)?.feed.reportMute(listing.symbol))
  refresher.on('trouble', (source, error) => quietLog.warn(`reading ${source}`, { source, error: errorText(error) }, 'no reading'))
  for (const { connector, feed } of venues) feed.on('open', (symbols) => void refresher.readNow(connector.name, symbols))
  const onDemand = new OnDemand({ venues, directory, refresher, clock, parameters })

  const sourceTag = (venue: string): string =>
    `${venueOf.get(venue)?.connector.sourceTag ?? venue}${options.mode === undefined ? '' : `-${options.mode}`}`
  const described = { venues, directory, writer, clock, sourceTag }
  const exchanges = (): ReturnType<typeof describeExchanges> => describeExchanges(described)
  const tickets = new TicketBook(clock)
  let phase: 'starting' | 'serving' | 'draining' = 'starting'
  const control: Control = {
    fetch: (wish) => onDemand.fetch(wish),
    touch: async (asset) => onDemand.touch(asset),
    exchanges: async () => exchanges(),
    health: async () => describeHealth(described),
    unready: async () => (phase === 'serving' ? (anyAssetAnswers() ? [] : ['no asset has a price yet']) : [`the server is ${phase}`]),
    status: async () => readStatus({ board, directory, maxStaleSeconds: parameters.maxStaleSeconds, exchanges }),
    issueTicket: async (keyRow) => tickets.issue(keyRow),
    redeemTicket: async (ticket) => tickets.redeem(ticket),
  }

  const config: ServingConfig = {
    node: options.node ?? 'BeastMain',
    mode: options.mode,
    host: options.host ?? '127.0.0.1',
    trustProxy: options.trustProxy ?? [],
    parameters,
    venues: connectors.map(({ name, wireId }) => ({ name, wireId, sourceTag: sourceTag(name) })),
    udp: options.udp,
  }
  const workers = options.serveWorkers ?? 0
  const regions = Array.from({ length: Math.max(1, workers) }, createRegion)
  const totals = new Totals(regions, options.onUsage)
  const serving = await createServing({
    config,
    state: shared.state,
    regions,
    workers,
    control,
    clock,
    log,
    onSpill: (row) => totals.add(row, 1),
    onDeath: () => totals.drain(),
  })
  const udpPorts: number[] = []
  const kernelDrops = createKernelDrops(udpPorts)
  const metrics = createMetrics({ totals, exchanges, kernelDrops: () => kernelDrops.total(), workers: () => serving.pool?.size ?? 0 })
  const admin =
    options.admin === undefined
      ? undefined
      : createAdminServer({
          log,
          metricsToken: options.admin.metricsToken,
          async metrics() {
            totals.drain()
            return { type: metrics.contentType, text: await metrics.metrics() }
          },
        })
  const keyBook = new KeyBook({ store: keys, table: shared.keys, log: quietLog })
  const timers: NodeJS.Timeout[] = []

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
    await serving.stop()
    onDemand.stop()
    refresher.stop()
    for (const venue of venues) venue.stop()
    keyBook.stop()
    for (const timer of timers) clearInterval(timer)
    totals.drain()
    await admin?.close()
  }

  return {
    venues,
    board,
    directory,
    writer,
    pool: serving.pool,
    readTotals() {
      totals.drain()
      return totals
    },
    async start() {
      await keyBook.start()
      const { ports, notes } = await serving.start({ lpo: options.lpoPort ?? 8080, udpLpo: options.udpPort ?? 2679 })
      udpPorts.push(ports.udpLpo)
      const adminUrl = admin === undefined || options.admin === undefined ? undefined : await listenAdmin(admin, options.admin)
      // On the machine's own time: these keep counters from overflowing, whatever time prices live in.
      timers.push(
        setInterval(() => totals.drain(), drainMs),
        setInterval(() => void kernelDrops.total(), kernelLookMs),
      )
      for (const venue of venues) venue.start()
      refresher.start()
      onDemand.start()
      phase = 'serving'
      const shownHost = isIPv6(config.host) ? `[${config.host}]` : config.host
      const udpLpo = options.udp === undefined ? undefined : `${shownHost}:${ports.udpLpo}`
      return { lpoUrl: `http://${shownHost}:${ports.lpo}`, udpLpo, adminUrl, notes }
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

async function listenAdmin(server: AdminServer, { host, port }: AdminOptions): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    throw portError(error, host, port, 'ADMIN_PORT')
  }
}
