import { ratePlan } from '@trinity/core'
import { seededRandom } from '@trinity/core/testing'
import { type LoadChild, startChild } from './child.fixture.ts'
import { openLoadGateway } from './gateway.fixture.ts'
import type { LoadGenerator } from './generator.fixture.ts'
import type { LoadTarget } from './target.fixture.ts'
import { type Call, callsOf } from './statistics.fixture.ts'
import { keyEntry, testKeyStore } from '../test-keys.fixture.ts'

/** A limit under test. */
export interface LimitPair {
  readonly key: string
  readonly queriesPerSecond: number
  readonly burst: number
}

/** What became of a limit while many callers asked all the time. */
export interface LimitResult extends LimitPair {
  /** Admitted, by the answers. */
  readonly admitted: number
  /** Admitted, by the server's own count. */
  readonly counted: number
  /** Seconds from the first question to the last answer. */
  readonly seconds: number
  /** Most admissions that certainly lie within one second. */
  readonly mostInWindow: number
  /** Most admissions, over windows of all lengths, beyond what the limit allows in them; 0 or less is right. */
  readonly excess: number
  /** What the limit allows in this time, less what nobody asked for: the bucket was full while no caller had the processor. */
  readonly allowed: number
  /** Of that what nobody asked for. */
  readonly unasked: number
  readonly refused: number
  /** Answered with neither a price nor 429, or not at all. */
  readonly lost: number
}

const windowMs = 1000
const clients = 64

/**
 * Limits from 4 to 500 a second, bursts from 2 to a second's worth, most of them small. (With a burst of 1 a request must come at the
 * very moment of each emission, or that much is lost for good.)
 */
export function randomPairs(count: number, seed: number): readonly LimitPair[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number): number => Math.round(least * (most / least) ** random())
  return Array.from({ length: count }, (_, i) => {
    const queriesPerSecond = between(4, 500)
    return { key: `limited-key-${i}`, queriesPerSecond, burst: between(2, queriesPerSecond) }
  })
}

/** Has 32 callers over HTTP and 32 over UDP ask 4 workers under one key at a time, each for `saturateMs`. */
export async function tryLimits(pairs: readonly LimitPair[], saturateMs: number, workers = 4): Promise<readonly LimitResult[]> {
  const entries = pairs.map(({ key, queriesPerSecond, burst }) => keyEntry(key, { plan: ratePlan(queriesPerSecond, burst) }))
  let counted = 0
  const { gateway, open } = await openLoadGateway({
    serveWorkers: workers,
    keys: testKeyStore(...entries),
    onUsage: ({ status }, requests) => {
      if (status === 200) counted += requests
    },
  })
  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  try {
    const target = targetOf(open)
    const results: LimitResult[] = []
    for (const pair of pairs) {
      gateway.readTotals()
      const before = counted
      const run = await saturate(generator, target, pair.key, saturateMs)
      gateway.readTotals()
      results.push({ ...pair, ...judge(pair, run.calls), counted: counted - before, refused: run.refused, lost: run.lost })
    }
    return results
  } finally {
    generator.kill()
    await gateway.stop()
  }
}

async function saturate(
  generator: LoadChild<LoadGenerator>,
  target: LoadTarget,
  key: string,
  ms: number,
): Promise<{ calls: readonly Call[]; refused: number; lost: number }> {
  const group = { callers: clients / 2, key, patienceMs: 1000 }
  await generator.ask.open(target, [
    { ...group, protocol: 'http' },
    { ...group, protocol: 'udp' },
  ])
  const run = await generator.ask.closedLoop(ms)
  const sum = (status: number): number => run.statuses.reduce((total, counts) => total + (counts[status] ?? 0), 0)
  return { calls: callsOf(run), refused: sum(429), lost: run.calls.length / 4 - sum(200) - sum(429) }
}

/**
 * A request is admitted at some moment between its sending and its answer. So all whose sending and answer both lie in a window were
 * admitted in it: their number must not exceed what the limit allows there, whatever the sockets and the scheduler did. It counts a
 * little less than was admitted, by those on the edges.
 */
function judge({ queriesPerSecond, burst }: LimitPair, all: readonly Call[]): Judgement {
  const answered = all.filter(({ status }) => status !== 0).toSorted((a, b) => a.answeredAt - b.answeredAt)
  const byAnswer = answered.filter(({ status }) => status === 200)
  let mostInWindow = 0
  let excess = -Infinity
  for (const { sentAt: from } of byAnswer) {
    let inside = 0
    for (const { sentAt, answeredAt } of byAnswer) {
      if (sentAt < from) continue
      inside++
      const lengthMs = answeredAt - from
      if (lengthMs <= windowMs) mostInWindow = Math.max(mostInWindow, inside)
      excess = Math.max(excess, inside - burst - Math.floor((queriesPerSecond * lengthMs) / 1000))
    }
  }
  const first = byAnswer.reduce((least, { sentAt }) => Math.min(least, sentAt), Infinity)
  const seconds = ((answered.at(-1)?.answeredAt ?? first) - first) / 1000
  const fullAfter = (burst - 1) / queriesPerSecond
  const gaps = answered.slice(1).map(({ answeredAt }, i) => (answeredAt - (answered[i]?.answeredAt ?? 0)) / 1000)
  const unasked = gaps.reduce((sum, gap) => sum + Math.max(0, gap - fullAfter) * queriesPerSecond, 0)
  const allowed = burst + queriesPerSecond * seconds - unasked
  return { admitted: byAnswer.length, seconds, mostInWindow, excess, allowed, unasked }
}

type Judgement = Pick<LimitResult, 'admitted' | 'seconds' | 'mostInWindow' | 'excess' | 'allowed' | 'unasked'>

/** Where the callers find a gateway. */
export function targetOf({ lpoUrl, udpLpo }: { readonly lpoUrl: string; readonly udpLpo: string | undefined }): LoadTarget {
  const { hostname, port } = new URL(lpoUrl)
  return { host: hostname, httpPort: Number(port), udpPort: Number(udpLpo?.split(':').at(-1)) }
}
