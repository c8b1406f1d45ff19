import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'tsup'

const execute = promisify(execFile)
const udpFolder = fileURLToPath(new URL('..', import.meta.url))
const dgramFolder = join(dirname(createRequire(import.meta.url).resolve('dgram-as-promised')), '..')

/** A project of a stranger that has nothing but the packed package and what it depends on. */
export interface PackedProject {
  /** Runs a program in it and gives what it printed. */
  run(command: string, ...args: readonly string[]): Promise<string>
  write(file: string, text: string): void
  remove(): void
}

/** Builds and packs aside, so that no earlier build matters, and installs the tarballs into an empty project, all without the registry. */
export async function packProject(): Promise<PackedProject> {
  const workplace = mkdtempSync(join(tmpdir(), 'trinity-udp-'))
  const folder = join(workplace, 'project')
  mkdirSync(folder)
  const run = async (cwd: string, command: string, args: readonly string[]): Promise<string> =>
    (await execute(command, args, { cwd, env: strangersEnvironment(), maxBuffer: 1 << 24 })).stdout
  const pack = async (source: string): Promise<string> => {
    const printed = await run(source, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', workplace])
    const [{ filename }] = JSON.parse(printed) as [{ filename: string }]
    return join(workplace, filename.replace('@', '').replace('/', '-'))
  }
  const project: PackedProject = {
    run: (command, ...args) => run(folder, command, args),
    write: (file, text) => writeFileSync(join(folder, file), text),
    remove: () => rmSync(workplace, { recursive: true, force: true }),
  }
  project.write('package.json', '{"private":true}')
  const tarballs: string[] = []
  for (const source of [await buildAside('webhook-client', workplace), await buildAside('udp', workplace), dgramFolder]) {
    tarballs.push(await pack(source))
  }
  await project.run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs)
  return project
}

/** An `npm test` tells its children about this project; the empty one must not hear of it. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const ours = /^npm_(config_local_prefix|package_|lifecycle_)|^INIT_CWD$|^NODE_(OPTIONS|PATH)$|^VITEST|^TEST$|^NODE_ENV$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

/** A copy of one of our packages with a build of its own. */
async function buildAside(name: 'udp' | 'webhook-client', workplace: string): Promise<string> {
  const source = join(udpFolder, '..', name)
  const folder = join(workplace, name)
  cpSync(source, folder, { recursive: true, filter: (path) => !/[\\/](node_modules|dist|test-support|size-\w+)$/.test(path) })
  await build({
    config: false,
    silent: true,
    entry: { index: join(source, 'src/index.ts') },
    outDir: join(folder, 'dist'),
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    skipNodeModulesBundle: true,
  })
  return folder
}
