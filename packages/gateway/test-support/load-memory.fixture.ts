import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { hashKey } from '@trinity/core'
import { macKeyOf } from '@trinity/udp'
import { createApiKey, createKeyId } from '../src/access/api-key.ts'
import { type FiledKey, keyFileIn } from '../src/access/key-file/key-file.ts'
import { readMasterKey } from '../src/access/key-file/master-key.ts'
import { sealSecret } from '../src/access/key-file/sealed-secret.ts'
import { replaceFile } from '../src/access/key-file/whole-file.ts'
import { startChild } from './load-child.fixture.ts'
import type { LoadGenerator, LoadTarget } from './load-generator.fixture.ts'
import { startTrinity } from './run-trinity.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

/** Resident memory of a server process, MiB. */
export interface MemoryReport {
  readonly startedMb: number
  /** After as many forged senders, and how many datagrams they sent. */
  readonly spoofedMb: number
  readonly sent: number
  /** What the server did with them: counters of its UDP port. */
  readonly received: number
  readonly noSession: number
}

/** Starts the server on simulated exchanges with one serving worker and so many keys, and sends it a datagram from each of many addresses. */
export async function measureMemory({ keys, sources }: { keys: number; sources: number }): Promise<MemoryReport> {
  const dataDir = tempFolder()
  const apiKey = await fileKeys(dataDir, keys)
  const server = startTrinity(['start', '--simulate', '--seed', '7'], { TRINITY_DATA_DIR: dataDir, SERVE_WORKERS: '1', LOG_LEVEL: 'error' })
  const { hostname, port } = new URL(await server.address())
  await pause(20_000)
  const pid = server.child.pid ?? 0
  const startedMb = residentMb(pid)
  const udpPort = Number(/over UDP at \S+?:(\d+)/.exec(server.stdout)?.[1])
  const target: LoadTarget = { host: hostname, httpPort: Number(port), udpPort }
  const generator = startChild<LoadGenerator>('load-generator.fixture.ts')
  const sent = await generator.ask.spoof(target, { sources, key: apiKey })
  generator.kill()
  await pause(2000)
  const spoofedMb = residentMb(pid)
  const metrics = await (await fetch(`${/Metrics: (\S+)\/metrics/.exec(server.stdout)?.[1] ?? ''}/metrics`)).text()
  const counter = (outcome: string): number => Number(new RegExp(`outcome="${outcome}"\\S* (\\d+)`).exec(metrics)?.[1])
  return { startedMb, spoofedMb, sent, received: counter('received'), noSession: counter('no_session') }
}

/** As `trinity keys create` files them, all at once; gives back one of the keys. */
async function fileKeys(dataDir: string, count: number): Promise<string> {
  const master = await readMasterKey(dataDir)
  let key = ''
  const keys = Array.from({ length: count }, (_, i): FiledKey => {
    key = createApiKey()
    const id = createKeyId()
    const udp_secret = sealSecret(master, id, macKeyOf(key))
    return { id, name: `customer ${i}`, tier: 'pro', sha256: hashKey(key), udp_secret, created_at: new Date().toISOString(), revoked_at: null }
  })
  await replaceFile(keyFileIn(dataDir), `${JSON.stringify({ version: 1, keys }, null, 1)}\n`)
  return key
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
