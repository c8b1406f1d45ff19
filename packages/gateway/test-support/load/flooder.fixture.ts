import { fileURLToPath } from 'node:url'
import { ratePlan } from '@trinity/core'
import { startChild } from './child.fixture.ts'
import type { LoadGenerator } from './generator.fixture.ts'
import type { LoadCounts, LoadServer } from './server.fixture.ts'
import { callsOf, countStatus, median, percentile } from './statistics.fixture.ts'
import { testKey } from '../test-keys.fixture.ts'

/** Who floods, and how. */
export type FlooderKind = 'a limited key over UDP' | 'a limited key over HTTP' | 'no session'

export interface FlooderPlan {
  readonly flooder: FlooderKind
  readonly transport: 'native' | 'dgram'
  /** What a price is made to cost. */
  readonly burdenMs: number
  /** Times the capacity at which the flooder sends. */
  readonly factor: number
  readonly durationMs: number
  /** What the flooder's key may ask, share of the capacity; above 1 there is no limit worth the name. */
  readonly flooderShare?: number
}

export interface FlooderReport {
  readonly capacity: number
  readonly flooded: number
  readonly flooderServed: number
  readonly polite: {
    readonly asked: number
    readonly served: number
    readonly medianMs: number
    readonly p99Ms: number
    readonly refused: number
    readonly lost: number
  }
  readonly unloadedMs: number
  readonly counts: LoadCounts
}

const politeClients = 50
const politePerSecond = 2
const burden = fileURLToPath(new URL('burden.fixture.ts', import.meta.url))

/** Lets 50 clients with addresses and keys of their own ask twice a second each, half of them over UDP, beside one who floods. */
export async function floodBeside(plan: FlooderPlan): Promise<FlooderReport> {
  const { flooder, transport, burdenMs, factor, durationMs, flooderShare = 0.1 } = plan
  process.env.LOAD_BURDEN_MS = String(burdenMs)
  const flooderRate = Math.round((flooderShare * 1000) / burdenMs)
  const polite = Array.from({ length: politeClients }, (_, i) => `polite-key-${i}`)
  const keys = {
    ...Object.fromEntries(polite.map((key) => [key, ratePlan(2 * politePerSecond, 4 * politePerSecond)])),
    flooder: ratePlan(flooderRate, flooderRate),
  }
  const server = startChild<LoadServer>('server.fixture.ts', ['--import', burden])
  const target = await server.ask.start({ serveWorkers: 1, transport, keys })
  const [crowd, lone] = [startChild<LoadGenerator>('generator.fixture.ts'), startChild<LoadGenerator>('generator.fixture.ts')]

  await lone.ask.open(target, [{ protocol: 'udp', callers: 2, key: testKey }])
  const busy = await lone.ask.closedLoop(2000)
  const capacity = countStatus(busy, 200) / 2
  await crowd.ask.open(
    target,
    polite.map((key, i) => ({ protocol: i % 2 === 0 ? 'udp' : 'http', callers: 1, key, from: [`127.0.0.${2 + i}`], patienceMs: 1000 }) as const),
  )
  const rate = politeClients * politePerSecond
  const unloaded = callsOf(await crowd.ask.openLoop(rate, 2000))
  await lone.ask.open(
    target,
    flooder === 'no session' ? [] : [{ protocol: flooder.endsWith('HTTP') ? 'http' : 'udp', callers: 64, key: 'flooder', patienceMs: 1000 }],
  )
  const running =
    flooder === 'no session'
      ? lone.ask
          .flood(target, { sockets: 16, durationMs, ratePerSecond: factor * capacity, kind: 'strangers', key: testKey, seed: 1 })
          .then(({ sent }) => ({ flooded: sent, flooderServed: 0 }))
      : lone.ask.openLoop(factor * capacity, durationMs).then((run) => ({ flooded: run.calls.length / 4, flooderServed: countStatus(run, 200) }))
  const run = await crowd.ask.openLoop(rate, durationMs)
  const flood = await running
  const latencies = callsOf(run)
    .filter(({ status }) => status === 200)
    .map(({ sentAt, answeredAt }) => answeredAt - sentAt)
  const counts = await server.ask.counts()
  for (const child of [server, crowd, lone]) child.kill()
  return {
    capacity,
    ...flood,
    polite: {
      asked: run.calls.length / 4,
      served: countStatus(run, 200),
      medianMs: median(latencies) ?? Number.NaN,
      p99Ms: percentile(latencies, 0.99) ?? Number.NaN,
      refused: countStatus(run, 503) + countStatus(run, 429),
      lost: run.calls.length / 4 - [200, 429, 503].reduce((sum, status) => sum + countStatus(run, status), 0),
    },
    unloadedMs: median(unloaded.map(({ sentAt, answeredAt }) => answeredAt - sentAt)) ?? Number.NaN,
    counts,
  }
}
