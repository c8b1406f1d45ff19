import { getRandomValues } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import {
  AssetReader,
  ChangeReader,
  type Clock,
  CounterBlock,
  Gate,
  KeyReader,
  PriceFinder,
  UsageRecorder,
  type UsageSpill,
  openBoard,
  usageProtocols,
} from '@trinity/core'
import { CallerDoor } from '../access/caller-door.ts'
import type { Log } from '../log.ts'
import { LpoMeter } from '../lpo/lpo-meter.ts'
import type { LpoServer } from '../lpo/lpo-server.ts'
import { PriceService } from '../lpo/price-service.ts'
import { createLpoServer } from '../lpo/server.ts'
import { firstUdpCell, servingCounterNames } from '../metrics/serving-counters.ts'
import { StatusFeed } from '../status/status-feed.ts'
import { StreamHub } from '../stream/hub.ts'
import { StreamMeter } from '../stream/stream-meter.ts'
import { type UdpService, createUdpService } from '../udp/handler.ts'
import { openTransport } from '../udp/transport/open-transport.ts'
import type { UdpHandler, UdpTransport } from '../udp/transport/transport.ts'
import type { Control } from './control.ts'
import { portError } from './port-error.ts'
import type { ServingConfig, ServingPorts } from './serving-config.ts'
import type { SharedState, WorkerRegion } from './shared-state.ts'
import { createTextAnswers } from './text-answers.ts'
import { TurnShedder } from '../shedding/turn-shedder.ts'

/** What a serving unit works with. */
export interface ServingParts {
  readonly config: ServingConfig
  readonly state: SharedState
  readonly region: WorkerRegion
  readonly control: Control
  readonly clock: Clock
  readonly log: Log
  /** A clock that never steps and is the same for all threads. */
  monotonicMs(): number
  /** Whether other units listen on the same ports. */
  readonly reusePort: boolean
  readonly onSpill: UsageSpill
}

/** What listens and answers: HTTP and UDP on one thread, the main one or a worker. */
export interface ServingUnit {
  /** @throws TrinityError `TRN_PORT_UNAVAILABLE` */
  listen(ports: ServingPorts): Promise<ListeningUnit>
  /** Answers what is under way, then closes everything; safe to call twice. */
  stop(): Promise<void>
}

/** The ports in use, and lines that the operator should read. */
export interface ListeningUnit {
  readonly ports: ServingPorts
  readonly notes: readonly string[]
}

/** How long callers with an open connection have to send what they are about to, before connections are closed. */
const leaveMs = 250

/** How long callers have to finish when a unit stops. */
const stopGraceMs = 2000

/** Composes everything that answers callers, from shared memory and a line to the main thread. */
export async function createServingUnit(parts: ServingParts): Promise<ServingUnit> {
  const { config, state, region, control, clock, log, monotonicMs } = parts
  const { parameters } = config
  const venues = new Map(config.venues.map((venue) => [venue.name, venue]))
  const assets = new AssetReader(state.assets, new Map(config.venues.map(({ wireId, name }) => [wireId, name])))
  const keys = new KeyReader(state.keys)
  const gate = new Gate(state.keys)
  const door = new CallerDoor({ keys, gate, clock, monotonicMs })
  const usage = new UsageRecorder(region.usage, parts.onSpill)
  const counters = new CounterBlock(region.counters, servingCounterNames)
  const staleCell = counters.indexOf('stale_served')
  const missCell = counters.indexOf('price_misses')
  // HTTP has its own, or a flood at one port would leave nothing for the other.
  const udpShedder = new TurnShedder(parameters.shedAfterMs)
  const finder = new PriceFinder(openBoard(state.board), assets, clock)
  const sourceTag = (venue: string): string => venues.get(venue)?.sourceTag ?? venue
  const prices = new PriceService({
    finder,
    assets,
    control,
    clock,
    maxStaleSeconds: parameters.maxStaleSeconds,
    successors: config.successors,
    sourceTag,
  })
  const changes = new ChangeReader(state.changes)
  const hub = new StreamHub({
    prices,
    meter: new StreamMeter(door, usage),
    changes: { listen: (onAsset, onOverrun) => changes.listen((entry) => onAsset(assets.name(entry)), onOverrun) },
    clock,
  })
  const statusFeed = new StatusFeed({ clock, head: { node: config.node, mode: config.mode ?? null }, read: () => control.status() })
  const server = await createLpoServer({
    door,
    shedAfterMs: parameters.shedAfterMs,
    prices,
    meter: new LpoMeter(usage, counters, assets),
    control,
    hub,
    statusFeed,
    log,
    clock,
    node: config.node,
    trustProxy: config.trustProxy,
    maxConnections: config.maxConnections,
    isLeaving: () => isLeaving,
    countRefusal: (refusal) => counters.add(counters.indexOf(refusal), 1),
    mode: config.mode,
    isVenue: (name) => venues.has(name),
  })

  const createUdp = (): UdpService =>
    createUdpService({
      clock: { now: () => clock.now(), utc: () => clock.wall(), monotonic: monotonicMs },
      fillRandom: (bytes) => void getRandomValues(bytes),
      keys,
      keyRows: state.keyRows,
      gate,
      shedder: udpShedder,
      assets,
      finder,
      usage,
      counters: { add: (index, count) => counters.add(firstUdpCell + index, count) },
      priceCounters: { addStale: () => counters.add(staleCell, 1), addMiss: () => counters.add(missCell, 1) },
      maxStaleMs: parameters.maxStaleSeconds * 1000,
      onWanted: (entry, toFetch) => want(assets.name(entry), toFetch),
      answerText:
        config.udp?.textMode === true
          ? createTextAnswers({ door, prices, meter: new LpoMeter(usage, counters, assets, usageProtocols.udp), node: config.node })
          : undefined,
    })

  function want(asset: string, toFetch: boolean): void {
    if (toFetch) prices.requestFetch(asset)
    else control.touch(asset).catch(() => undefined)
  }

  let udp: UdpService | undefined
  let transport: UdpTransport | undefined
  let stopping: Promise<void> | undefined
  let isLeaving = false
  async function stop(): Promise<void> {
    const callersLeft = letCallersLeave(server.server)
    // Only now: who was told to connect anew while the port still listened would be reset as it closed.
    isLeaving = true
    await callersLeft
    for (const streams of [hub, statusFeed]) streams.stop()
    const cancel = clock.after(stopGraceMs, () => {
      for (const streams of [hub, statusFeed]) streams.cut()
      server.server.closeAllConnections()
    })
    await Promise.all([server.close(), transport?.close()])
    udp?.close()
    cancel()
  }

  return {
    async listen(ports) {
      const lpo = await listenHttp(server, config.host, ports.lpo, parts.reusePort)
      if (config.udp === undefined) return { ports: { lpo, udpLpo: 0 }, notes: [] }
      udp = createUdp()
      const { memory, memoryStart, handle } = udp
      const handleTurn: UdpHandler = (batch) => {
        if (batch.first === 0) udpShedder.endTurn()
        handle(batch)
      }
      const binding = { host: config.host, port: ports.udpLpo, reusePort: parts.reusePort, memory, memoryStart, handle: handleTurn }
      const opened = await openTransport(config.udp.transport, binding, 'UDP_PORT_LPO')
      transport = opened.transport
      return { ports: { lpo, udpLpo: transport.port }, notes: opened.note === undefined ? [] : [opened.note] }
    },
    stop: () => (stopping ??= stop()),
  }
}

/** Takes no new connections, and lets those there are have the answers to what is on its way: closed at once they would lose it. */
async function letCallersLeave(server: HttpServer): Promise<void> {
  if (!server.listening) return
  // The close of HTTP would close idle connections too.
  const closed = new Promise((resolve) => void NetServer.prototype.close.call(server, resolve))
  await Promise.race([closed, pause(leaveMs)])
  // What arrived while this thread had no turn is read and answered before connections are closed.
  for (let turn = 0; turn < 2; turn++) await nextTurn()
}

async function listenHttp(server: LpoServer, host: string, port: number, reusePort: boolean): Promise<number> {
  try {
    await server.listen({ host, port, ...(reusePort ? { reusePort } : {}) })
  } catch (error) {
    throw portError(error, host, port, 'TCP_PORT_LPO')
  }
  return (server.server.address() as AddressInfo).port
}
