import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import { createProgram } from './program.ts'
import { formatTable } from './terminal.ts'

describe('help', () => {
  test('of the whole command names each subcommand', async () => {
    const { code, stdout, stderr } = await runTrinity(['--help'])
    for (const name of ['start', 'decode', 'record', 'doctor']) expect(stdout).toMatch(new RegExp(`^ +${name}\\b.*\\S`, 'm'))
    expect([code, stderr]).toEqual([0, ''])
  })

  test.each(createProgram().commands.map((command) => [command.name(), command] as const))(
    'of %s describes it, its arguments and its options',
    (_name, command) => {
      const help = command.helpInformation()
      expect(command.description()).toMatch(/^[A-Z].*\.$/s)
      for (const { flags, description } of command.options) {
        expect(help).toContain(flags)
        expect(description).toMatch(/\S/)
      }
      for (const line of help.split('\n')) expect(line, 'an option or argument without a description').not.toMatch(/^ {2}[<[\-a-z][^ ]*( <[^>]+>)?$/)
    },
  )

  test.each([
    ['an unknown command', ['decoed']],
    ['an impossible speed', ['start', '--speed', '0']],
    ['a missing option', ['record', 'kraken', '--seconds', '1']],
  ])('is pointed to by the refusal of %s, without a stack', async (_name, args) => {
    const { code, stdout, stderr } = await runTrinity(args)
    expect(stderr).toMatch(/^error: [^\n]+\n/)
    expect(stderr).toMatch(/--help/)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect([code, stdout]).toEqual([1, ''])
  })
})

describe('trinity doctor', () => {
  interface Finding {
    readonly what: string
    readonly state: string
    readonly detail: string
  }

  test('tells as JSON what it found of settings, stores and each venue, with or without a network', async () => {
    const { code, stdout, stderr } = await runTrinity(['doctor', '--json'], { environment: { TCP_PORT_LPO: '70000', TRINITY_OKX_REGION: 'mars' } })
    expect(stdout.trimEnd()).not.toContain('\n')
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] }
    const venues = ['coinbase', 'gemini', 'kraken', 'gateio', 'cryptocom', 'okx']
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['node', 'settings', 'database', 'shared cache', ...venues.flatMap((venue) => [`${venue} feed`, `${venue} REST`])]),
    )
    for (const { state, detail } of findings) {
      expect(['ok', 'embedded', 'warning', 'failed']).toContain(state)
      expect(detail).toMatch(/\S/)
    }
    expect(findings.find(({ what }) => what === 'settings')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/TCP_PORT_LPO.*70000/) as string,
    })
    expect(findings.find(({ what }) => what === 'regions')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/TRINITY_OKX_REGION.*mars.*global, eea, us/) as string,
    })
    expect(findings.find(({ what }) => what === 'database')?.state).toBe('embedded')
    expect([code, stderr]).toEqual([1, ''])
  })
})

describe('trinity record', () => {
  test('refuses a file that exists, which stays as it is', async () => {
    const file = join(tempFolder(), 'mine.jsonl')
    writeFileSync(file, 'precious\n')
    const { code, stdout, stderr } = await runTrinity(['record', 'kraken', '--out', file, '--seconds', '1'])
    expect(stderr).toMatch(/^TRN_RECORDING_INVALID [^\n]*mine\.jsonl[^\n]*exists[^\n]*\n$/)
    expect([code, stdout, readFileSync(file, 'utf8')]).toEqual([1, '', 'precious\n'])
  })

  /** A connector whose venue listens nowhere: port 9 discards, and nothing has it open. */
  function unreachableVenue(folder: string): string {
    const connector = `{ apiVersion: 2, name: 'nowhere', title: 'Nowhere', wireId: 200, sourceTag: 'nowhere-ws', urls: ['ws://127.0.0.1:9'], quotes: ['USD'],
      limits: { connects: { count: 9, perMs: 1000 }, frames: { count: 9, perMs: 1000 }, symbolsPerConnection: 9, symbolsPerFrame: 9 },
      heartbeat: { silenceMs: 9000 }, backfill: 'none', toSymbol: () => 'X', subscribe: () => [], unsubscribe: () => [], decode: () => [] }`
    writeFileSync(join(folder, 'nowhere.mjs'), `export const nowhere = ${connector}`)
    return './nowhere.mjs'
  }

  test('leaves no file where the venue was not reached, and says so', async () => {
    const folder = tempFolder()
    const args = ['record', 'nowhere', '--out', 'new/folder/x.jsonl', '--seconds', '0.5', '--assets', 'btc']
    const { code, stdout } = await runTrinity(args, { folder, environment: { TRINITY_CONNECTORS: unreachableVenue(folder) } })
    expect([code, stdout]).toEqual([1, 'Nowhere was not reached, so nothing was recorded.\n'])
    expect(readdirSync(join(folder, 'new', 'folder'))).toEqual([])
  })

  test.each([
    ['a folder that can’t be made', ['kraken', '--out', '/dev/null/folder/x.jsonl', '--seconds', '1'], /\/dev\/null\/folder/],
    ['an unknown exchange', ['nosuch', '--out', '/dev/null', '--seconds', '1'], /nosuch.*kraken/],
    ['a list without assets', ['kraken', '--out', '/dev/null', '--seconds', '1', '--assets', ','], /--assets/],
  ])('refuses %s with one line', async (_name, args, words) => {
    const { code, stdout, stderr } = await runTrinity(['record', ...args])
    expect(stderr).toMatch(/^TRN_[A-Z_]+ [^\n]+\n$/)
    expect(stderr).toMatch(words)
    expect([code, stdout]).toEqual([1, ''])
  })
})

describe('a table', () => {
  test('has columns of equal width, colours left out of account, and no space at line ends', () => {
    expect(
      formatTable([
        ['a', '\u001b[32mok\u001b[39m', 'x'],
        ['long', 'failed', ''],
      ]),
    ).toBe('a     \u001b[32mok\u001b[39m      x\nlong  failed')
    expect(formatTable([])).toBe('')
  })
})
