import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PackedProject, packProject } from '../test-support/packed-project.fixture.ts'
import { edgeProgram, workerdProgram } from '../test-support/runtime-programs.fixture.ts'
import { vectorFiles } from '../test-support/vector-files.fixture.ts'

const vectorCount = [...vectorFiles.values()].flat().length
const run = promisify(execFile)
let project: PackedProject

beforeAll(async () => {
  project = await packProject()
})
afterAll(() => project.remove())

/** Installs a runtime from the registry into a folder of its own. */
async function install(name: string, version: string): Promise<string> {
  const folder = join(project.folder, '..', `${name}-${version}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  await project.run('npm', '--prefix', folder, 'install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`)
  return folder
}

function expectAllPassed(runtime: string, printed: string, skipped = 0): void {
  expect(JSON.parse(printed), runtime).toEqual({ event: 'unknown', passed: vectorCount - skipped, skipped, failures: [] })
  console.log(`${runtime}: ${vectorCount - skipped} vectors passed, ${skipped} skipped`)
}

test.each(['20', '22', '24', '26'])('Node %s', async (version) => {
  const node = join(await install(`node-${process.platform}-${process.arch}`, version), 'node_modules/.bin/node')
  for (const program of ['check.mjs', 'check.cjs']) {
    expectAllPassed(`Node ${(await project.run(node, '--version')).trim()}, ${program}`, await project.run(node, program))
  }
})

test('Bun', async () => {
  const bun = join(await install('bun', '1'), 'node_modules/.bin/bun')
  for (const program of ['check.mjs', 'check.cjs']) {
    expectAllPassed(`Bun ${(await project.run(bun, '--version')).trim()}, ${program}`, await project.run(bun, program))
  }
})

test('Deno', async () => {
  const deno = join(await install('deno', '2'), 'node_modules/.bin/deno')
  const printed = await project.run(deno, 'run', '--no-prompt', '--allow-read', '--node-modules-dir=manual', 'check.mjs')
  expectAllPassed((await project.run(deno, '--version')).split('\n')[0] ?? 'Deno', printed)
})

test.each([
  ['workerd', 'miniflare', '4', workerdProgram, 0],
  // Its WebCrypto can't be taken away.
  ['the edge runtime of Vercel', 'edge-runtime', '4', edgeProgram, 1],
])('%s', async (runtime, name, version, program, skipped) => {
  const folder = await install(name, version)
  writeFileSync(join(folder, 'run.mjs'), program)
  const { stdout } = await run(process.execPath, ['run.mjs', project.folder], { cwd: folder })
  expectAllPassed(runtime, stdout, skipped)
})
