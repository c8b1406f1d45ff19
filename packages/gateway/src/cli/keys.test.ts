import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hashKey, plans } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { type RunResult, runTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import { isKeyIntact } from '../access/api-key.ts'
import { keyFileIn, readKeyFile } from '../access/key-file/key-file.ts'

function openFolder(): { dataDir: string; keys(...args: readonly string[]): Promise<RunResult> } {
  const dataDir = join(tempFolder(), 'data')
  return { dataDir, keys: (...args) => runTrinity(['keys', ...args], { environment: { TRINITY_DATA_DIR: dataDir } }) }
}

interface ShownKey {
  readonly id: string
  readonly key: string
  readonly tier: string
  readonly name: string
}

describe('trinity keys', () => {
  test('creates a key, shows it once, lists and revokes it', { timeout: 60_000 }, async () => {
    const { dataDir, keys } = openFolder()
    expect((await keys('list')).stdout).toMatch(/holds no keys/)

    const created = await keys('create', '--tier', 'pro', '--name', 'Ann & Co')
    expect([created.code, created.stderr]).toEqual([0, ''])
    const key = /^ {2}(trn_\w+)$/m.exec(created.stdout)?.[1] ?? ''
    const id = /^(key_\w+) is a pro key for Ann & Co:$/m.exec(created.stdout)?.[1] ?? ''
    expect(isKeyIntact(key)).toBe(true)
    expect((await readKeyFile(keyFileIn(dataDir))).keys).toMatchObject([
      { id, sha256: hashKey(key), tier: 'pro', name: 'Ann & Co', revoked_at: null },
    ])

    const listed = await keys('list')
    expect(listed.stdout).toMatch(
      new RegExp(`^ID +TIER +STATE +CREATED +REVOKED +NAME\\n${id} +pro +active +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ +Ann & Co\\n$`),
    )
    expect(listed.stdout).not.toContain(key)

    const revoked = await keys('revoke', id)
    expect([revoked.code, revoked.stdout]).toEqual([0, expect.stringMatching(/is revoked; every server/)])
    const again = await keys('revoke', id)
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/is revoked already, since \d{4}-/)])
    expect((await keys('list')).stdout).toMatch(/ revoked +2/)
    for (const { stdout } of [created, listed, revoked]) expect(stdout).not.toContain('\u001b')
  })

  test('revokes a key by itself without repeating it, and repeats none that is unknown', async () => {
    const { keys } = openFolder()
    const { id, key } = JSON.parse((await keys('create', '--tier', 'pro', '--json')).stdout) as ShownKey
    const wrong = await keys('revoke', `${key}x`)
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/TRN_SETTING_INVALID No key has this id/)])
    const revoked = await keys('revoke', key)
    expect([revoked.code, revoked.stdout]).toEqual([0, expect.stringMatching(new RegExp(`^${id} is revoked;`))])
    for (const { stdout, stderr } of [wrong, revoked]) expect(stdout + stderr).not.toContain(key.slice(4))
  })

  test('names the data directory of a new key, and says that a sub-folder’s is new and another one than above', async () => {
    const root = tempFolder()
    const folder = join(root, 'packages')
    mkdirSync(join(root, '.git'))
    mkdirSync(folder)
    const create = (at: string, ...more: readonly string[]): Promise<RunResult> =>
      runTrinity(['keys', 'create', '--tier', 'pro', ...more], { environment: { TRINITY_DATA_DIR: '' }, folder: at })
    const above = `A server started in ${root} uses ${join(root, '.trinity')} and does not know this key; TRINITY_DATA_DIR chooses.`
    expect((await create(folder)).stdout).toContain(
      `\nServers on the data directory ${join(folder, '.trinity')} know it within a second.\nThat directory is new. ${above}\n`,
    )
    const again = await create(folder, '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ tier: 'pro' })
    expect(again.stderr).toBe(`Servers on the data directory ${join(folder, '.trinity')} know it within a second.\n`)
  })

  test('shows in the help of create what each plan allows', async () => {
    const { stdout } = await openFolder().keys('create', '--help')
    expect(stdout).toMatch(/^tier +requests a second +burst +requests a month +reports a month$/m)
    for (const [tier, plan] of Object.entries(plans)) {
      const limits = [plan.queriesPerSecond, plan.burst, plan.monthlyQueries, plan.monthlyReports].map(
        (limit) => limit?.toLocaleString('en') ?? 'no limit',
      )
      expect(stdout).toMatch(new RegExp(`^${[tier, ...limits].join(' +')}$`, 'm'))
    }
  })

  test('prints one JSON line each where asked', async () => {
    const { keys } = openFolder()
    const created = await keys('create', '--tier', 'partner', '--json')
    const shown = JSON.parse(created.stdout) as ShownKey
    expect(created.stdout.trimEnd()).not.toContain('\n')
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_/) as string,
      key: expect.stringMatching(/^trn_/) as string,
      tier: 'partner',
      name: '',
      created_at: expect.any(String) as string,
      revoked_at: null,
    })
    const { key: _key, ...known } = shown
    expect(JSON.parse((await keys('list', '--json')).stdout)).toEqual({ keys: [known] })
    expect(JSON.parse((await keys('revoke', shown.id, '--json')).stdout)).toEqual({ ...known, revoked_at: expect.any(String) as string })
  })

  test('loses no key of commands that run at the same time', { timeout: 60_000 }, async () => {
    const { keys } = openFolder()
    const made = await Promise.all(Array.from({ length: 4 }, () => keys('create', '--tier', 'free', '--json')))
    const ids = made.map(({ stdout }) => (JSON.parse(stdout) as ShownKey).id)
    const listed = JSON.parse((await keys('list', '--json')).stdout) as { keys: readonly ShownKey[] }
    expect(listed.keys.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  })

  test.each([
    ['an unknown tier, with the tiers there are', ['create', '--tier', 'gold'], /free, pro, enterprise, unlimited, lifetime, partner/],
    ['no tier', ['create'], /--tier/],
    ['a name that would break the list', ['create', '--tier', 'pro', '--name', 'a\nb'], /100 characters/],
    ['an unknown id', ['revoke', 'key_none'], /TRN_SETTING_INVALID.*'key_none'.*keys list/],
  ])('refuses %s', async (_name, args, words) => {
    const { code, stdout, stderr } = await openFolder().keys(...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('asks for the master key in production', async () => {
    const environment = { TRINITY_DATA_DIR: tempFolder(), TRINITY_ENV: 'production' }
    const { code, stderr } = await runTrinity(['keys', 'create', '--tier', 'pro'], { environment })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/TRN_SETTING_INVALID TRINITY_MASTER_KEY is not set/)])
  })
})
