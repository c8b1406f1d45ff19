import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { ReadersOrder, ReadersReport } from '../../test-support/stream-load/readers.fixture.ts'
import type { ServerOrder, ServerReport } from '../../test-support/stream-load/server.fixture.ts'

const slowReaders = 1000
const changesOfRound = 1000
const everyMs = 10
const mostBytes = 64 << 20
const mostDelay = 1.2

/** A server and its fast readers, each a process: those who came before the slow ones, amid them and after them. */
interface Side {
  readonly server: ChildProcess
  readonly port: string
  readonly first: ChildProcess
  readonly amid: ChildProcess
  readonly last: ChildProcess
}

type Place = 'first' | 'amid' | 'last'

/**
 * Two equal servers, one of them with slow readers too, are measured in turn: what else the machine does then meets both. A delay is
 * the time from the moment a change is sent to the server until a fast reader has it; a change that it never hears of counts as endless.
 */
test(`${slowReaders} slow readers cost at most 64 MB and delay a fast one's p99 by at most 20 %`, { timeout: 40 * 60_000 }, async () => {
  const quiet = await openSide()
  const crowded = await openSide()
  const slow = await start('readers', crowded.port)
  runFirst()
  const sides = [quiet, crowded]
  const openFast = async (place: Place): Promise<void> => {
    // One over SSE and one over WebSocket.
    for (const side of sides) await ask(side[place], { do: 'open', manner: 'fast', count: 2 })
  }
  const openSlow = async (count: number): Promise<unknown> => ask(slow, { do: 'open', manner: 'slow', count })
  await openFast('first')
  await Promise.all(sides.map(async (side) => publish(side, 15_000, 1)))
  const before = await measure(crowded, true)

  const fresh = await compare('just come', quiet, crowded, ['first', 'last'], 7, async () => {
    for (const child of [slow, quiet.last, crowded.last]) await ask(child, { do: 'close' })
    while ((await measure(crowded, false)).readers > 2) await sleep(100)
    await openSlow(slowReaders)
    await openFast('last')
  })
  const freshCost = await measure(crowded, true)

  for (const child of [slow, quiet.last, crowded.last]) await ask(child, { do: 'close' })
  await openSlow(slowReaders / 2)
  await openFast('amid')
  await openSlow(slowReaders / 2)
  await openFast('last')
  const everyone: readonly Place[] = ['first', 'amid', 'last']
  // Readers that take nothing for 10 s are cut; new ones come in their place.
  const refill = async (): Promise<unknown> => openSlow(slowReaders + 6 - (await measure(crowded, false)).readers)
  await publish(quiet, 15_000, 1)
  const startedAt = performance.now()
  while (!Number.isFinite(p99(await delays(crowded, everyone, 200), everyone))) await refill()
  const knownAfterS = Math.round((performance.now() - startedAt) / 1000)
  console.log(`all fast readers are known after ${knownAfterS} s`)
  const settled = await compare('in the long run', quiet, crowded, everyone, 9, refill)
  const settledCost = await measure(crowded, true)

  const costs = [freshCost, settledCost].flatMap(({ rss, heap }) => [rss - before.rss, heap - before.heap])
  console.log(`memory of the server, MB: ${costs.map((bytes) => (bytes / (1 << 20)).toFixed(1)).join(', ')} (resident and heap, early and late)`)
  expect(Math.max(...costs)).toBeLessThanOrEqual(mostBytes)
  for (const ratio of [...fresh, ...settled]) expect(ratio).toBeLessThanOrEqual(mostDelay)
  expect(knownAfterS).toBeLessThanOrEqual(60)
})

/** How many times the p99 alone the p99 among slow readers is for those who came in each place, by medians over rounds. */
async function compare(
  name: string,
  quiet: Side,
  crowded: Side,
  places: readonly Place[],
  rounds: number,
  prepare: () => Promise<unknown>,
): Promise<number[]> {
  const alone: Delays[] = []
  const among: Delays[] = []
  const shares: number[] = []
  for (let round = 0; round < rounds; round++) {
    await prepare()
    alone.push(await delays(quiet, places))
    const { cpuMs } = await measure(crowded, false)
    const startedAt = performance.now()
    among.push(await delays(crowded, places))
    shares.push(((await measure(crowded, false)).cpuMs - cpuMs) / (performance.now() - startedAt))
  }
  const list = (values: readonly number[]): string => values.map((ms) => ms.toFixed(2)).join(' ')
  return places.map((place) => {
    const [quietMs, crowdedMs] = [alone, among].map((all) => all.map((heard) => p99(heard, [place]))) as [number[], number[]]
    const ratio = median(crowdedMs) / median(quietMs)
    console.log(
      `${name}, who came ${place}: p99 ${median(quietMs).toFixed(3)} ms alone, ${median(crowdedMs).toFixed(3)} ms among ${slowReaders} slow ones:` +
        ` ${ratio.toFixed(2)} times (rounds: ${list(quietMs)} | ${list(crowdedMs)}; ${Math.round(median(shares) * 100)} % of a core)`,
    )
    return ratio
  })
}

type Delays = Readonly<Partial<Record<Place, readonly number[]>>>

/** The delays of one round of changes, for the readers of each place together. */
async function delays(side: Side, places: readonly Place[], count = changesOfRound): Promise<Delays> {
  for (const place of places) await ask(side[place], { do: 'listen' })
  await publish(side, count, everyMs)
  await sleep(200)
  const heard: Partial<Record<Place, number[]>> = {}
  for (const place of places)
    heard[place] = (await ask(side[place], { do: 'tell' })).heard.flatMap((ms) => [
      ...ms,
      ...Array.from({ length: Math.max(0, count - ms.length) }, () => Infinity),
    ])
  return heard
}

function p99(heard: Delays, places: readonly Place[]): number {
  const all = places.flatMap((place) => heard[place] ?? []).toSorted((a, b) => a - b)
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
  const [first, amid, last] = await Promise.all([0, 1, 2].map(async () => start('readers', String(port))))
  if (first === undefined || amid === undefined || last === undefined) throw new Error('A process is missing.')
  for (const { pid } of [server, first, amid, last]) runFirst(pid)
  return { server, port: String(port), first, amid, last }
}

async function start(name: string, port: string): Promise<ChildProcess> {
  const child = fork(fixture(name), [port], { execArgv })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

/** With a young generation as small as that of the gateway's serving threads. */
const execArgv = ['--conditions=@trinity/source', '--expose-gc', '--max-semi-space-size=4']

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
