import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hashKey } from '@trinity/core'
import { macKeyOf } from '@trinity/udp'
import { onTestFinished } from 'vitest'
import { createApiKey, createKeyId } from '../../src/access/api-key.ts'
import { type FiledKey, keyFileIn } from '../../src/access/key-file/key-file.ts'
import { readMasterKey } from '../../src/access/key-file/master-key.ts'
import { sealSecret } from '../../src/access/key-file/sealed-secret.ts'
import { replaceFile } from '../../src/access/key-file/whole-file.ts'
import { startChild } from './child.fixture.ts'
import type { LoadGenerator } from './generator.fixture.ts'
import type { LoadTarget } from './target.fixture.ts'
import { tempFolder } from '../temp-folder.fixture.ts'

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
  const settings = { TRINITY_DATA_DIR: dataDir, SERVE_WORKERS: '1', LOG_LEVEL: 'error' }
  const server = startBuilt(builtCommand(dataDir), settings)
  await pause(20_000)
  const pid = server.pid ?? 0
  const startedMb = residentMb(pid)
  const { hostname, port } = new URL(/answers at (http:\/\/\S+:\d+)/.exec(server.text)?.[1] ?? '')
  const udpPort = Number(/over UDP at \S+?:(\d+)/.exec(server.text)?.[1])
  const target: LoadTarget = { host: hostname, httpPort: Number(port), udpPort }
  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  const sent = await generator.ask.spoof(target, { sources, key: apiKey })
  generator.kill()
  await pause(2000)
  const spoofedMb = residentMb(pid)
  const metrics = await (await fetch(`${/Metrics: (\S+)\/metrics/.exec(server.text)?.[1] ?? ''}/metrics`)).text()
  const counter = (outcome: string): number => Number(new RegExp(`outcome="${outcome}"\\S* (\\d+)`).exec(metrics)?.[1])
  return { startedMb, spoofedMb, sent, received: counter('received'), noSession: counter('no_session') }
}

/** The command as it is installed, since from sources it also holds what strips their types, some 30 MB a thread. Builds it first. */
function builtCommand(folder: string): string {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const { status, stderr } = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The build failed: ${stderr}`)
  const command = join(folder, 'trinity.mjs')
  writeFileSync(command, `import { main } from '${new URL('../../dist/cli/main.js', import.meta.url).href}'\nawait main(process.argv)\n`)
  return command
}

function startBuilt(command: string, settings: Readonly<Record<string, string>>): { readonly pid: number | undefined; readonly text: string } {
  const ports = { TCP_PORT_LPO: '0', UDP_PORT_LPO: '0', ADMIN_PORT: '0' }
  const child = spawn(process.execPath, [command, 'start', '--simulate', '--seed', '7'], {
    env: { PATH: process.env.PATH, ...ports, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const started = { pid: child.pid, text: '' }
  child.stdout.on('data', (part: Buffer) => (started.text += part.toString()))
  return started
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
