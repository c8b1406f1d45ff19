import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'

const gateway = fileURLToPath(new URL('../..', import.meta.url))
const root = join(gateway, '..', '..')

/** What a made-up venue's documentation would say, in place of what the literal comes with. */
const filledIn: readonly (readonly [string, string])[] = [
  ["assets = ['BTC', 'ETH']", "assets = ['BTC', 'NEWCOIN']"],
  ["urls: ['wss://far-east.invalid/ws']", "urls: ['wss://stream.far-east.test/v1', 'wss://backup.far-east.test/v1']"],
  ["quotes: ['USD']", "quotes: ['USD', 'USDT']"],
  ['readonly string[]>> = {}', "readonly string[]>> = { BTC: ['XBT'] }"],
  ['frames: { count: 5, perMs: 1000 }', 'frames: { count: 20, perMs: 1000 }'],
  ['`${base}-${quote}`', '`${base}_${quote}`'],
  ["message.type === 'trades'", "message.ch === 'deals'"],
  ['message.trades', 'message.rows'],
  ['row.symbol', 'row.pair'],
  ['row.price', 'row.px'],
  ['last: price', 'px: price'],
  ["halted: ['paused']", "halted: ['paused', 'auction']"],
]

const fixtureLines = [
  {
    frame: '{"ch":"deals","rows":[{"pair":"XBT_USD","px":"83402.50","size":"0.10","time":"2026-10-15T12:00:01.123456Z","id":7001,"side":"sell"}]}',
    events: [{ kind: 'tick', symbol: 'XBT_USD', price: '83402.50', size: '0.10', at: 1_792_065_601_123, id: '7001', backfill: false, side: 'sell' }],
  },
  { frame: '{"type":"subscribed","symbol":"XBT_USD"}', events: [{ kind: 'ack', symbol: 'XBT_USD' }] },
  { frame: '{"type":"pong"}', events: [{ kind: 'alive' }] },
  {
    frame: '{"type":"error","symbol":"NIX_USD","reason":"no such pair"}',
    events: [{ kind: 'reject', symbol: 'NIX_USD', reason: 'no such pair' }],
  },
]

const restFixture = {
  symbols: ['XBT_USD', 'NIX_USD'],
  ticker: '{"tickers":[{"symbol":"XBT_USD","px":"83402.5","time":1792065601500},{"symbol":"ETH_USD","px":"3120","time":1792065601200}]}',
  ticks: [{ kind: 'tick', symbol: 'XBT_USD', price: '83402.5', backfill: false }],
  madeAt: 1_792_065_601_500,
  list: '{"symbols":[{"symbol":"XBT_USD","status":"online"},{"symbol":"ETH_USD","status":"auction"},{"symbol":"OLD_USD","status":"delisted"},{"symbol":"NEW_USD","status":"listing"}]}',
  listed: [
    { symbol: 'XBT_USD', state: 'trading' },
    { symbol: 'ETH_USD', state: 'halted' },
    { symbol: 'OLD_USD', state: 'closed' },
    { symbol: 'NEW_USD', state: 'halted', unknownState: 'listing' },
  ],
  rejections: [{ body: '{"error":"too many requests"}', rejected: 'too many requests' }],
}

/** A package made inside this one, where all others of the workspace resolve. */
async function makePackage(name: string): Promise<{ readonly folder: string; readonly made: Record<string, unknown> }> {
  const parent = mkdtempSync(join(gateway, 'new-connector-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  const folder = join(parent, name)
  const { code, stdout, stderr } = await runTrinity(['new-connector', name, '--dir', relative(root, folder), '--json'], { folder: root })
  expect([code, stderr]).toEqual([0, ''])
  return { folder, made: JSON.parse(stdout) as Record<string, unknown> }
}

function fillIn(folder: string): void {
  const source = join(folder, 'src', 'index.ts')
  let text = readFileSync(source, 'utf8')
  for (const [from, to] of filledIn) {
    expect(text, from).toContain(from)
    text = text.replace(from, to)
  }
  writeFileSync(source, text)
  writeFileSync(
    join(folder, 'fixtures', 'trades.jsonl'),
    fixtureLines.map((line) => `${JSON.stringify({ at: null, dir: 'in', ...line })}\n`).join(''),
  )
  writeFileSync(join(folder, 'fixtures', 'rest.json'), JSON.stringify(restFixture))
}

const bin = (name: string): string => join(root, 'node_modules', name)

/** The commands that the package's README tells, in order. */
function readmeCommands(folder: string): readonly string[] {
  const [, commands = ''] = /^```sh\n([\s\S]*?)^```$/m.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? []
  return commands.trimEnd().split('\n')
}

/** Runs the package's own tests as its README tells, from the top of the clone; gives back exit code and output. */
function runKit(folder: string): { readonly code: number | null; readonly output: string } {
  const [, what = ''] = /^npx vitest (.*)$/.exec(readmeCommands(folder)[0] ?? '') ?? []
  expect(what).toBe(`run ${relative(root, folder)}`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin('vitest/vitest.mjs'), ...what.split(' ')], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  })
  return { code: status, output: stdout + stderr }
}

describe('trinity new-connector', () => {
  test('makes a package that says what it lacks, and passes the kit and the type check once it is filled in', { timeout: 60_000 }, async () => {
    const { folder, made } = await makePackage('far-east')
    expect(made).toMatchObject({
      name: 'far-east',
      wireId: 128,
      folder: relative(root, folder),
      modulePath: `./${relative(root, folder)}/src/index.ts`,
    })
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({ name: '@trinity/connector-far-east', private: true })
    const empty = runKit(folder)
    expect(empty.code).toBe(1)
    expect(empty.output).toMatch(/There are no fixtures/)
    expect(empty.output).toMatch(/Put the text of a response with prices under `ticker`/)
    expect(empty.output).toMatch(/Put the text of one under `list`/)
    expect(empty.output).toMatch(/Add a frame with a trade to fixtures\/\*\.jsonl/)
    expect(empty.output).toMatch(/There is no frame with a trade to change\. Write frames/)

    fillIn(folder)
    const filled = runKit(folder)
    expect(filled.output).toMatch(/Tests +\d\d passed/)
    expect(filled.code).toBe(0)
    const up = relative(folder, root)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: `${up}/tsconfig.json`, include: ['**/*.ts'], exclude: [] }))
    execFileSync(process.execPath, [bin('@typescript/native/bin/tsc'), '-p', folder], { encoding: 'utf8' })
    execFileSync(process.execPath, [bin('oxfmt/bin/oxfmt'), '--check', relative(root, join(folder, 'src'))], { cwd: root, encoding: 'utf8' })
  })

  test('makes one that TRINITY_CONNECTORS takes, by its file and by its folder', async () => {
    const { folder, made } = await makePackage('far-east')
    fillIn(folder)
    const input = fixtureLines.map(({ frame }) => `${frame}\n`).join('')
    for (const TRINITY_CONNECTORS of [String(made.modulePath), `./${String(made.folder)}`]) {
      const { stdout, stderr } = await runTrinity(['decode', 'far-east'], { input, environment: { TRINITY_CONNECTORS }, folder: root })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toMatchObject({ symbol: 'XBT_USD', asset: 'BTC', price: '83402.50' })
    }
  })

  test('outside a clone names its tools in the versions used here and brings its own TypeScript settings', async () => {
    const parent = tempFolder()
    const { stdout, code } = await runTrinity(['new-connector', 'x9'], { folder: parent })
    expect(stdout).toMatch(/^x9 is the package of x9:\n/)
    expect(stdout).toContain('TRINITY_CONNECTORS=./x9/src/index.ts npx trinity start')
    expect(code).toBe(0)
    expect(readdirSync(join(parent, 'x9')).toSorted()).toEqual(['README.md', 'fixtures', 'package.json', 'src', 'tsconfig.json'])
    const manifest = JSON.parse(readFileSync(join(parent, 'x9', 'package.json'), 'utf8')) as Record<string, Record<string, string>>
    const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> }
    const core = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { version: string }
    const { vitest, '@types/node': nodeTypes, '@typescript/native': native } = ours.devDependencies
    expect(manifest.devDependencies).toEqual({ vitest, '@types/node': nodeTypes, typescript: native?.split('@').at(-1) })
    expect(manifest.dependencies).toEqual({ '@trinity/core': core.version })
    expect(manifest.name).toBe('trinity-connector-x9')
    expect(manifest.scripts).toHaveProperty('test')
    const commands = readmeCommands(join(parent, 'x9'))
    expect(commands.slice(0, 2)).toEqual(['npm install --prefix ./x9', 'npm test --prefix ./x9'])
    for (const command of commands.slice(2)) expect(command).toMatch(/^TRINITY_CONNECTORS=\.\/x9\/src\/index\.ts npx trinity /)
    const written = readdirSync(join(parent, 'x9'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const file of written) expect(readFileSync(join(file.parentPath, file.name), 'utf8'), file.name).not.toMatch(/__[A-Z]+__/)
  })

  test.each([
    ['a name in upper case', ['FarEast'], /'FarEast' is no name for a connector/],
    ['a name that leaves the folder', ['../x'], /'\.\.\/x' is no name/],
    ['a word of JavaScript', ['new'], /'new' is no name/],
    ['a name that is taken', ['okx'], /There is a connector 'okx' already/],
    ['a folder that exists', ['far-east', '--dir', '.'], /\. exists already; choose another folder with --dir/],
    ['a folder below a file', ['far-east', '--dir', 'file/below'], /file\/below can't be written/],
  ])('refuses %s with one line and writes nothing', async (_what, args, words) => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'file'), '')
    const { code, stdout, stderr } = await runTrinity(['new-connector', ...args], { folder })
    expect(stderr).toMatch(/^TRN_SETTING_INVALID [^\n]+\n$/)
    expect(stderr).toMatch(words)
    expect([code, stdout]).toEqual([1, ''])
    expect(readdirSync(folder)).toEqual(['file'])
    expect(existsSync(join(dirname(folder), 'x'))).toBe(false)
  })
})
