import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'tsup'
import { vectorFiles } from './vector-files.fixture.ts'

const packageFolder = join(import.meta.dirname, '..')
const run = promisify(execFile)

/** A project of a stranger that has nothing but the packed package. */
export interface PackedProject {
  readonly folder: string
  /** Runs a program in it and gives what it printed. */
  run(command: string, ...args: readonly string[]): Promise<string>
  write(file: string, text: string): void
  remove(): void
}

/**
 * Builds and packs the package aside, so that no earlier build matters, and installs the tarball into an empty project with
 * the programs that try it: `check.mjs`, `check.cjs`.
 */
export async function packProject(): Promise<PackedProject> {
  const workplace = mkdtempSync(join(tmpdir(), 'trinity-webhook-client-'))
  const folder = join(workplace, 'project')
  const execute = async (cwd: string, command: string, args: readonly string[]): Promise<string> =>
    (await run(command, args, { cwd, env: strangersEnvironment(), maxBuffer: 1 << 24 })).stdout
  const project: PackedProject = {
    folder,
    run: (command, ...args) => execute(folder, command, args),
    write: (file, text) => writeFileSync(join(folder, file), text),
    remove: () => rmSync(workplace, { recursive: true, force: true }),
  }
  const source = await copyPackage(workplace)
  const [{ filename }] = JSON.parse(await execute(source, 'npm', ['pack', '--json', '--ignore-scripts'])) as [{ filename: string }]
  mkdirSync(folder)
  project.write('package.json', '{"private":true}')
  await project.run('npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', join(source, filename.replace('@', '').replace('/', '-')))
  writeChecks(project)
  return project
}

/** An `npm test` tells its children about this project; the empty one must not hear of it. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const ours = /^npm_(config_local_prefix|package_|lifecycle_)|^INIT_CWD$|^NODE_(OPTIONS|PATH)$|^VITEST|^TEST$|^NODE_ENV$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

async function copyPackage(workplace: string): Promise<string> {
  const folder = join(workplace, 'package')
  for (const part of ['package.json', 'README.md', 'src', 'vectors']) cpSync(join(packageFolder, part), join(folder, part), { recursive: true })
  await build({
    config: false,
    silent: true,
    entry: { index: join(packageFolder, 'src/index.ts') },
    outDir: join(folder, 'dist'),
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
  })
  return folder
}

/** All vectors and a signed round trip, with the package as the runtime itself finds it. */
function writeChecks(project: PackedProject): void {
  const runner = stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'run-vectors.fixture.ts'), 'utf8'))
  project.write('run-vectors.mjs', runner)
  project.write('vectors.mjs', `export const vectors = ${JSON.stringify([...vectorFiles.values()].flat())}\n`)
  const body = [
    `const { runVectors } = await import('./run-vectors.mjs')`,
    `const { vectors } = await import('./vectors.mjs')`,
    `const event = await library.verify(secret, await library.sign(secret, '{"a":"😀"}'), '{"a":"😀"}')`,
    `const result = { event: event.type, ...(await runVectors(library, vectors)) }`,
  ].join('\n')
  const secret = `const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'`
  const print = 'console.log(JSON.stringify(result))'
  project.write('check.mjs', `import * as library from '@trinity/webhook-client'\n${secret}\n${body}\n${print}\n`)
  project.write(
    'check.cjs',
    `const library = require('@trinity/webhook-client')\n${secret}\nasync function main() {\n${body}\n${print}\n}\nvoid main()\n`,
  )
  project.write('check.html', checkPage(`${secret}\n${body}`))
}

/** The page tells its server what came out. */
function checkPage(program: string): string {
  const imports = JSON.stringify({ imports: { '@trinity/webhook-client': './node_modules/@trinity/webhook-client/dist/index.js' } })
  return `<!doctype html>
<script type="importmap">${imports}</script>
<script type="module">
const tell = (text) => fetch('/', { method: 'POST', body: text })
try {
const library = await import('@trinity/webhook-client')
${program}
await tell(JSON.stringify(result))
} catch (error) {
await tell(JSON.stringify(String(error.stack)))
}
</script>
`
}
