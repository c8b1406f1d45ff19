import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { LoadTarget } from '../load/target.fixture.ts'
import type { VenueAddress } from './exchanges.fixture.ts'

/** A server as it is installed, in a process of its own. */
export interface BuiltServer {
  readonly target: LoadTarget
  /** Resident memory of the process, bytes. */
  residentBytes(): number
  /** The metrics in the Prometheus text format. */
  metrics(): Promise<string>
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** Builds the packages: from sources a process also holds what strips their types, some 30 MB a thread. */
export function buildPackages(): void {
  const { status, stderr } = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The build failed: ${stderr}`)
}

/**
 * Runs the built `trinity start` with its six connectors, which find the venues at other addresses; nothing else is changed.
 * @param folder for what the start needs
 */
export async function startBuiltServer(
  folder: string,
  venues: readonly VenueAddress[],
  settings: Readonly<Record<string, string>>,
): Promise<BuiltServer> {
  const authorities = join(folder, 'authorities.pem')
  writeFileSync(authorities, venues.map(({ certificate }) => certificate).join('\n'))
  const command = join(folder, 'trinity.mjs')
  writeFileSync(command, commandText(venues))
  const ports = { TCP_PORT_LPO: '0', UDP_PORT_LPO: '0', ADMIN_PORT: '0' }
  const child = spawn(process.execPath, [command, 'start'], {
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: authorities, ...ports, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const adminUrl = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString()
      const [, url] = /Metrics: (\S+)\/metrics/.exec(text) ?? []
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code ?? ''}.\n${text}`)))
  })
  const { hostname, port } = new URL(/answers at (http:\/\/\S+:\d+)/.exec(text)?.[1] ?? '')
  return {
    target: { host: hostname, httpPort: Number(port), udpPort: Number(/over UDP at \S+?:(\d+)/.exec(text)?.[1]) },
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1]) * 1024,
    metrics: async () => (await fetch(`${adminUrl}/metrics`)).text(),
  }
}

/** As bin/trinity.js runs the build, and before that the addresses. */
function commandText(venues: readonly VenueAddress[]): string {
  const main = new URL('../../dist/cli/main.js', import.meta.url)
  const modules = Object.fromEntries(venues.map((venue) => [`@trinity/connector-${venue.name}`, connectorText(venue)]))
  return `
import { registerHooks } from 'node:module'
const modules = ${JSON.stringify(modules)}
registerHooks({
  resolve(specifier, context, next) {
    if (modules[specifier] === undefined) return next(specifier, context)
    const real = next(specifier, context).url
    return { url: 'data:text/javascript,' + encodeURIComponent(modules[specifier].replace('REAL', real)), format: 'module', shortCircuit: true }
  },
})
const { main } = await import('${main.href}')
await main(process.argv)
`
}

function connectorText({ name, wsUrl, restOrigin }: VenueAddress): string {
  return `
import { ${name} as real } from 'REAL'
const there = ({ url, ...rest }) => ({ ...rest, url: url.replace(/^https:\\/\\/[^/]+/, '${restOrigin}') })
const { list } = real.rest
const rest = { ...real.rest, request: (symbols) => real.rest.request(symbols).map(there) }
export const ${name} = { ...real, urls: ['${wsUrl}'], rest: list === undefined ? rest : { ...rest, list: { ...list, request: () => there(list.request()) } } }
`
}
