import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { UdpTransport } from '../transport.ts'
import type { StormReport } from './worker-storm.fixture.ts'

/** Runs a storm of workers; throws, with the seed and what was printed, when the process did not survive it. */
export async function runStorm(kind: UdpTransport['kind'], workers: number, seed: number): Promise<StormReport> {
  const args = ['--conditions=@trinity/source', join(import.meta.dirname, 'worker-storm.fixture.ts'), kind, String(workers), String(seed)]
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`storm of seed ${seed} ended with ${signal ?? status}: ${stderr}`)
  return JSON.parse(stdout) as StormReport
}
