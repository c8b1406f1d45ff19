import { fileURLToPath } from 'node:url'
import { startChild } from './load-child.fixture.ts'
import type { LoadGenerator, LoadRun } from './load-generator.fixture.ts'
import type { LoadServer } from './load-server.fixture.ts'
import { type Call, callsOf, countStatus, median, percentile } from './load-statistics.fixture.ts'
import { testKey } from './test-keys.fixture.ts'

/** How a server is overloaded. */
export interface OverloadPlan {
  readonly protocol: 'http' | 'udp'
  readonly transport: 'native' | 'dgram'
  /** What a price is made to cost. */
  readonly burdenMs: number
  readonly turnBudgetMs: number
  readonly factors: readonly number[]
  readonly loadMs: number
}

/** One step: what a server did at a multiple of its peak, and right after. */
export interface OverloadStep {
  readonly factor: number
  readonly offered: number
  /** Answered with a price a second. */
  readonly goodput: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly refused: number
  /** Share of the second from one to two seconds after the load, at half of the peak, that was answered with a price, and its median. */
  readonly after: { readonly share: number; readonly medianMs: number }
  readonly lost: number
  /** Processor time of the generator, share of one core. */
  readonly generatorLoad: number
}

export interface OverloadReport {
  readonly peak: number
  readonly unloadedMs: number
  readonly steps: readonly OverloadStep[]
  readonly kernelDrops: number
}

const burden = fileURLToPath(new URL('load-burden.fixture.ts', import.meta.url))
const httpCallers = 128

/** Measures the peak and the unloaded latency of one serving worker, then offers multiples of the peak in an open loop. */
export async function overload({ protocol, transport, burdenMs, turnBudgetMs, factors, loadMs }: OverloadPlan): Promise<OverloadReport> {
  process.env.LOAD_BURDEN_MS = String(burdenMs)
  const server = startChild<LoadServer>('load-server.fixture.ts', ['--import', burden])
  const target = await server.ask.start({ serveWorkers: 1, transport, turnBudgetMs })
  const generator = startChild<LoadGenerator>('load-generator.fixture.ts')
  const group = { protocol, key: testKey, patienceMs: 5000 }

  // One more than is being answered keeps the server busy, and none waits long enough to be refused.
  await generator.ask.open(target, [{ ...group, callers: 2 }])
  await generator.ask.closedLoop(500)
  const busy = await generator.ask.closedLoop(loadMs)
  const peak = countStatus(busy, 200) / spanSeconds(busy)
  await generator.ask.open(target, [{ ...group, callers: 1 }])
  const unloaded = await generator.ask.closedLoop(1500, { pauseMs: burdenMs })
  const unloadedMs = median(latencies(callsOf(unloaded))) ?? Number.NaN

  await generator.ask.open(target, [{ ...group, callers: protocol === 'http' ? httpCallers : 32 }])
  const steps: OverloadStep[] = []
  for (const factor of factors) {
    const offered = factor * peak
    const run = await generator.ask.openLoop(offered, loadMs)
    const after = callsOf(await generator.ask.openLoop(peak / 2, 2500))
    const calls = callsOf(run)
    const firstDue = Math.min(...calls.map(({ sentAt }) => sentAt))
    const inTime = calls.filter(({ status, answeredAt }) => status === 200 && answeredAt <= firstDue + loadMs)
    const loadEnd = firstDue + loadMs
    const later = after.filter(({ sentAt }) => sentAt >= loadEnd + 1000)
    const good = latencies(calls)
    steps.push({
      factor,
      offered: calls.length / (loadMs / 1000),
      goodput: inTime.length / (loadMs / 1000),
      medianMs: median(good) ?? Number.NaN,
      p99Ms: percentile(good, 0.99) ?? Number.NaN,
      refused: countStatus(run, 503),
      after: { share: later.filter(({ status }) => status === 200).length / later.length, medianMs: median(latencies(later)) ?? Number.NaN },
      lost: countStatus(run, 0),
      generatorLoad: run.load,
    })
  }
  const { kernelDrops } = await server.ask.counts()
  server.kill()
  generator.kill()
  return { peak, unloadedMs, steps, kernelDrops }
}

/** Of the requests that got a price. */
function latencies(calls: readonly Call[]): readonly number[] {
  return calls.filter(({ status }) => status === 200).map(({ sentAt, answeredAt }) => answeredAt - sentAt)
}

function spanSeconds(run: LoadRun): number {
  const calls = callsOf(run)
  return (Math.max(...calls.map(({ answeredAt }) => answeredAt)) - Math.min(...calls.map(({ sentAt }) => sentAt))) / 1000
}
