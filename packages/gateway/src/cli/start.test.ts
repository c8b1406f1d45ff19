import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, demoHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { lingeringCallers, openLingering } from '../../test-support/lingering-callers.fixture.ts'
import { type RunningTrinity, runTrinity, startTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder, writeRecording } from '../../test-support/temp-folder.fixture.ts'

const start = Date.parse('2026-07-10T00:00:00.000Z')

const trade = (after: number, symbol: string, price: string, id: number): string => {
  const frame = `{"channel":"trade","type":"update","data":[{"symbol":"${symbol}","side":"buy","price":${price},"qty":1.0,"trade_id":${id},"timestamp":"${new Date(start + after).toISOString()}"}]}`
  return JSON.stringify({ at: start + after, dir: 'in', frame })
}

/** A folder with a Kraken recording that has a broken line, and one that its connector does not speak. */
function recordingsFolder(): string {
  const folder = tempFolder()
  writeRecording(folder, 'kraken/live.jsonl', [
    trade(0, 'ALGO/USD', '0.20010', 1),
    '{"at":',
    trade(200, 'ALGO/USD', '0.20020', 2),
    trade(60_000, 'ALGO/USD', '0.20030', 3),
  ])
  writeRecording(folder, 'kraken/old.jsonl', [{ frame: '[1,[["5.1","2","1618678142.5","b","l",""]],"trade","XBT/USD"]' }])
  return folder
}

const startReplay = (environment: Readonly<Record<string, string>> = {}): RunningTrinity =>
  startTrinity(['start', '--replay', recordingsFolder()], environment)

/** Sends Ctrl-C; gives back how it ended and after how long. */
async function interrupt(running: RunningTrinity, signal: NodeJS.Signals = 'SIGINT'): Promise<{ readonly code: number | null; readonly ms: number }> {
  const sentAt = Date.now()
  running.child.kill(signal)
  const { code } = await running.ended
  return { code, ms: Date.now() - sentAt }
}

/** The flags of Node that a process runs with. */
function flagsOf(running: RunningTrinity): readonly string[] {
  const words = readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8').split('\0')
  return words.slice(1, words.indexOf('start') - 1)
}

describe('trinity start', () => {
  test.skipIf(process.platform !== 'linux')('runs with a small nursery, unless another one is set', async () => {
    const usual = startReplay()
    const other = startReplay({ NODE_OPTIONS: '--max-semi-space-size=8' })
    await Promise.all([usual.address(), other.address()])
    expect([flagsOf(usual), flagsOf(other)]).toEqual([['--min-semi-space-size=4', '--max-semi-space-size=4'], []])
    expect([usual.stderr, other.stderr].join()).not.toMatch(/Warning/)
  })

  test('serves replayed prices within 3 s, tells how to ask, and stops cleanly on Ctrl-C', async () => {
    // On a machine that is busy with other work, the bound is as much longer as the command's help takes.
    const helpAt = Date.now()
    await runTrinity(['--help'], { environment: { NODE_DISABLE_COMPILE_CACHE: '1' } })
    const startedAt = Date.now()
    const boundMs = Math.max(3000, 6 * (startedAt - helpAt))
    const running = startReplay({ NODE_DISABLE_COMPILE_CACHE: '1' })
    const url = await running.address()
    const answer = await ask(`${url}/price?asset=algo`, { headers: demoHeaders })
    expect(answer.status).toBe(200)
    expect(Date.now() - startedAt).toBeLessThan(boundMs)
    expect(['0.20010', '0.20020']).toContain(answer.body.price_text)
    expect(answer.body).toMatchObject({ source: 'kraken-ws-replay', currency: 'USD', stale: false })
    expect(answer.headers.get('trinity-mode')).toBe('replay')
    const curl = /curl -H '([^:]+): ([^']+)' '([^']+)'/.exec(running.stdout) ?? []
    expect((await ask(curl[3] ?? '', { headers: { [curl[1] ?? '']: curl[2] ?? '' } })).status).not.toBe(401)
    expect(running.stderr).toMatch(/kraken\/live\.jsonl:2: /)
    expect(running.stderr.match(/old\.jsonl/g)).toHaveLength(1)
    const { code, ms } = await interrupt(running)
    expect(code).toBe(0)
    expect(ms).toBeLessThan(3000)
    expect(running.stdout).toMatch(/REPLAY/)
    expect(running.stdout + running.stderr).not.toContain('\u001b')
    expect(running.stderr).not.toMatch(/\n\s+at /)
  })

  test('tells the state of each feed after a moment, and stops on SIGTERM', async () => {
    const running = startReplay({ LOG_FORMAT: 'json', CLUSTER_NODE: 'node-7' })
    const url = await running.address()
    expect((await ask(`${url}/price?asset=algo`, { headers: demoHeaders })).body.node).toBe('node-7')
    while (!running.stdout.includes('okx')) await new Promise((resolve) => setTimeout(resolve, 50))
    for (const venue of ['coinbase', 'gemini', 'kraken', 'gateio', 'cryptocom', 'okx'])
      expect(running.stdout).toMatch(new RegExp(`^ +${venue} +(ok|degraded|down) `, 'm'))
    const { code } = await interrupt(running, 'SIGTERM')
    expect(code).toBe(0)
    for (const line of running.stderr.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) as number, msg: expect.any(String) as string })
  })

  test('waits in silence through a pause of years in a recording', async () => {
    const folder = tempFolder()
    const yearsMs = 3 * 365 * 86_400_000
    writeRecording(folder, 'kraken/pause.jsonl', [trade(-yearsMs, 'ALGO/USD', '0.20010', 1), trade(0, 'ALGO/USD', '0.20020', 2)])
    const running = startTrinity(['start', '--replay', folder])
    const url = await running.address()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await ask(`${url}/price?asset=algo`, { headers: demoHeaders })).body).toMatchObject({ price_text: '0.20010', stale: false })
    expect(running.stderr).toBe('')
    expect((await interrupt(running)).code).toBe(0)
  })

  test('stops within 3 s of Ctrl-C whatever callers do meanwhile', async () => {
    const running = startReplay()
    const url = await running.address()
    for (const bytes of Object.values(lingeringCallers)) onTestFinished(openLingering(url, bytes))
    await ask(`${url}/live`)
    const tooLate = new Promise<string>((resolve) => setTimeout(() => resolve('not within 3 s'), 3000).unref())
    expect(await Promise.race([interrupt(running).then(({ code }) => code), tooLate])).toBe(0)
  })
})

test('trinity start --simulate --fault list tells of each fault in one line', async () => {
  const { code, stdout, stderr } = await runTrinity(['start', '--simulate', '--fault', 'list'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^outage +Every connection/m)
  expect(stdout).toMatch(/^wall-clock-back +The node's wall clock/m)
  expect(stdout).not.toMatch(/^tls-/m)
})

describe('trinity start refuses with one line and exit code 1', () => {
  const refusals: readonly [string, readonly string[], Readonly<Record<string, string>>, RegExp][] = [
    ['a wrong port', ['start'], { TCP_PORT_LPO: 'http' }, /TCP_PORT_LPO.*'http'.*0 to 65535/],
    [
      'a region that there is not, also where no live host is used',
      ['start', '--simulate'],
      { TRINITY_OKX_REGION: 'mars' },
      /TRINITY_OKX_REGION is 'mars'.*global, eea, us/,
    ],
    ['a secret without telling it', ['start'], { ADMIN_KEY: 'hunter2' }, /ADMIN_KEY (?!.*hunter2).*must be .*characters/],
    ['a replay in production', ['start', '--replay', '.'], { TRINITY_ENV: 'production' }, /--replay.*TRINITY_ENV=production/],
    ['a simulation in production', ['start', '--simulate'], { TRINITY_ENV: 'production' }, /--simulate.*TRINITY_ENV=production/],
    ['an unknown fault', ['start', '--simulate', '--fault', 'nosuch'], {}, /'nosuch'.*--fault list/],
    ['a fault that is written wrongly', ['start', '--simulate', '--fault', 'outag'], {}, /'outag'.*Close to it: outage/],
    ['a fault that needs TLS', ['start', '--simulate', '--fault', 'tls-expired'], {}, /--simulate can't show the fault 'tls-expired'/],
    ['a fault without a simulation', ['start', '--fault', 'outage'], {}, /--simulate/],
    ['a replay that is simulated', ['start', '--replay', '.', '--simulate'], {}, /--replay and --simulate/],
    ['a folder that is not there', ['start', '--replay', '/no/such'], {}, /\/no\/such/],
  ]
  test.each(refusals)('%s', async (_name, args, environment, words) => {
    const { code, stdout, stderr } = await runTrinity(args, { environment })
    expect(stderr).toMatch(/^TRN_SETTING_INVALID [^\n]+\n$/)
    expect(stderr).toMatch(words)
    expect([code, stdout]).toEqual([1, ''])
  })

  test.each(['--simulate', '--replay', ''])('a data directory that can hold no keys: start %s', async (flag) => {
    const flags = flag === '' ? [] : flag === '--replay' ? [flag, tempFolder()] : [flag]
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    const { code, stdout, stderr } = await runTrinity(['start', ...flags], { environment: { TRINITY_DATA_DIR: file } })
    expect(stderr).toMatch(/^TRN_KEY_FILE_INVALID [^\n]+\n$/)
    expect([code, stdout]).toEqual([1, ''])
  })

  test('a port in use, with the port and its variable', async () => {
    const first = startReplay()
    const { port } = new URL(await first.address())
    const second = startReplay({ TCP_PORT_LPO: port, LOG_LEVEL: 'silent' })
    const { code, stdout, stderr } = await second.ended
    expect(stderr).toMatch(/^TRN_PORT_UNAVAILABLE [^\n]+\n$/)
    expect(stderr).toMatch(new RegExp(`${port}.*in use.*TCP_PORT_LPO`))
    expect([code, stdout]).toEqual([1, ''])
    await interrupt(first)
  })
})

describe('in production', () => {
  test('the well-known key is unknown and not shown', async () => {
    const environment = {
      TRINITY_ENV: 'production',
      ADMIN_KEY: '0123456789abcdef',
      TRINITY_MASTER_KEY: Buffer.alloc(32).toString('base64'),
      ALLOW_EMBEDDED: '1',
      LOG_LEVEL: 'silent',
    }
    const running = startTrinity(['start'], environment)
    const url = await running.address()
    const { body } = await ask(`${url}/price?asset=btc`, { headers: demoHeaders })
    expect(body).toMatchObject({ status_code: 401, error: { code: 'TRN_KEY_INVALID' } })
    expect((await ask(`${url}/live`)).headers.get('trinity-mode')).toBeNull()
    const { code, ms } = await interrupt(running)
    expect(code).toBe(0)
    expect(ms).toBeLessThan(3000)
    expect(running.stdout).not.toContain('demo-public')
  })
})
