import { setTimeout as pause } from 'node:timers/promises'
import { stressKey } from '../../src/access/memory-key-store.ts'
import { startChild } from '../load/child.fixture.ts'
import type { LoadGenerator } from '../load/generator.fixture.ts'
import { countStatus } from '../load/statistics.fixture.ts'
import { tempFolder } from '../temp-folder.fixture.ts'
import { type BuiltServer, buildPackages, startBuiltServer } from './built-server.fixture.ts'
import type { Exchanges } from './exchanges.fixture.ts'
import { fileKeys } from './key-file.fixture.ts'

/** What a server is given to hold. */
export interface MemoryPlan {
  readonly keys: number
  /** Symbols that each venue lists beside those served. */
  readonly otherSymbols: number
  /** Forged senders. */
  readonly sources: number
  /** How long 32 callers ask over HTTP and 32 over UDP as fast as they get answers. */
  readonly loadMs: number
}

/** Resident memory of the server process alone, bytes. */
export interface MemoryReport {
  /** Half a minute after the start. */
  readonly startedBytes: number
  /** Listings that had a price then. */
  readonly listings: number
  readonly spoofedBytes: number
  /** What the forged senders sent, and what the server did with it: counters of its UDP port. */
  readonly sent: number
  readonly received: number
  readonly noSession: number
  /** The most while callers asked, and after that. */
  readonly loadedBytes: number
  readonly afterBytes: number
  /** Prices that they got. */
  readonly served: number
}

/**
 * Starts the built server, with one serving worker and everything that it follows, beside simulated exchanges; sends it a datagram from
 * each of many addresses, and then puts it under load.
 */
export async function measureMemory({ keys, otherSymbols, sources, loadMs }: MemoryPlan): Promise<MemoryReport> {
  buildPackages()
  const dataDir = tempFolder()
  const key = await fileKeys(dataDir, keys)
  const exchanges = startChild<Exchanges>('../memory/exchanges.fixture.ts')
  const settings = { TRINITY_DATA_DIR: dataDir, SERVE_WORKERS: '1', LOG_LEVEL: 'error', SEED_STRESS_KEY: '1' }
  const server = await startBuiltServer(dataDir, await exchanges.ask.open({ seed: 7, otherSymbols }), settings)
  await pause(30_000)
  const startedBytes = server.residentBytes()
  const listings = (await server.metrics()).match(/^trinity_price_age_seconds\{/gm)?.length ?? 0

  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  const sent = await generator.ask.spoof(server.target, { sources, key })
  await pause(2000)
  const spoofedBytes = server.residentBytes()
  const metrics = await server.metrics()
  const counter = (name: string): number => Number(new RegExp(`^trinity_udp_${name}\\S* (\\d+)`, 'm').exec(metrics)?.[1])

  const group = { callers: 32, key: stressKey, patienceMs: 3000 }
  await generator.ask.open(server.target, [
    { ...group, protocol: 'http' },
    { ...group, protocol: 'udp' },
  ])
  const [run, loadedBytes] = await watchPeak(server, generator.ask.closedLoop(loadMs, { keep: [] }))
  generator.kill()
  await pause(10_000)
  const afterBytes = server.residentBytes()
  const served = countStatus(run, 200)
  return {
    startedBytes,
    listings,
    spoofedBytes,
    sent,
    received: counter('received_total'),
    noSession: counter('datagrams_total{outcome="no_session"'),
    loadedBytes,
    afterBytes,
    served,
  }
}

/** What a task comes to, and the most memory that the server had until then. */
async function watchPeak<Result>(server: BuiltServer, task: Promise<Result>): Promise<[Result, number]> {
  let peak = 0
  const look = (): void => void (peak = Math.max(peak, server.residentBytes()))
  const timer = setInterval(look, 100)
  try {
    return [await task, peak]
  } finally {
    clearInterval(timer)
  }
}
