import { fileURLToPath } from 'node:url'
import { startChild } from './child.fixture.ts'
import type { LoadGenerator, LoadRun } from './generator.fixture.ts'
import type { LoadServer } from './server.fixture.ts'
import { type Call, callsOf, countStatus, median, percentile } from './statistics.fixture.ts'
import { testKey } from '../test-keys.fixture.ts'

/** How a server is overloaded. */
export interface OverloadPlan {
  readonly protocol: 'http' | 'udp'
  readonly transport: 'native' | 'dgram'
  /** What a price is made to cost. */
  readonly burdenMs: number
  readonly shedAfterMs: number
  readonly factors: readonly number[]
  readonly loadMs: number
  /** The peak moves with what neighbours leave of the machine, so it is measured anew before each step. */
  readonly rounds: number
}

/** What a server did at a multiple of its peak, and right after. */
export interface OverloadStep {
  readonly factor: number
  /** Requests a second that the server answers when there is always one more, measured right before. */
  readonly peak: number
  readonly offered: number
  /** Answered with a price a second, while the load lasted. */
  readonly goodput: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly refused: number
  readonly lost: number
  /** From one to two and a half seconds after the load, at half of the peak: the share that was answered with a price, and its median. */
  readonly after: { readonly share: number; readonly medianMs: number }
  /** Processor time of the generator, share of one core, and how late its requests left: the 99th percentile. */
  readonly generatorLoad: number
  readonly generatorDelayMs: number
}

export interface OverloadReport {
  readonly unloadedMs: number
  /** One for each factor, as often as there were rounds. */
  readonly steps: readonly OverloadStep[]
  readonly kernelDrops: number
}

const burden = fileURLToPath(new URL('burden.fixture.ts', import.meta.url))
const httpCallers = 128
const udpCallers = 32

/** Measures the peak and the unloaded latency of one serving worker, then offers multiples of the peak in an open loop. */
export async function overload({ protocol, transport, burdenMs, shedAfterMs, factors, loadMs, rounds }: OverloadPlan): Promise<OverloadReport> {
  process.env.LOAD_BURDEN_MS = String(burdenMs)
  const server = startChild<LoadServer>('server.fixture.ts', ['--import', burden])
  const target = await server.ask.start({ serveWorkers: 1, transport, shedAfterMs })
  const [few, many] = [startChild<LoadGenerator>('generator.fixture.ts'), startChild<LoadGenerator>('generator.fixture.ts')]
  const group = { protocol, key: testKey, patienceMs: 5000 }

  await few.ask.open(target, [{ ...group, callers: 1 }])
  const unloaded = await few.ask.closedLoop(1500, { pauseMs: burdenMs })
  const unloadedMs = median(latencies(callsOf(unloaded))) ?? Number.NaN
  // As many as two turns answer: while some are answered the others wait, so that the server never does.
  await few.ask.open(target, [{ ...group, callers: 2 * Math.ceil(shedAfterMs / burdenMs) }])
  await many.ask.open(target, [{ ...group, callers: protocol === 'http' ? httpCallers : udpCallers }])
  // A server takes one new connection in each turn: those of the run are opened before, or it would wait for them.
  await many.ask.closedLoop(100)
  const steps: OverloadStep[] = []
  for (let round = 0; round < rounds; round++) {
    for (const factor of factors) {
      const busy = await few.ask.closedLoop(loadMs)
      const peak = countStatus(busy, 200) / spanSeconds(busy)
      const run = await many.ask.openLoop(factor * peak, loadMs)
      const after = callsOf(await many.ask.openLoop(peak / 2, 2500))
      const calls = callsOf(run)
      const loadEnd = Math.min(...calls.map(({ sentAt }) => sentAt)) + loadMs
      const later = after.filter(({ sentAt }) => sentAt >= loadEnd + 1000)
      const good = latencies(calls)
      steps.push({
        factor,
        peak,
        offered: calls.length / (loadMs / 1000),
        goodput: calls.filter(({ status, answeredAt }) => status === 200 && answeredAt <= loadEnd).length / (loadMs / 1000),
        medianMs: median(good) ?? Number.NaN,
        p99Ms: percentile(good, 0.99) ?? Number.NaN,
        refused: countStatus(run, 503),
        lost: countStatus(run, 0),
        after: { share: later.filter(({ status }) => status === 200).length / later.length, medianMs: median(latencies(later)) ?? Number.NaN },
        generatorLoad: run.load,
        generatorDelayMs: percentile([...run.delaysMs], 0.99) ?? Number.NaN,
      })
    }
  }
  const { kernelDrops } = await server.ask.counts()
  for (const child of [server, few, many]) child.kill()
  return { unloadedMs, steps, kernelDrops }
}

/** Of the requests that got a price. */
function latencies(calls: readonly Call[]): readonly number[] {
  return calls.filter(({ status }) => status === 200).map(({ sentAt, answeredAt }) => answeredAt - sentAt)
}

function spanSeconds(run: LoadRun): number {
  const calls = callsOf(run)
  return (Math.max(...calls.map(({ answeredAt }) => answeredAt)) - Math.min(...calls.map(({ sentAt }) => sentAt))) / 1000
}
