/**
 * Looks at the packages as a stranger gets them: packs each one, checks the tarball with publint and attw, installs all
 * tarballs into an empty project, type-checks and imports every entry there, requires those made for it, and asks the packed
 * command for its help.
 *
 * `--node PATH` imports with another Node than the one that runs this script.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { type PackageManifest, type WorkspacePackage, readManifest, repositoryRoot, workspacePackages } from './workspace.ts'

interface Tarball {
  readonly manifest: PackageManifest
  readonly path: string
}

const { values: options } = parseArgs({ options: { node: { type: 'string', default: process.execPath } } })
const faults: string[] = []

/** Runs a command and returns what it printed; a failure is a fault of `subject` with the command's own words. */
function run(subject: string, command: string, args: readonly string[], folder: string): string | undefined {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: childEnvironment() })
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    faults.push(`${subject}: ${[message.split('\n')[0], stdout.trim(), stderr.trim()].filter((text) => text !== '').join('\n')}`)
    return undefined
  }
}

/** An `npm run` tells its children about this project; the empty project must not hear of it. */
function childEnvironment(): NodeJS.ProcessEnv {
  const ours = /^npm_(config_local_prefix|package_|lifecycle_)|^INIT_CWD$|^NODE_OPTIONS$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

function pack({ folder, manifest }: WorkspacePackage, into: string): Tarball[] {
  if (!existsSync(join(repositoryRoot, folder, 'dist'))) {
    faults.push(`${manifest.name}: not built, run npm run build first`)
    return []
  }
  const printed = run(manifest.name, 'npm', ['pack', '--json', '--pack-destination', into], join(repositoryRoot, folder))
  if (printed === undefined) return []
  const [packed] = JSON.parse(printed) as [{ filename: string; size: number; files: unknown[] }]
  console.log(`  ${manifest.name} ${manifest.version ?? ''}: ${packed.files.length} files, ${Math.ceil(packed.size / 1024)} kB`)
  return [{ manifest, path: join(into, packed.filename.replace('@', '').replace('/', '-')) }]
}

async function lint({ manifest, path }: Tarball): Promise<void> {
  const bytes = readFileSync(path)
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  for (const message of messages)
    if (message.type !== 'suggestion') faults.push(`${manifest.name}: publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
}

/** Whether it is also made for CommonJS. */
function isDual({ exports = {} }: PackageManifest): boolean {
  return typeof exports['.'] === 'object' && exports['.'] !== null && 'require' in exports['.']
}

function checkTypesOfTarball({ manifest, path }: Tarball): void {
  const attw = join(repositoryRoot, 'node_modules/.bin/attw')
  const profile = isDual(manifest) ? 'node16' : 'esm-only'
  run(
    `${manifest.name}: attw`,
    process.execPath,
    [attw, path, '--profile', profile, '--no-definitely-typed', '--no-emoji', '--no-color', '--format', 'ascii'],
    repositoryRoot,
  )
}

/** `@trinity/core`, `@trinity/core/testing`, …: what a user may import. */
function entriesOf({ name, exports = {} }: PackageManifest): string[] {
  return Object.keys(exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1))
}

/** Every tarball together in one project, since each wants the others at its own version. */
function installAll(tarballs: readonly Tarball[], project: string): boolean {
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'a-user-of-trinity', private: true, type: 'module' }))
  const nodeTypes = `@types/node@${readManifest('.').devDependencies?.['@types/node'] ?? 'latest'}`
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', nodeTypes, ...tarballs.map(({ path }) => path)]
  return run('npm install of the tarballs', 'npm', install, project) !== undefined
}

function importEntries(entries: readonly string[], project: string): void {
  for (const entry of entries) {
    const program = `const names = Object.keys(await import('${entry}')); if (names.length === 0) throw new Error('exports nothing'); console.log(names.length)`
    const printed = run(entry, options.node, ['--input-type=module', '--eval', program], project)
    if (printed !== undefined) console.log(`  import '${entry}': ${printed.trim()} names`)
  }
}

/** CommonJS gets the same names as a module does. */
function requireEntries(manifests: readonly PackageManifest[], project: string): void {
  for (const { name } of manifests.filter(isDual)) {
    const program = `import('${name}').then((module) => { const names = Object.keys(require('${name}')); if (names.sort().join() !== Object.keys(module).sort().join()) throw new Error('other names: ' + names); console.log(names.length) })`
    const printed = run(`require('${name}')`, options.node, ['--input-type=commonjs', '--eval', program], project)
    if (printed !== undefined) console.log(`  require('${name}'): ${printed.trim()} names`)
  }
}

/** The declarations must hold in a strict project that has nothing but the packages and the types of Node. */
function typeCheckEntries(entries: readonly string[], project: string): void {
  writeFileSync(join(project, 'consumer.ts'), entries.map((entry, index) => `export * as entry${index} from '${entry}'\n`).join(''))
  const compilerOptions = { strict: true, module: 'nodenext', target: 'es2024', lib: ['es2024'], types: ['node'], noEmit: true, skipLibCheck: false }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
  run('type check of a consumer', join(repositoryRoot, 'node_modules/.bin/tsc'), ['--project', project], project)
}

function askCommandsForHelp(manifests: readonly PackageManifest[], project: string): void {
  for (const { name, bin = {} } of manifests) {
    for (const [command, file] of Object.entries(bin)) {
      const printed = run(`${command} --help`, options.node, [join(project, 'node_modules', name, file), '--help'], project)
      if (printed === undefined) continue
      if (/usage/i.test(printed)) console.log(`  ${command} --help: ${printed.split('\n').length} lines`)
      else faults.push(`${command} --help: printed no usage:\n${printed}`)
    }
  }
}

const workplace = mkdtempSync(join(tmpdir(), 'trinity-packages-'))
try {
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true)
  console.log(`Packing ${published.length} packages`)
  const tarballs = published.flatMap((each) => pack(each, workplace))
  for (const tarball of tarballs) {
    await lint(tarball)
    checkTypesOfTarball(tarball)
  }
  const manifests = tarballs.map(({ manifest }) => manifest)
  const entries = manifests.flatMap(entriesOf)
  const nodeVersion = run('node', options.node, ['--version'], workplace)?.trim()
  console.log(`Installing them into an empty project, Node ${nodeVersion}`)
  if (tarballs.length === published.length && installAll(tarballs, workplace)) {
    typeCheckEntries(entries, workplace)
    importEntries(entries, workplace)
    requireEntries(manifests, workplace)
    askCommandsForHelp(manifests, workplace)
  }
} finally {
  rmSync(workplace, { recursive: true, force: true })
}
for (const fault of faults) console.error(`\nFAULT ${fault}`)
console.log(faults.length === 0 ? 'The packages are in order.' : `\n${faults.length} faults.`)
process.exitCode = faults.length === 0 ? 0 : 1
