import { open, writeFile } from 'node:fs/promises'
import { lookup } from 'node:dns/promises'
import { TrinityError, errorText, systemClock } from '@trinity/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { checkTarget } from '../stress/ask/preflight.ts'
import { readFileLimit } from '../settings/file-limit.ts'
import { shareSockets } from '../stress/ask/socket-budget.ts'
import { makeResult } from '../stress/result.ts'
import { type Level, levelSteps, planLevels } from '../stress/run/levels.ts'
import { systemStopwatch } from '../stress/run/stopwatch.ts'
import { runStress, timeoutMs } from '../stress/run/stress-run.ts'
import { type NamedTarget, type Resolve, type Target, readHttpTargets, readUdpTargets, resolveTarget } from '../stress/target/target.ts'
import { clearProgress, showProgress } from './stress-progress.ts'
import { formatResult } from './stress-table.ts'
import { paint } from './terminal.ts'

interface StressArguments {
  readonly http?: readonly NamedTarget[]
  readonly udp?: readonly NamedTarget[]
  readonly key: string
  readonly assets: readonly string[]
  readonly levels: number
  readonly secondsPerLevel: number
  readonly openLoop?: number
  readonly json?: string
  readonly iOwnThisTarget?: boolean
}

/** Adds `trinity stress`. */
export function addStress(program: Command): void {
  program
    .command('stress')
    .description('Press gateways of your own in up to 13 rising levels, over HTTP and UDP, and tell exactly what became of each request.')
    .option('--http <urls>', 'gateways to ask over HTTP, as http://127.0.0.1:8080,http://10.0.0.2:8080', readHttpTargets)
    .option('--udp <targets>', 'gateways to ask over UDP v8, as 127.0.0.1:2679,10.0.0.2:2679', readUdpTargets)
    .requiredOption('--key <key>', 'API key to ask with', readKey)
    .addOption(new Option('--assets <list>', 'tickers to ask for, one a request and in turn').argParser(readAssets).default(['btc'], 'btc'))
    .option('--levels <n>', 'how many levels, from the lowest', readLevels, levelSteps.length)
    .option('--seconds-per-level <n>', 'how long requests come due at each level, for each protocol', readSeconds, 5)
    .option('--open-loop <rps>', 'requests a second at the last level, due at even distances whatever was answered before', readRate)
    .option('--json <file>', 'file for everything that was measured')
    .option('--i-own-this-target', 'allow targets that are neither loopback nor private')
    .addHelpText('after', explanation)
    .action(stress)
}

const most = levelSteps.map((step) => step.toLocaleString('en-US'))

const explanation = `
Levels: ${most.slice(0, -1).join(', ')}
and ${most.at(-1)} requests outstanding over all targets of a protocol; the end of one makes the next due.
With --open-loop the rates rise in equal steps to RPS, and at most ${most.at(-1)} are outstanding.
Targets of a protocol are asked in turn; at each level HTTP comes first, then UDP.

sent = answered + refused + lost, exactly, for each target in each level:
  answered  any answer but a refusal; FAILED are those among them without the price asked for
  refused   HTTP 429 and 503; over UDP ERROR 2 (limit) and 3 (overloaded)
  lost      no answer within ${timeoutMs.http / 1000} s (UDP: ${timeoutMs.udp / 1000} s; a QUERY is not repeated), or a broken connection
P50, P90 and P99 are of answers with a price, from the moment when the request was due, so that
opening a connection and waiting for one count.

HTTP has one request at a time on a keep-alive connection, and up to 1,000 of them to each target;
what comes due beyond waits in line, and where its level ends first it is counted as unsent, not as
sent. UDP has up to 64 sockets, and more from 256 requests on each. There are fewer of both where
the limit of open files is low.
Some requests before the first level find out whether key, assets and targets are right; they are
not counted. Ctrl-C ends the run and shows what was measured. Exit code 1: not one price came.`

async function stress(options: StressArguments): Promise<void> {
  const { key, assets, secondsPerLevel } = options
  const named = [...(options.http ?? []), ...(options.udp ?? [])]
  if (named.length === 0) throw wrong('Nothing to press: give --http URL, --udp HOST:PORT, or both.')
  const targets = await Promise.all(named.map(async (target) => resolveTarget(target, lookupAll, options.iOwnThisTarget === true)))
  await Promise.all(
    targets.map(async (target) => checkTarget({ target, key, assets, timeoutMs: timeoutMs[target.protocol], stopwatch: systemStopwatch })),
  )
  if (options.json !== undefined) await checkFile(options.json)
  const levels = planLevels(options.levels, options.openLoop)
  const fileLimit = readFileLimit()
  const sockets = shareSockets(fileLimit, count(targets, 'http'), count(targets, 'udp'), Math.max(...levels.map((level) => level.outstanding)))
  if (sockets.note !== undefined) process.stderr.write(`${paint('yellow', sockets.note, process.stderr)}\n`)

  const interrupt = new AbortController()
  // Once: a second Ctrl-C ends the process as ever.
  const onSignal = (): void => interrupt.abort()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, onSignal)
  const startedAt = systemClock.now()
  const rows = await runStress({
    targets,
    key,
    assets,
    levels,
    secondsPerLevel,
    sockets,
    stopwatch: systemStopwatch,
    signal: interrupt.signal,
    onProgress: (level, protocol, progress) =>
      showProgress({ level: level.number, levels: levels.length, protocol, load: describeLoad(level), ...progress }),
  })
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
  clearProgress()
  const result = makeResult(rows, { targets, assets, levels, secondsPerLevel, sockets, startedAt, interrupted: interrupt.signal.aborted, fileLimit })
  process.stdout.write(`${formatResult(result)}\n`)
  if (options.json !== undefined) await writeResult(options.json, `${JSON.stringify(result, null, 1)}\n`)
  if (result.total.answered - result.total.failed === 0) process.exitCode = 1
}

const lookupAll: Resolve = async (host) => lookup(host, { all: true })

function describeLoad({ outstanding, ratePerSecond }: Level): string {
  return ratePerSecond === undefined
    ? `${outstanding.toLocaleString('en-US')} outstanding`
    : `${Math.round(ratePerSecond).toLocaleString('en-US')} a second`
}

function count(targets: readonly Target[], protocol: Target['protocol']): number {
  return targets.filter((target) => target.protocol === protocol).length
}

/** Finds out before the run, which may be long, whether its result can be kept. */
async function checkFile(file: string): Promise<void> {
  try {
    await (await open(file, 'a')).close()
  } catch (error) {
    throw wrong(`--json ${file} can't be written (${errorText(error)}).`)
  }
}

async function writeResult(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw wrong(`--json ${file} can't be written (${errorText(error)}).`)
  }
}

function readKey(text: string): string {
  if (!/^[!-~]{1,200}$/.test(text)) throw new InvalidArgumentError('it must be up to 200 printable ASCII characters without spaces.')
  return text
}

function readAssets(text: string): readonly string[] {
  const assets = text.toLowerCase().split(',')
  if (assets.length > 30 || assets.some((asset) => !/^[!-~]{1,15}$/.test(asset)))
    throw new InvalidArgumentError('it must be 1 to 30 tickers such as btc,eth.')
  return [...new Set(assets)]
}

function readLevels(text: string): number {
  const levels = Number(text)
  if (!Number.isInteger(levels) || levels < 1 || levels > levelSteps.length)
    throw new InvalidArgumentError(`it must be a whole number from 1 to ${levelSteps.length}.`)
  return levels
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 3600)) throw new InvalidArgumentError('it must be a number of seconds above 0, up to 3600.')
  return seconds
}

function readRate(text: string): number {
  const rate = Number(text)
  if (!(rate > 0 && rate <= 1_000_000)) throw new InvalidArgumentError('it must be a number of requests a second above 0, up to 1000000.')
  return rate
}

function wrong(message: string): TrinityError {
  return new TrinityError('TRN_SETTING_INVALID', message)
}
