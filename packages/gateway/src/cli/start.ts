import { TrinityError, systemClock } from '@trinity/core'
import { type Command, InvalidArgumentError } from 'commander'
import { demoKey } from '../access/memory-key-store.ts'
import { openKeyStores } from '../access/open-key-stores.ts'
import { type ConnectorSet, tickersOf } from '../connector-set.ts'
import { type Gateway, type OpenPorts, createGateway } from '../gateway.ts'
import { loadConnectors } from '../load-connectors.ts'
import { type Log, createLog } from '../log.ts'
import type { DemoFeed } from '../demo-feed.ts'
import { shrinkHeap } from '../serving/shrink-heap.ts'
import { connectorsInRegions, unknownRegions, unusedRegions } from '../settings/regions.ts'
import { type ServerSettings, readServerSettings } from '../settings/settings.ts'
import { paint } from './terminal.ts'

interface StartOptions {
  readonly replay?: string
  readonly speed: number
  readonly simulate?: boolean
  readonly fault?: string
  readonly seed?: number
}

/** Adds `trinity start`. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('Run the price server on live feeds, on recordings, or on simulated exchanges.')
    .option('--replay <dir>', 'play DIR/EXCHANGE/*.jsonl in a loop in place of live feeds')
    .option('--speed <factor>', 'pace of the replay; 2 is twice as fast', readSpeed, 1)
    .option('--simulate', 'run against simulated exchanges on loopback in place of live ones: works offline')
    .option('--fault <name>', 'let the simulated exchanges have a fault again and again; list shows which there are')
    .option('--seed <n>', 'the same seed simulates the same markets', readSeed)
    .addHelpText('after', '\nSettings are environment variables; docs/reference/settings.md lists them. Ctrl-C stops cleanly.')
    .action(async (options: StartOptions) => start(options))
}

async function start(options: StartOptions): Promise<void> {
  if (options.simulate === true && options.fault === 'list') return listFaults()
  const demoFlag = readDemoFlag(options)
  const settings = readServerSettings(process.env, { demoFlag })
  const set = await loadConnectors(settings.connectors)
  const connectors = connectorsInRegions(set.connectors, process.env)
  const log = createLog(settings.logLevel, settings.logFormat)
  const regionWarnings = [...unknownRegions(connectors, process.env), ...(demoFlag === undefined ? [] : unusedRegions(connectors, demoFlag))]
  for (const warning of [...set.warnings, ...regionWarnings]) log.warn(warning)
  const keys = await openKeyStores(settings, systemClock, log)
  const demo = await openDemoFeed(options, set, log)
  let gateway: Gateway | undefined
  try {
    gateway = await createGateway({
      connectors,
      assets: set.assets,
      names: set.names,
      keys,
      log,
      node: settings.node,
      host: settings.host,
      lpoPort: settings.lpoPort,
      udpPort: settings.udpPort,
      udp: { transport: settings.udpTransport, textMode: settings.udpTextMode === 'loopback' },
      admin: { host: settings.adminHost, port: settings.adminPort, metricsToken: settings.metricsToken },
      serveWorkers: settings.serveWorkers,
      trustProxy: settings.trustProxy,
      maxConnections: settings.maxConnections,
      drainSeconds: settings.drainSeconds,
      ...demo,
    })
    stopOnSignals(gateway, demo)
    const open = await gateway.start()
    demo?.attach(gateway)
    shrinkHeap()
    printWelcome(open, settings, demo)
  } catch (error) {
    await stopAll(gateway, demo)
    throw error
  }
  if (log.level !== 'silent') setTimeout(() => printFeeds(gateway), firstLookMs).unref()
}

async function listFaults(): Promise<void> {
  const { simulatedFaults } = await import('../simulate/simulated-fault.ts')
  process.stdout.write(simulatedFaults.map(({ name, sentence }) => `${name.padEnd(26)}${sentence}\n`).join(''))
}

const demoBanners = {
  replay: 'REPLAY: these prices are recorded, not live.',
  simulated: 'SIMULATED: these prices are made up.',
}

function readDemoFlag({ replay, simulate, fault, seed }: StartOptions): string | undefined {
  if (replay !== undefined && simulate === true)
    throw new TrinityError('TRN_SETTING_INVALID', '--replay and --simulate exclude each other; choose one.')
  if (simulate !== true && (fault !== undefined || seed !== undefined))
    throw new TrinityError('TRN_SETTING_INVALID', '--fault and --seed go with --simulate.')
  return replay === undefined ? (simulate === true ? '--simulate' : undefined) : '--replay'
}

async function openDemoFeed(options: StartOptions, set: ConnectorSet, log: Log): Promise<DemoFeed | undefined> {
  // Loaded only when asked for: a live server would keep it in memory for nothing.
  if (options.simulate === true) {
    const { openSimulation } = await import('../simulate/simulation.ts')
    const { defaultSimulators } = await import('../simulators.ts')
    return openSimulation({
      ...set,
      dialects: defaultSimulators,
      seed: options.seed ?? Math.floor(Math.random() * 1e9),
      fault: options.fault,
    })
  }
  if (options.replay === undefined) return undefined
  const { openReplay } = await import('../replay/replay.ts')
  return openReplay({
    folder: options.replay,
    speed: options.speed,
    connectors: set.connectors,
    names: set.names,
    tickers: tickersOf(set),
    clock: systemClock,
    onNotice: (notice) => log.warn(notice),
  })
}

/** When the state of the feeds is first worth telling. */
const firstLookMs = 2500

function printWelcome({ lpoUrl, udpLpo, adminUrl, notes }: OpenPorts, settings: ServerSettings, demo: DemoFeed | undefined): void {
  const udpPort = udpLpo?.split(':').at(-1) ?? ''
  const question = `{"asset":"btc","key":"${demoKey}"}`
  const isLocal = settings.udpTextMode === 'loopback' && listensOnLoopback.test(settings.host)
  const lines = [
    `${paint('bold', 'Trinity')} answers at ${paint('cyan', lpoUrl)} and over UDP at ${paint('cyan', udpLpo ?? '')}`,
    `Status page: ${lpoUrl}/   API: ${lpoUrl}/docs   Metrics: ${adminUrl ?? ''}/metrics`,
    ...(settings.environment === 'production'
      ? []
      : [
          `Try: ${paint('green', `curl -H 'Authorization: Bearer ${demoKey}' '${lpoUrl}/price?asset=btc'`)}`,
          ...(isLocal ? [` or: ${paint('green', `echo -n '${question}' | nc -u -w1 127.0.0.1 ${udpPort}`)}`] : []),
        ]),
    `Prices are kept in this process, keys of trinity keys create in ${settings.dataDir}; nothing is stored elsewhere.`,
    ...notes,
    ...(demo === undefined ? [] : [paint('yellow', demoBanners[demo.mode]), ...demo.summary.map((line) => `  ${line}`)]),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Hosts of a listener that 127.0.0.1 reaches. */
const listensOnLoopback = /^(127\.0\.0\.1|localhost|0\.0\.0\.0|::)$/

function printFeeds(gateway: Gateway): void {
  const now = systemClock.now()
  const lines = gateway.venues.map((venue) => {
    const { state, why } = venue.status()
    const listings = gateway.directory.list(venue.connector.name)
    const live = listings.filter((listing) => venue.listingState(listing, now).state === 'live').length
    const colour = state === 'ok' ? 'green' : state === 'degraded' ? 'yellow' : 'red'
    return `  ${venue.connector.name.padEnd(10)} ${paint(colour, state.padEnd(8))} ${live}/${listings.length} prices${why === '' ? '' : `  ${why}`}`
  })
  process.stdout.write(`Feeds:\n${lines.join('\n')}\n`)
}

function stopOnSignals(gateway: Gateway, demo: DemoFeed | undefined): void {
  let asked = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(130)
    asked = true
    process.stdout.write(`${signal}: stopping…\n`)
    void stopAll(gateway, demo).then(() => process.exit(0))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

async function stopAll(gateway: Gateway | undefined, demo: DemoFeed | undefined): Promise<void> {
  await gateway?.stop()
  await demo?.stop()
}

function readSpeed(text: string): number {
  const speed = Number(text)
  if (!(speed >= 0.01 && speed <= 1000)) throw new InvalidArgumentError('it must be a number from 0.01 to 1000.')
  return speed
}

function readSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('it must be a whole number of up to nine digits.')
  return Number(text)
}
