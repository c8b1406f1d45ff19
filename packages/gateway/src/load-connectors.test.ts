import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runTrinity } from '../test-support/run-trinity.fixture.ts'
import { tempFolder, writeRecording } from '../test-support/temp-folder.fixture.ts'

/** A module whose venue says `{"s","p","t"}` a trade; `decoder` is how it reads a frame. */
const moduleText = (name: string, { head = '', decoder = '(frame) => JSON.parse(frame)', more = '', apiVersion = 2 } = {}): string => `${head}
const read = ${decoder}
export const ${name} = {
  apiVersion: ${apiVersion}, name: '${name}', title: 'Venue', wireId: 200, sourceTag: '${name}-ws', urls: ['wss://${name}.test'], quotes: ['USD'],
  limits: { connects: { count: 1, perMs: 1000 }, frames: { count: 1, perMs: 1000 }, symbolsPerConnection: 10, symbolsPerFrame: 10 },
  heartbeat: { silenceMs: 5000 }, backfill: 'none',
  toSymbol: ({ base, quote }) => base + '_' + quote, subscribe: () => [], unsubscribe: () => [],
  decode: (frame) => { const { s, p, t } = read(frame); return [{ kind: 'tick', symbol: s, price: p, at: t, backfill: false }] },
}
${more}`

function write(folder: string, file: string, text: string): string {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const input = '{"s":"NEWCOIN_USD","p":"1.50","t":1790000000000}'

/** What `trinity decode` makes of one frame, run in the folder. */
async function decode(exchange: string, folder: string, TRINITY_CONNECTORS: string): Promise<string> {
  const { stdout, stderr } = await runTrinity(['decode', exchange], { input, environment: { TRINITY_CONNECTORS }, folder })
  if (stderr !== '') return stderr
  const { price, asset } = JSON.parse(stdout) as { price: string; asset: string | null }
  return `${asset} ${price}`
}

describe('TRINITY_CONNECTORS', () => {
  test('takes a path from the working directory, and an absolute one', async () => {
    const folder = tempFolder()
    const path = write(folder, 'mine/venue.mjs', moduleText('mine', { more: "export const assets = ['NEWCOIN']" }))
    expect(await decode('mine', folder, './mine/venue.mjs')).toBe('NEWCOIN 1.50')
    expect(await decode('mine', folder, 'mine/venue.mjs')).toBe('NEWCOIN 1.50')
    expect(await decode('mine', dirname(folder), path)).toBe('NEWCOIN 1.50')
    write(folder, 'named.mjs', moduleText('named', { more: "export const assets = ['TON']\nexport const assetNames = { GRAM: ['NEWCOIN'] }" }))
    expect(await decode('named', folder, './named.mjs')).toBe('TON 1.50')
  })

  test('takes a package installed in the working directory, and the folder of a package, each by its exports', async () => {
    const folder = tempFolder()
    const manifest = JSON.stringify({ name: '@me/venue', type: 'module', exports: { '.': { import: './lib/venue.js' } } })
    write(folder, 'node_modules/@me/venue/package.json', manifest)
    write(folder, 'node_modules/@me/venue/lib/venue.js', moduleText('packed'))
    expect(await decode('packed', folder, '@me/venue')).toBe('null 1.50')
    expect(await decode('packed', folder, './node_modules/@me/venue')).toBe('null 1.50')
  })

  test('gives a TypeScript file outside every package the core that the server has', async () => {
    const folder = tempFolder()
    const head = "import { type Connector, asObject, readObject } from '@trinity/core'\nconst unused: Connector | undefined = undefined"
    write(folder, 'typed.ts', moduleText('typed', { head, decoder: '(frame: string): any => asObject(readObject(frame)) ?? {}' }))
    expect(await decode('typed', folder, './typed.ts')).toBe('null 1.50')
  })

  test('adds to the built-in ones, of which each keeps its name', async () => {
    const folder = tempFolder()
    write(folder, 'venue.mjs', moduleText('mine'))
    expect(await decode('nosuch', folder, './venue.mjs')).toMatch(/^TRN_SETTING_INVALID .*known are coinbase, .*okx, mine\.\n$/)
  })

  test('of record and doctor too', async () => {
    const folder = tempFolder()
    write(folder, 'venue.mjs', moduleText('mine', { more: "export const assets = ['NEWCOIN']" }))
    const environment = { TRINITY_CONNECTORS: './venue.mjs' }
    const doctor = await runTrinity(['doctor', '--json'], { environment, folder })
    const { findings } = JSON.parse(doctor.stdout) as { findings: readonly { what: string; state: string; detail: string }[] }
    expect(findings).toContainEqual({ what: 'connectors', state: 'ok', detail: 'TRINITY_CONNECTORS adds mine' })
    expect(findings.map(({ what }) => what)).toContain('mine feed')
    const recording = await runTrinity(['record', 'mine', '--out', 'out.jsonl', '--seconds', '0.2', '--json'], { environment, folder })
    expect(JSON.parse(recording.stdout)).toMatchObject({ exchange: 'mine', symbols: 1 })
  })

  test('that leads nowhere is a failed finding of doctor, which still looks at the built-in ones', async () => {
    const { code, stdout } = await runTrinity(['doctor', '--json'], { environment: { TRINITY_CONNECTORS: './nowhere.ts' } })
    const { findings } = JSON.parse(stdout) as { findings: readonly { what: string; state: string; detail: string }[] }
    expect(findings.find(({ what }) => what === 'connectors')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('nowhere.ts') as string,
    })
    expect(findings.map(({ what }) => what)).toContain('okx feed')
    expect(code).toBe(1)
  })

  const files: readonly (readonly [string, string])[] = [
    ['empty.mjs', ''],
    ['broken.mjs', 'export const = 1'],
    ['throws.mjs', "throw new Error('no key\\nat line 2')"],
    ['needs.mjs', "import 'not-installed-here'"],
    ['folder/readme.txt', ''],
    ['old.mjs', moduleText('old', { apiVersion: 1 })],
    ['names.mjs', moduleText('names', { more: "export const assetNames = { TON: ['GRAM'], NEWCOIN: ['GRAM'] }" })],
  ]
  test.each([
    ['a file that is not there', './nosuch.ts', /^TRN_SETTING_INVALID TRINITY_CONNECTORS: there is no file or folder \S+nosuch\.ts\.\n$/],
    ['a package that is not there', '@me/nosuch', /^TRN_SETTING_INVALID TRINITY_CONNECTORS: there is no package '@me\/nosuch' .*\n$/],
    ['a folder that is no package', './folder', /^TRN_SETTING_INVALID TRINITY_CONNECTORS: \S+folder has no package\.json .*\n$/],
    ['a module without a connector', './empty.mjs', /^TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: \.\/empty\.mjs exports no connector.*\n$/],
    ['a module that is no JavaScript', './broken.mjs', /^TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: \.\/broken\.mjs can't be loaded: .*\n$/],
    ['a module that throws', './throws.mjs', /^TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: \.\/throws\.mjs can't be loaded: no key\n$/],
    [
      'a connector for version 1 of the contract, with what has changed',
      './old.mjs',
      /^TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: \.\/old\.mjs: Connector 'old': apiVersion is 1, must be 2: [^\n]*state[^\n]*assetNames[^\n]*\.\n$/,
    ],
    [
      'names of which two assets have one',
      './names.mjs',
      /^TRN_CONNECTOR_INVALID .*\.\/names\.mjs exports assetNames that give the name GRAM to TON and .*\n$/,
    ],
    ['a module that lacks a package', './needs.mjs', /^TRN_CONNECTOR_INVALID .*\.\/needs\.mjs can't be loaded: .*not-installed-here.*\n$/],
  ])('stops with one line at %s', async (_what, name, words) => {
    const folder = tempFolder()
    for (const [file, text] of files) write(folder, file, text)
    expect(await decode('kraken', folder, name)).toMatch(words)
  })

  test('stops the start in one line too', async () => {
    const folder = tempFolder()
    writeRecording(folder, 'mine/live.jsonl', [{ frame: input }])
    write(folder, 'empty.mjs', '')
    const environment = { TRINITY_CONNECTORS: `${relative(folder, join(folder, 'empty.mjs'))}` }
    const { code, stdout, stderr } = await runTrinity(['start', '--replay', folder], { environment, folder })
    expect(stderr).toMatch(/^TRN_CONNECTOR_INVALID [^\n]*empty\.mjs[^\n]*\n$/)
    expect([code, stdout]).toEqual([1, ''])
  })
})
