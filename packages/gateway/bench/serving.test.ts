import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Load, measureServer } from './serving/load.ts'
import { benchKey, benchPrices, pricesText } from './serving/bench-board.ts'
import { buildPrograms } from './serving/native-programs.ts'
import type { ServerCommand } from './serving/server-process.ts'

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
    execFile(process.execPath, command, (error, stdout, stderr) => done({ exitCode: error === null ? 0 : error.code, stdout, stderr }))
  })
}

const ratioNames = {
  udp: ['native_vs_c', 'native_vs_c_64', 'native_vs_dgram', 'native_vs_bare_512', 'dgram_vs_bare'],
  http: ['price_vs_node_http'],
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
  })
})

describe.skipIf(unbuilt !== undefined)('a run is void', () => {
  const gateway = (door: string): ServerCommand => ({ start: new URL('serving/gateway-server.ts', import.meta.url), args: [door] })
  const echo: ServerCommand = { start: new URL('udp/bare-dgram.ts', import.meta.url), args: [] }
  const times = { 'warm-ms': 10, ms: 50 }
  const udp = (options: Load['options']): Load => ({ program: 'load_udp', options: { prices, outstanding: 64, ...times, ...options } })

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

  test('when an HTTP answer is not the one expected', async () => {
    const ask = (path: string, expect: string): Load => ({ program: 'load_http', options: { path, expect, key: benchKey, ...times } })
    const price = `"price_text":"${benchPrices.get('BTC') ?? ''}"`
    expect(await measureServer(gateway('http'), [ask('/price?asset=eth', price)])).toMatchObject({ wrong: expect.stringContaining('expected text') })
    expect(await measureServer(gateway('http'), [ask('/nothing', price)])).toMatchObject({ wrong: expect.stringContaining('other than 200') })
  })
})
