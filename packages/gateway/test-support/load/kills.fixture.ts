import { setTimeout as pause } from 'node:timers/promises'
import { ratePlan } from '@trinity/core'
import { startChild } from './child.fixture.ts'
import { openLoadGateway } from './gateway.fixture.ts'
import type { LoadGenerator } from './generator.fixture.ts'
import { targetOf } from './limits.fixture.ts'
import { callsOf, countStatus } from './statistics.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../test-keys.fixture.ts'

/** What became of load through the death of workers. */
export interface KillReport {
  readonly kills: number
  /** Answers with a price that callers without a limit saw, and what the server counted for their key. */
  readonly seen: number
  readonly counted: number
  readonly lost: number
  /** Longest time without any such answer, by protocol. */
  readonly longestGapMs: { readonly http: number; readonly udp: number }
  /** The limited key: admitted by the server's count, and what its limit allows in that time. */
  readonly limited: { readonly counted: number; readonly seen: number; readonly allowed: number }
  readonly alive: number
}

const limit = { key: 'limited-key', queriesPerSecond: 40, burst: 20 }
const open = 16

/** Ends workers under load one after another, each while the others serve; callers of both protocols and of two keys go on. */
export async function killWorkers({ workers, kills, everyMs }: { workers: number; kills: number; everyMs: number }): Promise<KillReport> {
  const counted = new Map<number, number>()
  const { gateway, open: ports } = await openLoadGateway({
    serveWorkers: workers,
    keys: testKeyStore(keyEntry(limit.key, { plan: ratePlan(limit.queriesPerSecond, limit.burst) })),
    onUsage: ({ keyRow, status }, requests) => {
      if (status === 200) counted.set(keyRow, (counted.get(keyRow) ?? 0) + requests)
    },
  })
  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  try {
    await generator.ask.open(targetOf(ports), [
      { protocol: 'http', callers: open, key: testKey, patienceMs: 400 },
      { protocol: 'udp', callers: open, key: testKey, patienceMs: 400 },
      { protocol: 'http', callers: 4, key: limit.key, patienceMs: 400 },
      { protocol: 'udp', callers: 4, key: limit.key, patienceMs: 400 },
    ])
    const running = generator.ask.closedLoop(everyMs * (kills + 2), { keep: [200], pauseMs: 2 })
    for (let kill = 0; kill < kills; kill++) {
      await pause(everyMs)
      const alive = gateway.pool?.workers ?? []
      await alive[kill % alive.length]?.terminate()
    }
    const run = await running
    gateway.readTotals()
    const calls = callsOf(run)
    const gapOf = (group: number): number => longestGap(calls.filter((call) => call.group === group).map(({ answeredAt }) => answeredAt))
    const limited = calls.filter(({ group }) => group >= 2)
    const seconds = (Math.max(...limited.map(({ answeredAt }) => answeredAt)) - Math.min(...limited.map(({ sentAt }) => sentAt))) / 1000
    return {
      kills,
      seen: countStatus(run, 200, 0) + countStatus(run, 200, 1),
      counted: counted.get(0) ?? 0,
      lost: countStatus(run, 0),
      longestGapMs: { http: gapOf(0), udp: gapOf(1) },
      limited: { counted: counted.get(1) ?? 0, seen: limited.length, allowed: Math.floor(limit.burst + limit.queriesPerSecond * seconds) },
      alive: gateway.pool?.size ?? 0,
    }
  } finally {
    generator.kill()
    await gateway.stop()
  }
}

/** Most requests whose answer a dying worker may have counted but not sent: one for each caller of the key. */
export const cutAtDeath = 2 * open

function longestGap(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted.slice(1).reduce((longest, time, i) => Math.max(longest, time - (sorted[i] ?? time)), 0)
}
