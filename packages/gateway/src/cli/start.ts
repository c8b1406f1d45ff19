import { systemClock } from '@trinity/core'
import { type Command, InvalidArgumentError } from 'commander'
import { demoKey, memoryKeyStore, seededKeys } from '../access/memory-key-store.ts'
import { defaultConnectors } from '../connectors.ts'
import { type Gateway, createGateway } from '../gateway.ts'
import { createLog } from '../log.ts'
import { type Replay, openReplay } from '../replay/replay.ts'
import { prewarmedAssets } from '../settings/assets.ts'
import { type ServerSettings, readServerSettings } from '../settings/settings.ts'
import { paint } from './terminal.ts'

interface StartOptions {
  readonly replay?: string
  readonly speed: number
}

/** Adds `trinity start`. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('Run the price server on live feeds, or on recordings.')
    .option('--replay <dir>', 'play DIR/EXCHANGE/*.jsonl in a loop in place of live feeds')
    .option('--speed <factor>', 'pace of the replay; 2 is twice as fast', readSpeed, 1)
    .addHelpText('after', '\nSettings are environment variables; docs/reference/settings.md lists them. Ctrl-C stops cleanly.')
    .action(async (options: StartOptions) => start(options))
}

async function start(options: StartOptions): Promise<void> {
  const settings = readServerSettings(process.env, { demoFlag: options.replay === undefined ? undefined : '--replay' })
  const log = createLog(settings.logLevel, settings.logFormat)
  const clock = systemClock
  const replay =
    options.replay === undefined
      ? undefined
      : await openReplay({
          folder: options.replay,
          speed: options.speed,
          connectors: defaultConnectors,
          clock,
          onNotice: (notice) => log.warn(notice),
        })
  const gateway = await createGateway({
    connectors: replay?.connectors ?? defaultConnectors,
    assets: prewarmedAssets,
    keys: settings.environment === 'production' ? memoryKeyStore([]) : seededKeys(),
    log,
    node: settings.node,
    host: settings.host,
    lpoPort: settings.lpoPort,
    trustProxy: settings.trustProxy,
    drainSeconds: settings.drainSeconds,
    ...(replay === undefined ? {} : { rest: false, mode: 'replay', fixedListings: replay.fixedListings, transport: replay.transport }),
  })
  stopOnSignals(gateway, replay)
  try {
    const { lpoUrl } = await gateway.start()
    replay?.attach(gateway)
    printWelcome(lpoUrl, settings, replay)
  } catch (error) {
    await stopAll(gateway, replay)
    throw error
  }
  if (log.level !== 'silent') setTimeout(() => printFeeds(gateway), firstLookMs).unref()
}

/** When the state of the feeds is first worth telling. */
const firstLookMs = 2500

function printWelcome(lpoUrl: string, settings: ServerSettings, replay: Replay | undefined): void {
  const lines = [
    `${paint('bold', 'Trinity')} answers at ${paint('cyan', lpoUrl)}  (API description: ${lpoUrl}/docs)`,
    ...(settings.environment === 'production'
      ? []
      : [`Try: ${paint('green', `curl -H 'Authorization: Bearer ${demoKey}' '${lpoUrl}/price?asset=btc'`)}`]),
    'Prices and keys are kept in this process; nothing is stored elsewhere.',
    ...(replay === undefined ? [] : [paint('yellow', 'REPLAY: these prices are recorded, not live.'), ...replay.summary.map((line) => `  ${line}`)]),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

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

function stopOnSignals(gateway: Gateway, replay: Replay | undefined): void {
  let asked = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(130)
    asked = true
    process.stdout.write(`${signal}: stopping…\n`)
    void stopAll(gateway, replay).then(() => process.exit(0))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

async function stopAll(gateway: Gateway, replay: Replay | undefined): Promise<void> {
  await gateway.stop()
  await replay?.stop()
}

function readSpeed(text: string): number {
  const speed = Number(text)
  if (!(speed >= 0.01 && speed <= 1000)) throw new InvalidArgumentError('it must be a number from 0.01 to 1000.')
  return speed
}
