import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type PackedProject, packProject } from '../test-support/packed-project.fixture.ts'
import { vectorFiles } from '../test-support/vector-files.fixture.ts'

const vectorCount = [...vectorFiles.values()].flat().length
const chromium = '/usr/bin/chromium'
/** The Node of this run and those in the path, by version; older ones than 20 are none of ours. */
const nodes = new Map(
  [process.execPath, ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))]
    .filter((path) => existsSync(path))
    .map((path) => [execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(), path] as const)
    .filter(([version]) => Number(/\d+/.exec(version)?.[0]) >= 20),
)
let project: PackedProject

beforeAll(async () => {
  project = await packProject()
}, 60_000)
afterAll(() => project.remove())

function expectAllPassed(printed: string): void {
  expect(JSON.parse(printed)).toEqual({ event: 'unknown', passed: vectorCount, skipped: 0, failures: [] })
}

describe.each([...nodes])('the packed package on Node %s', (_version, node) => {
  test.each(['check.mjs', 'check.cjs'])('%s', async (program) => {
    expectAllPassed(await project.run(node, program))
  })
})

test.skipIf(!existsSync(chromium))(`the packed package as a module in ${chromium}, skipped where there is none`, { timeout: 60_000 }, async () => {
  const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript' }
  let tell: (text: string) => void
  const told = new Promise<string>((resolve) => (tell = resolve))
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      request.setEncoding('utf8').on('data', (text: string) => tell(text))
      response.end()
      return
    }
    const path = join(project.folder, new URL(request.url ?? '/', 'http://localhost').pathname)
    if (!existsSync(path)) response.writeHead(404).end()
    else response.setHeader('content-type', types[path.split('.').at(-1) ?? ''] ?? 'text/plain').end(readFileSync(path))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update']
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/check.html`
  // A group of its own: the browser's helpers end with it.
  const browser = spawn(chromium, [...flags, `--user-data-dir=${join(project.folder, 'browser')}`, url], { stdio: 'ignore', detached: true })
  onTestFinished(async () => {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL')
    await once(browser, 'close')
    server.closeAllConnections()
    server.close()
  })
  expectAllPassed(await told)
})

describe('the lines of the README, pasted into the empty project', () => {
  const blocks = [...readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(
    ([, code = '']) => code,
  )
  const env = { PATH: process.env.PATH, WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', PORT: '0' }
  const blockOf = (start: string): string => blocks.find((code) => code.startsWith(start)) ?? ''

  test('the first three print the prices', async () => {
    const given = `import { sign } from '@trinity/webhook-client'\nimport { body } from './body.mjs'\nprocess.env.WEBHOOK_SECRET = '${env.WEBHOOK_SECRET}'\nconst rawBody = body\nconst request = { headers: await sign(process.env.WEBHOOK_SECRET, rawBody) }\n`
    const [tried = ''] = blockOf('// try.mjs').split('\nconst post')
    project.write('body.mjs', `${tried.replace(/^import.*$/m, '')}\nexport { body }\n`)
    project.write('three-lines.mjs', given + blockOf('import { verify }'))
    expect(await project.run(process.execPath, 'three-lines.mjs')).toBe('BTC 83421.57 USD\n')
  })

  test('the receiver handles what is signed, once, and refuses what is forged', async () => {
    const port = await freePort()
    project.write('server.mjs', blockOf('// server.mjs'))
    project.write('try.mjs', blockOf('// try.mjs'))
    const server = spawn(process.execPath, ['server.mjs'], {
      cwd: project.folder,
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(async () => {
      if (server.kill()) await once(server, 'exit')
    })
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('listening')
    const client = spawn(process.execPath, ['try.mjs'], {
      cwd: project.folder,
      env: { ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const printed = (await client.stdout.toArray()).join('')
    expect(printed).toBe('signed 200\nagain 200 and handled no second time\nforged 400\n')
    expect((await lines.next()).value).toBe('BTC 83421.57 USD')
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
