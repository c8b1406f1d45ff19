/**
 * Compiles the native UDP transport of the gateway: `npm run build:native`. It is for Linux and needs a C compiler (`CC`, else
 * `cc`); without either nothing is built and the gateway uses node:dgram. Only a compiler that fails is an error.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { repositoryRoot } from './workspace.ts'

const folder = join(repositoryRoot, 'packages/gateway/native')
const source = join(folder, 'udp_batch.c')
const builtAddon = join(folder, 'build/udp_batch.node')

/** How a build went. */
export interface NativeBuild {
  readonly outcome: 'built' | 'current' | 'skipped' | 'failed'
  /** One line, or what the compiler printed. */
  readonly text: string
}

/** The headers of the pinned Node or of the one that runs: any with Node-API will do. */
function findHeaders(): string | undefined {
  const pinned = join(repositoryRoot, `node_modules/node-${process.platform}-${process.arch}/include/node`)
  const own = join(dirname(process.execPath), '../include/node')
  return [pinned, own].find((headers) => existsSync(join(headers, 'node_api.h')) && existsSync(join(headers, 'uv.h')))
}

function isCurrent(output: string): boolean {
  const made = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name))
  return [...sources.map((name) => join(folder, name)), import.meta.filename].every((file) => statSync(file).mtimeMs <= made)
}

/** Builds the addon unless it is newer than its source. `compiler` is a command; options may follow it. */
export function buildNative(compiler = process.env.CC ?? 'cc', output = builtAddon): NativeBuild {
  const notBuilt = 'the native UDP transport is not built, the gateway uses node:dgram.'
  if (process.platform !== 'linux') return { outcome: 'skipped', text: `Not Linux but ${process.platform}: ${notBuilt}` }
  const name = relative(repositoryRoot, output)
  if (isCurrent(output)) return { outcome: 'current', text: `${name} is up to date.` }
  const headers = findHeaders()
  if (headers === undefined) return { outcome: 'skipped', text: `No headers of Node found (npm ci brings them): ${notBuilt}` }
  const [command = 'cc', ...options] = compiler.split(' ')
  mkdirSync(dirname(output), { recursive: true })
  // A process may have the old one mapped, another one may be building too: the file is replaced whole.
  const fresh = `${output}.${process.pid}`
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-fPIC', '-fvisibility=hidden', '-shared', `-I${headers}`]
  const { status, error, stderr } = spawnSync(command, [...flags, ...options, '-o', fresh, source], { encoding: 'utf8' })
  if (error !== undefined) return { outcome: 'skipped', text: `No C compiler (${command}) found: ${notBuilt}` }
  if (status !== 0) {
    rmSync(fresh, { force: true })
    return { outcome: 'failed', text: stderr }
  }
  renameSync(fresh, output)
  return { outcome: 'built', text: `Built ${name}.${stderr === '' ? '' : `\n${stderr}`}` }
}

if (import.meta.main) {
  const { outcome, text } = buildNative()
  if (outcome === 'failed') {
    console.error(text)
    process.exitCode = 1
  } else {
    console.log(text)
  }
}
