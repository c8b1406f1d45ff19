import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { ReadersOrder, ReadersReport } from '../../test-support/stream-load/readers.fixture.ts'
import type { ServerOrder, ServerReport } from '../../test-support/stream-load/server.fixture.ts'

const slowReaders = 1000
const rounds = 9
const changesOfRound = 1000
const everyMs = 10
const mostBytes = 64 << 20
const mostDelay = 1.2

/** A server and its fast readers, each a process. */
interface Side {
  readonly server: ChildProcess
  readonly fast: ChildProcess
  readonly port: string
}

/**
 * Two equal servers, one of them with slow readers too, are measured in turn: what else the machine does then meets both. A delay is
 * the time from the moment a change is sent to the server until a fast reader has it; a change that it never hears of counts as endless.
 */
test(`${slowReaders} slow readers cost at most 64 MB and delay a fast one's p99 by at most 20 %`, { timeout: 40 * 60_000 }, async () => {
  const quiet = await openSide()
  const crowded = await openSide()
  const slow = await start('readers', crowded.port)
  runFirst()
  const openSlow = async (count: number): Promise<unknown> => ask(slow, { do: 'open', manner: 'slow', count })

  // An SSE and a WebSocket reader come first, two more amid the slow ones, and two last.
  for (const { fast } of [quiet, crowded]) await ask(fast, { do: 'open', manner: 'fast', count: 2 })
  await Promise.all([quiet, crowded].map(async (side) => publish(side, 15_000, 1)))
  const before = await measure(crowded, true)
  await openSlow(slowReaders / 2)
  for (const { fast } of [quiet, crowded]) await ask(fast, { do: 'open', manner: 'fast', count: 2 })
  await openSlow(slowReaders / 2)
  for (const { fast } of [quiet, crowded]) await ask(fast, { do: 'open', manner: 'fast', count: 2 })
  expect((await measure(crowded, false)).readers).toBe(slowReaders + 6)

  const fresh = await compare('with fresh buffers, who came first', quiet, crowded, [0, 1])
  const freshCost = await measure(crowded, true)
  await publish(quiet, 15_000, 1)
  const startedAt = performance.now()
  while (!(await hearAll(crowded))) await publish(crowded, 10_000, 1)
  console.log(`all fast readers are known after ${Math.round((performance.now() - startedAt) / 1000)} s`)
  // Readers that take nothing for 10 s are cut; new ones come in their place.
  const refill = async (): Promise<unknown> => openSlow(slowReaders + 6 - (await measure(crowded, false)).readers)
  const settled = await compare('in the long run, whoever came when', quiet, crowded, [0, 1, 2, 3, 4, 5], refill)
  const settledCost = await measure(crowded, true)

  const costs = [freshCost, settledCost].flatMap(({ rss, heap }) => [rss - before.rss, heap - before.heap])
  console.log(`memory of the server, MB: ${costs.map((bytes) => (bytes / (1 << 20)).toFixed(1)).join(', ')} (resident and heap, early and late)`)
  expect(Math.max(...costs)).toBeLessThanOrEqual(mostBytes)
  expect(fresh).toBeLessThanOrEqual(mostDelay)
  expect(settled).toBeLessThanOrEqual(mostDelay)
})

/** How many times the p99 alone the p99 among slow readers is, by medians over rounds. */
async function compare(name: string, quiet: Side, crowded: Side, readers: readonly number[], prepare?: () => Promise<unknown>): Promise<number> {
  const alone: number[] = []
  const among: number[] = []
  const shares: number[] = []
  for (let round = 0; round < rounds; round++) {
    alone.push(p99(await delays(quiet), readers))
    await prepare?.()
    const { cpuMs } = await measure(crowded, false)
    const startedAt = performance.now()
    among.push(p99(await delays(crowded), readers))
    shares.push(((await measure(crowded, false)).cpuMs - cpuMs) / (performance.now() - startedAt))
  }
  const ratio = median(among) / median(alone)
  const list = (values: readonly number[]): string => values.map((ms) => ms.toFixed(2)).join(' ')
  console.log(
    `${name}: p99 ${median(alone).toFixed(3)} ms alone, ${median(among).toFixed(3)} ms among ${slowReaders} slow ones: ${ratio.toFixed(2)} times` +
      ` (rounds: ${list(alone)} | ${list(among)}; ${Math.round(median(shares) * 100)} % of a core)`,
  )
  return ratio
}

/** The delays of one round for each fast reader. */
async function delays(side: Side, count = changesOfRound): Promise<number[][]> {
  await ask(side.fast, { do: 'listen' })
  await publish(side, count, everyMs)
  await sleep(200)
  const { heard } = await ask(side.fast, { do: 'tell' })
  return heard.map((ms) => [...ms, ...Array.from({ length: Math.max(0, count - ms.length) }, () => Infinity)])
}

async function hearAll(side: Side): Promise<boolean> {
  return Number.isFinite(p99(await delays(side, 200), [0, 1, 2, 3, 4, 5]))
}

function p99(heard: readonly (readonly number[])[], readers: readonly number[]): number {
  const all = readers.flatMap((reader) => heard[reader] ?? Infinity).toSorted((a, b) => a - b)
  return all[Math.floor(all.length * 0.99)] ?? Infinity
}

/** Each price is the moment of its change, in nanoseconds of the clock that all processes share. */
async function publish({ server }: Side, count: number, pauseMs: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    server.send({ do: 'change', price: String(process.hrtime.bigint()) } satisfies ServerOrder)
    await sleep(pauseMs)
  }
}

async function measure({ server }: Side, collect: boolean): Promise<ServerReport> {
  server.send({ do: 'measure', collect } satisfies ServerOrder)
  const [report] = (await once(server, 'message')) as [ServerReport]
  return report
}

async function ask(readers: ChildProcess, order: ReadersOrder): Promise<ReadersReport> {
  readers.send(order)
  const [report] = (await once(readers, 'message')) as [ReadersReport]
  return report
}

async function openSide(): Promise<Side> {
  const server = fork(fixture('server'), { execArgv })
  onTestFinished(() => void server.kill('SIGKILL'))
  const [{ port }] = (await once(server, 'message')) as [{ port: number }]
  const fast = await start('readers', String(port))
  for (const { pid } of [server, fast]) runFirst(pid)
  return { server, fast, port: String(port) }
}

async function start(name: string, port: string): Promise<ChildProcess> {
  const child = fork(fixture(name), [port], { execArgv })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

const execArgv = ['--conditions=@trinity/source', '--expose-gc']

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../test-support/stream-load/${name}.fixture.ts`, import.meta.url))
}

/** Has the processes that are measured run before all others, where that is allowed: a busy machine would show its own delays. */
function runFirst(pid = process.pid): void {
  spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '20', String(pid)])
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
