import { isIPv6 } from 'node:net'
import {
  AssetReader,
  type Board,
  BoardWriter,
  type Connector,
  Directory,
  type Listing,
  Refresher,
  TrinityError,
  Venue,
  VenueTime,
  errorText,
  nodeTransport,
  plainNames,
  systemClock,
  systemClockZeroMs,
  wireVenues,
} from '@trinity/core'
import { KeyBook } from './access/key-book.ts'
import { type AdminServer, createAdminServer } from './admin/admin-server.ts'
import type { AdminOptions, GatewayOptions } from './gateway-options.ts'
import { clockReasons, describeExchanges, describeHealth } from './lpo/description.ts'
import { createMetrics } from './metrics/registry.ts'
import { Totals } from './metrics/totals.ts'
import { QuietLog } from './quiet-log.ts'
import type { Control } from './serving/control.ts'
import type { ServingConfig } from './serving/serving-config.ts'
import { createServing } from './serving/serving.ts'
import type { WorkerPool } from './serving/worker-pool.ts'
import { portError } from './serving/port-error.ts'
import { createRegion, createSharedState } from './serving/shared-state.ts'
import { defaultMaxConnections, readFileLimit } from './settings/file-limit.ts'
import { defaultParameters } from './settings/parameters.ts'
import { readStatus } from './status/status-view.ts'
import { TicketBook } from './stream/ticket-book.ts'
import { createKernelDrops } from './udp/transport/kernel-drops.ts'
import { AssetReach } from './venues/asset-reach.ts'
import { OnDemand } from './venues/on-demand.ts'
import { PriceDivergence } from './venues/price-divergence.ts'

export type { AdminOptions, GatewayOptions }

/** What a gateway has opened. */
export interface OpenPorts {
  readonly lpoUrl: string
  /** `host:port`; undefined without UDP. */
  readonly udpLpo: string | undefined
  readonly adminUrl: string | undefined
  /** Lines that the operator should read. */
  readonly notes: readonly string[]
}

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
  const names = options.names ?? plainNames
  const parameters = { ...defaultParameters, ...options.parameters }
  let phase: 'starting' | 'serving' | 'draining' = 'starting'
  const unconfirmedMs = parameters.cacheTtlSeconds * 1000

  const configured = connectors.flatMap(({ name }) => [...(options.assets[name] ?? []), ...(options.fixedListings?.[name] ?? [])]).length
  // Twice the configured ones: where a venue renames its symbols, the new slots are opened before the old ones are given up.
  const boardSlots = parameters.onDemandListings + 2 * configured
  const shared = createSharedState(boardSlots)
  const { board, changes, assets } = shared
  const time = new VenueTime(clock)
  const writer = new BoardWriter(board, unconfirmedMs, time)
  const wireIdOf = new Map(connectors.map(({ name, wireId }) => [name, wireId]))
  if (new Set(wireIdOf.values()).size < connectors.length) throw new TrinityError('TRN_CONNECTOR_INVALID', 'Two connectors have the same wireId.')
  const namesOf = (asset: string): readonly string[] => [asset, ...names.aliases(asset)]
  // Operators may call an asset by any of its names.
  const byAsset = <T>(values: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [names.canonical(name), value]))
  const directory = new Directory(writer, boardSlots, rankBy(connectors, byAsset(options.preference ?? {})), (asset, listings) => {
    const shown = listings.map((listing) => ({ ...listing, wireId: wireIdOf.get(listing.venue) ?? 255 }))
    for (const name of namesOf(asset)) assets.setListings(name, shown)
    if (phase !== 'starting') noteChange(asset)
  })
  const assetReader = new AssetReader(assets.buffer, new Map())
  writer.on('price', (slot) => {
    const listing = directory.ofSlot(slot)
    if (listing === undefined) return
    divergence.check(listing.asset)
    noteChange(listing.asset)
  })
  function noteChange(asset: string): void {
    for (const name of namesOf(asset)) {
      const entry = assetReader.entryOf(name)
      if (entry !== -1) changes.note(entry)
    }
  }
  const freshnessSeconds = byAsset(parameters.assetFreshnessSeconds)
  const freshnessLimitMs = (asset: string): number => (freshnessSeconds[asset] ?? parameters.freshnessLimitSeconds) * 1000
  const quietLog = new QuietLog(log, clock)
  const divergence = new PriceDivergence({ directory, writer, clock, log: quietLog, maxStaleMs: parameters.maxStaleSeconds * 1000 })
  const reach = new AssetReach({ assets, directory, names, clock })
  const onListing = (): void => reach.update(venues)
  const venueDeps = { transport, clock, random, time, names, directory, writer, log: quietLog, rest, freshnessLimitMs, onListing }
  const venues: readonly Venue[] = connectors.map(
    (connector) =>
      new Venue(connector, { prewarmed: options.assets[connector.name] ?? [], fixed: options.fixedListings?.[connector.name] ?? [] }, venueDeps),
  )
  const venueOf = new Map(venues.map((venue) => [venue.connector.name, venue]))

  const refresher = new Refresher({ venues, directory, writer, clock, time, tiers, unconfirmedMs })
  refresher.on('trouble', (source, error) => {
    const words = errorText(error)
    // Another reason is another warning; numbers in it are not.
    quietLog.warn(`reading ${source} ${words.replace(/\d+/g, '').slice(0, 100)}`, { source, error: words }, 'no reading')
  })
  wireVenues({ venues, directory, writer, refresher, time, clock })
  const awaitsListings = (): boolean => reach.awaitsListings
  const onDemand = new OnDemand({
    venues,
    directory,
    names,
    writer,
    refresher,
    divergence,
    clock,
    parameters,
    freshnessLimitMs,
    awaitsListings,
  })
  time.on('step', (_lostMs, jumpMs) => {
    onDemand.awaitReadings()
    const jumpSeconds = Math.round(jumpMs / 1000)
    quietLog.warn('clock', { jumpSeconds }, 'the wall clock was set or the machine slept; every price is stale until it is proved again')
  })

  const logClockError = (): void => {
    const [reason] = clockReasons(time.clockErrorMs)
    if (reason === undefined) quietLog.settle('clock-error', {}, 'the clock agrees with the exchanges again')
    else quietLog.warn('clock-error', {}, reason)
  }
  time.on('shift', logClockError)
  time.on('noSleep', logClockError)

  const sourceTag = (venue: string): string =>
    `${venueOf.get(venue)?.connector.sourceTag ?? venue}${options.mode === undefined ? '' : `-${options.mode}`}`
  const described = { venues, directory, names, writer, clock, time, divergence, sourceTag }
  const exchanges = (): ReturnType<typeof describeExchanges> => describeExchanges(described)
  const tickets = new TicketBook(clock)
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

  const workers = options.serveWorkers ?? 0
  const config: ServingConfig = {
    node: options.node ?? 'BeastMain',
    clockZeroMs: systemClockZeroMs,
    mode: options.mode,
    host: options.host ?? '127.0.0.1',
    trustProxy: options.trustProxy ?? [],
    maxConnections: Math.ceil((options.maxConnections ?? defaultMaxConnections(readFileLimit())) / Math.max(1, workers)),
    parameters,
    venues: connectors.map(({ name, wireId }) => ({ name, wireId, sourceTag: sourceTag(name) })),
    successors: names.successors(),
    udp: options.udp,
  }
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
    time.compareClocks(clock.now())
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
    reach.stop()
    time.stop()
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
      // Before the first caller: a configured asset is known from the first request on.
      for (const venue of venues) venue.open()
      reach.start(venues)
      await keyBook.start()
      const { ports, notes } = await serving.start({ lpo: options.lpoPort ?? 8080, udpLpo: options.udpPort ?? 2679 })
      udpPorts.push(ports.udpLpo)
      const adminUrl = admin === undefined || options.admin === undefined ? undefined : await listenAdmin(admin, options.admin)
      // On the machine's own time: these keep counters from overflowing, whatever time prices live in.
      timers.push(
        setInterval(() => totals.drain(), drainMs),
        setInterval(() => void kernelDrops.total(), kernelLookMs),
      )
      time.start()
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
