import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { stressKey } from '../../src/access/memory-key-store.ts'
import type { LoadTarget } from '../load/target.fixture.ts'
import { trinityCommand } from '../run-trinity.fixture.ts'
import { tempFolder } from '../temp-folder.fixture.ts'

/** `trinity start --simulate` in a process of its own, seen from outside. */
export interface WatchedServer {
  readonly pid: number
  readonly url: string
  readonly target: LoadTarget
  /** A key without limits to speak of. */
  readonly key: string
  residentBytes(): number
  descriptors(): number
  /** The most CPU milliseconds that any thread took for one tick of its event loop since a moment, by thread. */
  worstTicks(since: number): ReadonlyMap<number, number>
  /** Heap and external bytes of all threads after each collection, with the time. */
  heaps(): readonly { readonly at: number; readonly threadId: number; readonly heapBytes: number }[]
  /** What `/exchanges` says of each venue, and how often each has connected. */
  feeds(): Promise<readonly string[]>
}

interface Noted {
  readonly at: number
  readonly threadId: number
  readonly worstMs?: number
  readonly heapBytes?: number
}

const watch = fileURLToPath(new URL('watch-threads.fixture.ts', import.meta.url))

/** @param fileLimit what `ulimit -n` is set to */
export async function startWatchedServer(
  settings: Readonly<Record<string, string>> = {},
  { fileLimit, args = [] }: { readonly fileLimit?: number; readonly args?: readonly string[] } = {},
): Promise<WatchedServer> {
  const folder = tempFolder()
  const notes = join(folder, 'threads.ndjson')
  const limit = fileLimit === undefined ? '' : `ulimit -n ${fileLimit}; `
  const flags = ['--conditions=@trinity/source', '--expose-gc', `--import=${watch}`]
  const child = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', process.execPath, ...flags, trinityCommand, 'start', '--simulate', ...args], {
    env: {
      PATH: process.env.PATH,
      TCP_PORT_LPO: '0',
      UDP_PORT_LPO: '0',
      ADMIN_PORT: '0',
      SERVE_WORKERS: '1',
      SEED_STRESS_KEY: '1',
      TRINITY_DATA_DIR: folder,
      WATCH_FILE: notes,
      ...settings,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const pid = child.pid ?? 0
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        text += part.toString()
        const found = /answers at (http:\/\/\S+:\d+)/.exec(text)?.[1]
        if (found !== undefined) resolve(found)
      })
    child.once('exit', () => reject(new Error(`The server ended: ${text}`)))
  })
  const { hostname, port } = new URL(url)
  const noted = (): readonly Noted[] =>
    readFileSync(notes, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Noted)
  return {
    pid,
    url,
    target: { host: hostname, httpPort: Number(port), udpPort: Number(/over UDP at \S+?:(\d+)/.exec(text)?.[1] ?? 0) },
    key: stressKey,
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    descriptors: () => readdirSync(`/proc/${pid}/fd`).length,
    worstTicks(since) {
      const worst = new Map<number, number>()
      for (const { at, threadId, worstMs = 0 } of noted()) if (at > since) worst.set(threadId, Math.max(worst.get(threadId) ?? 0, worstMs))
      return worst
    },
    heaps: () => noted().flatMap(({ at, threadId, heapBytes }) => (heapBytes === undefined ? [] : [{ at, threadId, heapBytes }])),
    async feeds() {
      const answer = await fetch(`${url}/exchanges`)
      const { exchanges } = (await answer.json()) as { readonly exchanges: readonly { readonly name: string; readonly state: string }[] }
      return exchanges.map(({ name, state }) => `${name} ${state}`)
    },
  }
}
