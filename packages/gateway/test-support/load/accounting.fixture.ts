import { setTimeout as pause } from 'node:timers/promises'
import { plans } from '@trinity/core'
import type { Flooded } from './flood.fixture.ts'
import { startChild } from './child.fixture.ts'
import type { LoadGenerator } from './generator.fixture.ts'
import type { LoadCounts, LoadServer } from './server.fixture.ts'
import { testKey } from '../test-keys.fixture.ts'

/** A flood that is accounted for. */
export interface AccountingPlan {
  readonly transport: 'native' | 'dgram'
  readonly serveWorkers: number
  readonly generators: number
  readonly socketsEach: number
  readonly durationMs: number
  readonly seed: number
  /** Times the server stands still meanwhile, so that the kernel has to drop; it works without workers only. */
  readonly stallMs?: readonly number[]
}

/** What was sent, by those who sent it, and what became of it, by the server. */
export interface AccountingReport extends LoadCounts {
  readonly sent: number
  readonly failed: number
  readonly answers: number
}

const helloKey = 'greeting-key'

/** Floods a server with good, broken and random datagrams from several processes, and counts at both ends. */
export async function account(plan: AccountingPlan): Promise<AccountingReport> {
  const server = startChild<LoadServer>('server.fixture.ts')
  const target = await server.ask.start({ serveWorkers: plan.serveWorkers, transport: plan.transport, keys: { [helloKey]: plans.partner } })
  const generators = Array.from({ length: plan.generators }, () => startChild<LoadGenerator>('generator.fixture.ts'))
  const running = generators.map(({ ask }, i) =>
    ask.flood(target, { sockets: plan.socketsEach, durationMs: plan.durationMs, kind: 'mixed', key: testKey, helloKey, seed: plan.seed + i }),
  )
  for (const ms of plan.stallMs ?? []) {
    await pause(500)
    await server.ask.stall(ms)
  }
  const flooded = await Promise.all(running)
  const counts = await settledCounts(() => server.ask.counts())
  for (const child of [server, ...generators]) child.kill()
  const sum = (pick: (one: Flooded) => number): number => flooded.reduce((total, one) => total + pick(one), 0)
  return { ...counts, sent: sum(({ sent }) => sent), failed: sum(({ failed }) => failed), answers: sum(({ answers }) => answers) }
}

/** What the kernel still holds is taken in before the counts are compared. */
async function settledCounts(read: () => Promise<LoadCounts>): Promise<LoadCounts> {
  let before = await read()
  for (;;) {
    await pause(500)
    const counts = await read()
    if (counts.received === before.received && counts.kernelDrops === before.kernelDrops) return counts
    before = counts
  }
}
