import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpRow, originText } from './http/http-report.ts'
import { commandOrigin } from './http/started-command.ts'
import { type Load, type LoadFigures, measureServer, ratePerCpuSecond } from './serving/load.ts'
import { benchKey, pricesText } from './serving/bench-board.ts'
import { buildPrograms } from './serving/native-programs.ts'
import { compileCache, startServer } from './serving/server-process.ts'

const unbuilt = buildPrograms(['load_udp', 'load_http', 'reference_udp'])?.wrong
let folder: string
let prices: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-'))
  prices = join(folder, 'prices')
  await writeFile(prices, pricesText())
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

interface Run {
  readonly exitCode: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

function bench(args: readonly string[]): Promise<Run> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const command = ['--conditions=@trinity/source', main, ...args, '--out', folder]
  return new Promise((done) => {
    const env = { NODE_COMPILE_CACHE: compileCache, ...process.env }
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => done({ exitCode: error === null ? 0 : error.code, stdout, stderr }))
  })
}

const ratioNames = {
  udp: ['native_vs_c', 'native_vs_c_64', 'native_vs_dgram', 'native_vs_bare_512', 'dgram_vs_bare'],
  // The contract's order; the page shows what a user starts first.
  http: ['price_vs_node_http', 'start_vs_node_http', 'start_1_vs_node_http'],
} as const

describe.skipIf(unbuilt !== undefined)('npm run bench', () => {
  test.each(['udp', 'http'] as const)('%s runs, finds every answer right and writes its result', { timeout: 120_000 }, async (name) => {
    const { exitCode, stdout, stderr } = await bench([name, '--quick', '--rounds', '1', '--json', '--page', folder])
    expect(exitCode, stderr).toBe(0)
    const result = JSON.parse(stdout)
    expect(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'))).toEqual(result)
    expect(Object.keys(result.ratios)).toEqual(expect.arrayContaining([...ratioNames[name]]))
    for (const row of result.rows) expect(row.correct, row.server).toBeGreaterThan(0)
    const page = await readFile(join(folder, 'benchmarks.md'), 'utf8')
    for (const ratio of ratioNames[name]) expect(page).toContain(`| \`${ratio}\` | ${result.ratios[ratio]} |`)
    expect(await readFile(join(folder, 'benchmarks.svg'), 'utf8')).toContain('>gateway')
    if (name === 'http') judgeStarted(result, page)
  })

  function judgeStarted({ ratios, rows }: { readonly ratios: object; readonly rows: readonly HttpRow[] }, page: string): void {
    expect(Object.keys(ratios)).toEqual(ratioNames.http)
    expect(rows.map(({ server, load }) => `${server} ${load}`).slice(0, 2)).toEqual(['start closed', 'start_1 closed'])
    for (const { server, idle_cpu_share: idle, origin } of rows) {
      const isStarted = server.startsWith('start')
      expect(origin, server).toBe(isStarted ? commandOrigin() : undefined)
      // Six simulated exchanges and their feeds work for themselves.
      if (isStarted) expect(idle, server).toBeGreaterThan(0.001)
      else expect(idle, server).toBe(0)
    }
    expect(page.match(/(?<=^\| `)\w+/gm)?.slice(0, 3)).toEqual(['start_vs_node_http', 'start_1_vs_node_http', 'price_vs_node_http'])
    expect(page).toContain(`trinity start from ${originText(commandOrigin())}`)
  }
})

const http = (options: Load['options']): Load => ({ program: 'load_http', options: { path: '/', key: benchKey, 'warm-ms': 10, ms: 50, ...options } })
const bareHttp = (body: string) => () => {
  const fields = ['content-length', String(body.length)]
  return startServer({ start: new URL('http/bare-http.ts', import.meta.url), args: [], input: JSON.stringify({ fields, body }) })
}

// At once: most of their time they wait for servers that start, or for an answer that never comes.
describe.skipIf(unbuilt !== undefined).concurrent('a run is void', () => {
  const gateway = (door: string) => () => startServer({ start: new URL('serving/gateway-server.ts', import.meta.url), args: [door] })
  const echo = () => startServer({ start: new URL('udp/bare-dgram.ts', import.meta.url), args: [] })
  const udp = (options: Load['options']): Load => ({ program: 'load_udp', options: { prices, outstanding: 64, 'warm-ms': 10, ms: 50, ...options } })

  test('when an answer has no price, or another one', async () => {
    expect(await measureServer(echo, [udp({})])).toMatchObject({ wrong: expect.stringContaining('not one fresh price') })
    const wrongPrices = join(folder, 'wrong-prices')
    await writeFile(wrongPrices, pricesText().replaceAll('.', ','))
    expect(await measureServer(gateway('dgram'), [udp({ prices: wrongPrices, key: benchKey })])).toMatchObject({
      wrong: expect.stringContaining('wrong price'),
    })
  })

  test('when the server refuses to open a session', async () => {
    await expect(measureServer(gateway('dgram'), [udp({ key: 'wrong' })])).rejects.toThrow('no session on socket 0')
  })

  test('when an HTTP answer has another status than 200, or another body', async () => {
    expect(await measureServer(gateway('http'), [http({ path: '/nothing', expect: '' })])).toMatchObject({
      wrong: expect.stringContaining('other than 200'),
    })
    expect(await measureServer(bareHttp('{"price_text":"65000.1"}'), [http({ expect: '"price_text":"65000.10"' })])).toMatchObject({
      wrong: expect.stringContaining('expected text'),
    })
  })

  test.each(['{"asset":"BTC"}', '{"price_text":"0.00"}', '{"price_text":"1e3"}'])('when prices move and one is none: %s', async (body) => {
    const load = http({ expect: '{', 'price-after': '"price_text":"', ms: 20 })
    expect(await measureServer(bareHttp(body), [load])).toMatchObject({ wrong: expect.stringContaining('without a price') })
  })
})

describe.skipIf(unbuilt !== undefined).concurrent('what a server uses without callers', () => {
  const load = http({ expect: '"', 'price-after': '"price_text":"', 'idle-ms': 400, ms: 100 })
  const figuresOf = async (start: Parameters<typeof measureServer>[0]): Promise<LoadFigures> => {
    const [figures] = (await measureServer(start, [load])) as readonly [LoadFigures]
    return figures
  }

  test('is measured while nobody asks', async () => {
    const busy = new URL('http/busy-http.fixture.ts', import.meta.url)
    const { idle_cpu_share: share } = await figuresOf(() => startServer({ start: busy, args: [] }))
    const { idle_cpu_share: bareShare } = await figuresOf(bareHttp('{"price_text":"65000.10"}'))
    expect(share).toBeGreaterThan(0.05)
    expect(bareShare).toBeLessThan(share / 2)
  })

  test('is taken off its rate', () => {
    const figures = { correct: 9000, seconds: 2, server_cpu_seconds: 1, idle_cpu_share: 0.05 }
    expect(ratePerCpuSecond(figures)).toBe(10_000)
    expect(ratePerCpuSecond({ ...figures, idle_cpu_share: 0 })).toBe(9000)
  })
})
