import { TrinityError, nodeTransport, systemClock } from '@trinity/core'
import { type Command, InvalidArgumentError } from 'commander'
import { findConnector } from '../connectors.ts'
import { loadConnectors } from '../load-connectors.ts'
import { Recorder } from '../record/recorder.ts'
import { resolveSymbols } from '../record/resolve-symbols.ts'
import { connectorsInRegions } from '../settings/regions.ts'
import { readConnectorNames } from '../settings/settings.ts'
import { paint } from './terminal.ts'

interface RecordOptions {
  readonly out: string
  readonly seconds: number
  readonly assets?: string
  readonly json?: boolean
}

const interrupts = ['SIGINT', 'SIGTERM'] as const

/** Adds `trinity record`. */
export function addRecord(program: Command): void {
  program
    .command('record')
    .description('Record live frames of an exchange, both ways, for --replay and decode.')
    .argument('<exchange>', 'which one')
    .requiredOption('--out <file>', 'new file for the JSON lines; its folder is made')
    .requiredOption('--seconds <n>', 'how long', readSeconds)
    .option('--assets <list>', 'tickers to subscribe, as btc,eth; default: those prewarmed there')
    .option('--json', 'print the result as one JSON line')
    .action(async (exchange: string, options: RecordOptions) => record(exchange, options))
}

async function record(exchange: string, options: RecordOptions): Promise<void> {
  const { connectors, assets: prewarmed, names } = await loadConnectors(readConnectorNames(process.env))
  const connector = findConnector(exchange, connectorsInRegions(connectors, process.env))
  const assets =
    options.assets
      ?.toUpperCase()
      .split(',')
      .filter((asset) => asset !== '') ??
    prewarmed[connector.name] ??
    []
  const onNotice = (text: string): void => void process.stderr.write(`${clearLine()}${paint('yellow', text, process.stderr)}\n`)
  const transport = nodeTransport()
  if (assets.length === 0) throw new TrinityError('TRN_SETTING_INVALID', '--assets names no asset; give tickers such as btc,eth.')
  const end = new AbortController()
  const onFailure = (error: Error): void =>
    end.abort(new TrinityError('TRN_RECORDING_INVALID', `${options.out} can't be written (${error.message}).`))
  const recorder = new Recorder({ connector, file: options.out, transport, clock: systemClock, onNotice, onFailure })
  await recorder.open().catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EEXIST' ? 'exists already; choose another name' : `can't be written (${error.message})`
    throw new TrinityError('TRN_RECORDING_INVALID', `${options.out} ${why}.`)
  })
  let symbols: readonly string[] = []
  // Nothing is recorded yet that would be worth waiting for.
  const leave = (): void => void recorder.stop().then(() => process.exit(130))
  try {
    for (const signal of interrupts) process.once(signal, leave)
    symbols = await resolveSymbols(assets, { connector, names, transport, clock: systemClock, random: Math.random, onNotice })
    for (const signal of interrupts) process.off(signal, leave)
    if (symbols.length === 0) throw new TrinityError('TRN_SETTING_INVALID', `--assets: ${connector.title} trades none of ${assets.join(', ')}.`)
    recorder.start(symbols)
    await waitOrInterrupt(options.seconds, end.signal, (secondsLeft) => showProgress(recorder, options.seconds, secondsLeft))
  } finally {
    await recorder.stop()
    process.stderr.write(clearLine())
  }
  end.signal.throwIfAborted()
  const { frames, trades, reconnects } = recorder.counts
  const result = { exchange: connector.name, file: options.out, symbols: symbols.length, frames, trades, reconnects }
  if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`)
  else if (frames === 0) process.stdout.write(`${connector.title} was not reached, so nothing was recorded.\n`)
  else process.stdout.write(`${frames} frames with ${trades} trades of ${symbols.length} symbols are in ${options.out}.\n`)
  if (trades === 0) process.exitCode = 1
}

/** Resolves after the time, or at once on Ctrl-C or when `signal` says so. */
async function waitOrInterrupt(seconds: number, signal: AbortSignal, onSecond: (secondsLeft: number) => void): Promise<void> {
  const endsAt = Date.now() + seconds * 1000
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const leftMs = endsAt - Date.now()
      if (leftMs <= 0) finish()
      else onSecond(Math.ceil(leftMs / 1000))
    }, 200)
    function finish(): void {
      clearInterval(timer)
      for (const interrupt of interrupts) process.off(interrupt, finish)
      resolve()
    }
    signal.addEventListener('abort', finish)
    for (const interrupt of interrupts) process.on(interrupt, finish)
  })
}

const barWidth = 30

function showProgress({ counts }: Recorder, seconds: number, secondsLeft: number): void {
  if (!process.stderr.isTTY) return
  const done = Math.round((1 - secondsLeft / seconds) * barWidth)
  process.stderr.write(
    `${clearLine()}[${'█'.repeat(done)}${'·'.repeat(barWidth - done)}] ${secondsLeft} s left, ${counts.frames} frames, ${counts.trades} trades`,
  )
}

function clearLine(): string {
  return process.stderr.isTTY ? '\r\u001b[2K' : ''
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('it must be a number of seconds above 0, up to 86400.')
  return seconds
}
