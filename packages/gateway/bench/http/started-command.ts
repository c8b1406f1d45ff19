import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TrinityError } from '@trinity/core'
import { stressKey } from '../../src/access/memory-key-store.ts'
import { type ServerProcess, spawnServer } from '../serving/server-process.ts'
import { answeredIn } from './answered-requests.ts'
import { awaitPrice } from './await-price.ts'
import { arePackagesBuilt } from './built-packages.ts'

/** What `trinity start` is run from: the packages as they are installed, or the sources as in a clone. */
export type CommandOrigin = 'build' | 'sources'

export function commandOrigin(): CommandOrigin {
  return arePackagesBuilt() ? 'build' : 'sources'
}

/** How long a started server may take for its first price, and for the next one. */
const patienceMs = 20_000

/**
 * Starts `trinity start --simulate` as a user does, with nothing set but free ports, a data directory of its own, the key for load tests
 * and the number of serving threads. It is ready when it answers the path with a price; when it is stopped, that must have moved.
 */
export async function startCommand(origin: CommandOrigin, workers: number, path: string): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'))
  const ports = { TCP_PORT_LPO: '0', UDP_PORT_LPO: '0', ADMIN_PORT: '0' }
  const settings = { ...ports, SEED_STRESS_KEY: '1', SERVE_WORKERS: String(workers), TRINITY_DATA_DIR: folder }
  // The same markets in every round.
  const child = spawnServer(process.execPath, [scriptOf(origin, folder), 'start', '--simulate', '--seed', '7'], {
    PATH: process.env.PATH,
    ...settings,
  })
  child.stdin.end()
  const exit = new Promise((resolve) => child.once('exit', resolve))
  void exit.then(() => rmSync(folder, { recursive: true, force: true }))
  try {
    const { lpoUrl, adminUrl } = await readWelcome(child.stdout)
    const wait = { url: `${lpoUrl}${path}`, key: stressKey, patienceMs }
    const known = await awaitPrice(wait)
    return {
      pid: child.pid ?? 0,
      port: Number(new URL(lpoUrl).port),
      async stop() {
        try {
          await awaitPrice({ ...wait, known })
          return answeredIn(await (await fetch(`${adminUrl}/metrics`)).text())
        } finally {
          child.kill('SIGTERM')
          await exit
        }
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** A clone's own command runs its sources; the build is run as the command does where there are none. */
function scriptOf(origin: CommandOrigin, folder: string): string {
  if (origin === 'sources') return fileURLToPath(new URL('../../bin/trinity.js', import.meta.url))
  const main = new URL('../../dist/cli/main.js', import.meta.url).href
  const script = join(folder, 'trinity.mjs')
  writeFileSync(script, `const { main } = await import('${main}')\nawait main(process.argv)\n`)
  return script
}

/** Reads on to the end, so that the server never waits for a reader. */
async function readWelcome(stdout: NodeJS.ReadableStream): Promise<{ readonly lpoUrl: string; readonly adminUrl: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ lpoUrl: string; adminUrl: string }>()
  let lpoUrl = ''
  const lines = createInterface({ input: stdout })
  lines.on('line', (line) => {
    lpoUrl = / answers at (\S+) /.exec(line)?.[1] ?? lpoUrl
    const [, adminUrl] = /Metrics: (\S+)\/metrics$/.exec(line) ?? []
    if (adminUrl !== undefined) resolve({ lpoUrl, adminUrl })
  })
  lines.once('close', () => reject(new TrinityError('TRN_INTERNAL', 'trinity start ended before it listened.')))
  return promise
}
