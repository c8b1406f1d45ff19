import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { plans } from '@trinity/core'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { runTrinity, startTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import type { StressResult } from '../stress/result.ts'
import { limitedKey, openPriceGateway, testKey } from '../stress/test-support/price-gateway.fixture.ts'
import { addStress } from './stress.ts'

function readResult(file: string): StressResult {
  return JSON.parse(readFileSync(file, 'utf8')) as StressResult
}

describe('trinity stress', () => {
  test('prints a table of both protocols, and writes all of it as JSON', async () => {
    const { http, udp } = await openPriceGateway()
    const file = join(tempFolder(), 'result.json')
    const options = ['--levels', '2', '--seconds-per-level', '0.2', '--assets', 'btc,ETH', '--json', file]
    const { code, stdout, stderr } = await runTrinity(['stress', '--http', http, '--udp', udp, '--key', testKey, ...options])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain('\u001b')
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^LEVEL +LOAD +TARGET +SENT +ANSWERED +FAILED +REFUSED +LOST +PER S +P50 MS +P90 MS +P99 MS$/)
    expect(lines.slice(1, 8).map((line) => line.trim().split(/ {2,}/).slice(0, 3).join(' '))).toEqual([
      `1 1 ${http}`,
      `1 1 udp ${udp}`,
      `2 2 ${http}`,
      `2 2 udp ${udp}`,
      expect.stringMatching(`^all ${http} `) as string,
      expect.stringMatching(`^all udp ${udp} `) as string,
      expect.stringMatching('^all all ') as string,
    ])
    const result = readResult(file)
    expect(result).toMatchObject({ name: 'stress', mode: 'closed-loop', interrupted: false, assets: ['btc', 'eth'] })
    expect(result.levels.flatMap(({ targets }) => targets.map(({ target }) => target))).toEqual([http, udp, http, udp])
    for (const row of [...result.levels, ...result.levels.flatMap(({ targets }) => targets), ...result.by_target, result.total]) {
      expect(row.sent).toBe(row.answered + row.refused + row.lost)
      expect(row.answered).toBeGreaterThan(0)
    }
    expect(stdout).toContain(` ${result.total.sent.toLocaleString('en-US')} `)
    expect(readFileSync(file, 'utf8')).not.toContain(testKey)
  })

  test('shows what it has when it is ended', async () => {
    const { http } = await openPriceGateway()
    const file = join(tempFolder(), 'result.json')
    const { child, ended } = startTrinity(['stress', '--http', http, '--key', testKey, '--seconds-per-level', '60', '--json', file])
    // The file is tried out when all else is ready.
    for (let tries = 0; tries < 400; tries++) {
      if (isThere(file)) break
      await setTimeout(25)
    }
    await setTimeout(300)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await ended
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^ +1 +1 +http.*$/m)
    expect(stdout).toMatch(/Ended early/)
    expect(readResult(file)).toMatchObject({ interrupted: true, levels: [{ level: 1 }] })
  })

  test('fails when there was not one price, and says why', async () => {
    // The request that finds out whether all is right uses up the month.
    const { http } = await openPriceGateway({ ...plans.free, monthlyQueries: 1 })
    const args = ['--key', limitedKey, '--levels', '1', '--seconds-per-level', '0.2']
    const { code, stdout, stderr } = await runTrinity(['stress', '--http', http, ...args])
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(/^ +1 +1 +http\S+ +([\d,]+) +0 +0 +\1 +0 +0 +- +- +-$/m)
    expect(stdout).toMatch(/^http\S+: [\d,]+ x 429 TRN_\w+$/m)
  })

  test('says that a key is not known', async () => {
    const { http, udp } = await openPriceGateway()
    const { code, stdout, stderr } = await runTrinity(['stress', '--http', http, '--key', 'trn_x'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^TRN_KEY_INVALID --http http:\S+ does not know this key [^\n]*--key\.\n$/)
    expect((await runTrinity(['stress', '--udp', udp, '--key', 'trn_x'])).stderr).toMatch(
      /^TRN_SETTING_INVALID --udp \S+: [^\n]*key is unknown[^\n]*\n$/,
    )
  })

  test.each([
    ['no target', [], /--http URL, --udp HOST:PORT/],
    ['a foreign target', ['--http', 'http://8.8.8.8'], /--http http:\/\/8\.8\.8\.8.*neither loopback nor private.*--i-own-this-target/],
    ['a foreign target that looks private', ['--udp', '010.0.0.1:2679'], /--udp 8\.0\.0\.1:2679.*neither/],
    ['what is no URL', ['--http', 'gateway'], /--http gateway is not a URL/],
    ['what is no port', ['--udp', '127.0.0.1'], /--udp 127\.0\.0\.1 is not HOST:PORT/],
    ['a name without address', ['--http', 'http://no-such-name.invalid'], /no-such-name\.invalid can't be resolved/],
    ['a server that is down', ['--http', 'http://127.0.0.1:9'], /http:\/\/127\.0\.0\.1:9 gives no answer \(ECONNREFUSED\)/],
    ['a UDP port that is closed', ['--udp', '127.0.0.1:9'], /127\.0\.0\.1:9: No answer to HELLO.*ECONNREFUSED/],
  ])('refuses %s in one line', async (_, args, words) => {
    const { code, stdout, stderr } = await runTrinity(['stress', '--key', 'trn_x', ...args])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^TRN_SETTING_INVALID [^\n]+\n$/)
    expect(stderr).toMatch(words)
  })

  test('says which asset has no price', async () => {
    const { http, udp } = await openPriceGateway()
    for (const args of [
      ['--http', http],
      ['--udp', udp],
    ]) {
      const { code, stderr } = await runTrinity(['stress', ...args, '--key', testKey, '--assets', 'btc,nosuch'])
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^TRN_SETTING_INVALID [^\n]+nosuch[^\n]+\n$/)])
    }
  })

  test('refuses a file that cannot be written before it begins', async () => {
    const { http } = await openPriceGateway()
    const args = ['stress', '--http', http, '--key', testKey, '--json', '/no/such/folder/x.json']
    const { code, stdout, stderr } = await runTrinity(args)
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^TRN_SETTING_INVALID --json \/no\/such\/folder\/x\.json [^\n]+\n$/)])
  })

  test.each([
    ['--levels', '14'],
    ['--levels', '0'],
    ['--seconds-per-level', '0'],
    ['--open-loop', '-1'],
    ['--assets', 'btc,'],
    ['--key', 'a b'],
  ])('refuses %s %s', async (...pair) => {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
    addStress(program)
    const args = ['stress', '--http', 'http://127.0.0.1:9', '--key', 'trn_x', ...pair]
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow(new RegExp(`^error: option '${pair[0]} .*it must be`))
  })
})

function isThere(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}
