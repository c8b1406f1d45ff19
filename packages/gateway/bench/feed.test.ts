import { benches } from './benches.ts'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kraken } from '@trinity/connector-kraken'
import type { Connector } from '@trinity/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultConnectors, findConnector } from '../src/connectors.ts'
import { runMatches } from './feed/feed-bench.ts'
import { type Venue, frameShapes } from './feed/frame-shapes.ts'
import { prepareMatch } from './feed/venue-match.ts'

const venues = Object.keys(frameShapes) as Venue[]
const once = { rounds: 1, sliceMs: 0, warmUpMs: 0 }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

interface Run {
  readonly exitCode: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

function bench(...args: string[]): Promise<Run> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const command = ['--conditions=@trinity/source', main, ...args, '--out', folder]
  return new Promise((done) => {
    execFile(process.execPath, command, (error, stdout, stderr) => done({ exitCode: error === null ? 0 : error.code, stdout, stderr }))
  })
}

describe('npm run bench -- feed', () => {
  test('runs, finds every decoder right and writes its result', async () => {
    const { exitCode, stdout, stderr } = await bench('feed', '--quick', '--rounds', '2', '--json')
    expect(exitCode, stderr).toBe(0)
    const result = JSON.parse(stdout)
    expect(JSON.parse(await readFile(join(folder, 'feed.json'), 'utf8'))).toEqual(result)
    expect(result).toMatchObject({ name: 'feed', rounds: 2, quick: true, machine: { node: process.version } })
    expect(Math.abs(Date.now() - result.at)).toBeLessThan(60_000)
    for (const name of ['decode_vs_ccxt', 'decode_vs_json_parse']) expect(result.ratios[name]).toBeGreaterThan(0)
    expect(result.rows.map((row: { venue: string }) => row.venue)).toEqual(venues)
    for (const row of result.rows) {
      const { trinity, json_parse: parse, ccxt } = row.frames_per_cpu_second
      for (const spread of [trinity, parse, ccxt]) expect(spread.rounds).toHaveLength(2)
      expect(row.decode_vs_ccxt).toBeCloseTo(trinity.median / ccxt.median, 1)
      expect(row.decode_vs_json_parse).toBeCloseTo(trinity.median / parse.median, 1)
    }
  })

  test('prints a plain table when piped, the worst venue beside the mean', async () => {
    const { stdout } = await bench('feed', '--quick', '--rounds', '1')
    expect(stdout).not.toContain('\u001b')
    for (const venue of venues) expect(stdout).toMatch(new RegExp(`^${venue} +\\d+ +\\d+ \\[\\d+–\\d+\\]`, 'm'))
    expect(stdout).toMatch(/^decode_vs_ccxt [\d.]+ \(geometric mean; worst [\d.]+, \w+\); goal 5: (met|missed)$/m)
    expect(stdout).toMatch(/^decode_vs_json_parse [\d.]+ \(geometric mean; worst [\d.]+, \w+\); goal 0.7: (met|missed)$/m)
  })

  test('refuses an unknown name in one line', async () => {
    const { exitCode, stdout, stderr } = await bench('feet')
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toBe(`There is no bench 'feet'; there are: ${Object.keys(benches).join(', ')}.\n`)
  })
})

describe('the feed bench is void', () => {
  const broken = (decode: Connector['decode']): unknown => runMatches([prepareMatch('kraken', { ...kraken, decode }, 50)], once)

  test('when a price is another text of the same number', () => {
    const result = broken((frame) =>
      kraken.decode(frame).map((event) => (event.kind === 'tick' ? { ...event, price: String(Number(event.price)) } : event)),
    )
    expect(result).toMatchObject({ wrong: expect.stringMatching(/^trinity reads .* from the kraken frame /) })
  })

  test('when a trade is missing', () => {
    expect(broken((frame) => kraken.decode(frame).slice(1))).toHaveProperty('wrong')
  })

  test('when a decoder turns wrong during the rounds', () => {
    let frames = 0
    expect(broken((frame) => (++frames > 60 ? [] : kraken.decode(frame)))).toHaveProperty('wrong')
  })
})

describe('the frames of the bench', () => {
  test.each(venues)('%s: thousands of distinct ones, each price in them digit for digit', (venue) => {
    const { frames } = prepareMatch(venue, findConnector(venue), 2000)
    expect(new Set(frames.map(({ text }) => text)).size).toBe(2000)
    for (const { text, trades } of frames) for (const { price } of trades) expect(text).toMatch(new RegExp(`[":]${price}[",]`))
    expect(new Set(frames.flatMap(({ trades }) => trades.map(({ price }) => price))).size).toBeGreaterThan(1000)
  })

  test('there are some for every venue of the product', () => {
    expect(venues.toSorted()).toEqual(defaultConnectors.map(({ name }) => name).toSorted())
  })
})
