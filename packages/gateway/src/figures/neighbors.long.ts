import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WatchedServer, startWatchedServer } from '../../test-support/hostile/watched-server.fixture.ts'
import { startChild } from '../../test-support/load/child.fixture.ts'
import type { LoadGenerator } from '../../test-support/load/generator.fixture.ts'
import { countStatus } from '../../test-support/load/statistics.fixture.ts'

const neighbor = fileURLToPath(new URL('../../test-support/load/busy-neighbor.fixture.ts', import.meta.url))
const share = 0.6
const runs = 10
const runMs = 10_000

let neighbors: readonly ChildProcess[] = []
beforeAll(() => {
  neighbors = [1, 2].map(() => spawn(process.execPath, [neighbor]))
})
afterAll(() => {
  for (const child of neighbors) child.kill()
})

async function openCallers({ target, key }: WatchedServer, protocol: 'http' | 'udp'): Promise<LoadGenerator> {
  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  await generator.ask.open(target, [{ protocol, callers: protocol === 'http' ? 64 : 16, key, anyPrice: true, patienceMs: 20_000 }])
  return generator.ask
}

describe.each(['http', 'udp'] as const)('over %s beside two neighbors that take all the CPU they get', (protocol) => {
  test(`nothing is shed at ${100 * share} % of the capacity, warm or just started`, async () => {
    const warm = await startWatchedServer()
    const callers = await openCallers(warm, protocol)
    await callers.closedLoop(5000)
    const peak = countStatus(await callers.closedLoop(runMs), 200) / (runMs / 1000)
    const shed: string[] = []
    async function judge(what: string, asked: LoadGenerator): Promise<void> {
      const run = await asked.openLoop(share * peak, runMs)
      const answered = countStatus(run, 200)
      const all = run.calls.length / 4
      console.log(`${protocol}, ${what}: ${answered} of ${all} answered, ${countStatus(run, 503)} shed, ${countStatus(run, 0)} lost`)
      if (answered !== all) shed.push(`${what}: ${JSON.stringify(run.statuses)}`)
    }
    console.log(`${protocol}: ${peak.toFixed(0)}/s at most`)
    for (let run = 1; run <= runs; run++) await judge(`warm ${run}`, callers)
    for (let run = 1; run <= runs; run++) {
      const cold = await startWatchedServer()
      await judge(`just started ${run}`, await openCallers(cold, protocol))
      process.kill(cold.pid)
    }
    expect(shed).toEqual([])
  })
})
