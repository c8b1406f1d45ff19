import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TrinityError, hashKey, plans } from '@trinity/core'
import { FakeClock } from '@trinity/core/testing'
import { macKeyOf } from '@trinity/udp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../test-support/temp-folder.fixture.ts'
import { FileKeyStore } from './file-key-store.ts'
import { type FiledKey, createFiledKey, keyFileIn, readKeyFile, revokeFiledKey } from './key-file.ts'
import { type MasterKey, readMasterKey } from './master-key.ts'
import { openSecret, sealSecret } from './sealed-secret.ts'
import { replaceFile } from './whole-file.ts'

const nowMs = Date.UTC(2026, 10, 22)

interface Rig {
  readonly dataDir: string
  readonly master: MasterKey
  readonly store: FileKeyStore
  readonly clock: FakeClock
  readonly notices: readonly TrinityError[]
  create(name: string): Promise<{ key: string; id: string }>
}

async function openStore(folder = tempFolder()): Promise<Rig> {
  const master = await readMasterKey(folder)
  const notices: TrinityError[] = []
  const clock = new FakeClock()
  const store = new FileKeyStore({ dataDir: folder, master, clock, onNotice: (error) => notices.push(error) })
  const create = async (name: string): Promise<{ key: string; id: string }> => {
    const { key, filed } = await createFiledKey(folder, master, { name, tier: 'pro', nowMs })
    return { key, id: filed.id }
  }
  return { dataDir: folder, master, store, clock, notices, create }
}

async function until(isDone: () => boolean): Promise<void> {
  const endsAt = Date.now() + 5000
  while (!isDone() && Date.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(isDone()).toBe(true)
}

describe('filed keys', () => {
  test('are read back with hash, plan and UDP secret; the keys themselves stand nowhere', async () => {
    const { dataDir, store, create } = await openStore()
    expect(await store.load()).toEqual([])
    const made = [await create('Ann'), await create('Ben')]
    await revokeFiledKey(dataDir, made[0]?.id ?? '', nowMs + 1)
    const entries = await store.load()
    expect(entries.map(({ id, name, tier, plan, revoked }) => ({ id, name, tier, plan, revoked }))).toEqual([
      { id: made[0]?.id, name: 'Ann', tier: 'pro', plan: plans.pro, revoked: true },
      { id: made[1]?.id, name: 'Ben', tier: 'pro', plan: plans.pro, revoked: false },
    ])
    for (const [index, { key }] of made.entries()) {
      expect(Buffer.from(entries[index]?.hash ?? []).toString('hex')).toBe(hashKey(key))
      expect(Buffer.from(entries[index]?.macKey ?? [])).toEqual(Buffer.from(macKeyOf(key)))
      for (const file of readdirSync(dataDir)) {
        const content = readFileSync(join(dataDir, file))
        expect(content.includes(key.slice(4))).toBe(false)
        expect(content.includes(Buffer.from(macKeyOf(key)).toString('base64').slice(0, 40))).toBe(false)
      }
    }
    expect(statSync(keyFileIn(dataDir)).mode & 0o777).toBe(0o600)
  })

  test('of many commands at the same time are all there', async () => {
    const { dataDir, store, create } = await openStore()
    const made = await Promise.all(Array.from({ length: 15 }, (_, i) => create(`n${i}`)))
    await Promise.all(made.slice(0, 7).map(({ id }) => revokeFiledKey(dataDir, id, nowMs)))
    const entries = await store.load()
    expect(entries.map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted())
    expect(entries.filter(({ revoked }) => revoked)).toHaveLength(7)
    expect(readdirSync(dataDir).toSorted()).toEqual(['keys.json', 'master.key'])
  })

  test('that are revoked again keep their time; an unknown id is refused and changes nothing', async () => {
    const { dataDir, create } = await openStore()
    const { id } = await create('Ann')
    expect((await revokeFiledKey(dataDir, id, nowMs)).wasRevoked).toBe(false)
    const again = await revokeFiledKey(dataDir, id, nowMs + 60_000)
    expect([again.wasRevoked, again.filed.revoked_at]).toEqual([true, new Date(nowMs).toISOString()])
    const before = readFileSync(keyFileIn(dataDir))
    await expect(revokeFiledKey(dataDir, 'key_none', nowMs)).rejects.toThrow(expect.objectContaining({ code: 'TRN_SETTING_INVALID' }) as Error)
    expect(readFileSync(keyFileIn(dataDir))).toEqual(before)
  })

  test('are revoked by themselves, too; what might be a key is not repeated', async () => {
    const { dataDir, create, store } = await openStore()
    const [ann, ben] = [await create('Ann'), await create('Ben')]
    expect(await revokeFiledKey(dataDir, ann.key, nowMs)).toMatchObject({ filed: { id: ann.id, name: 'Ann' }, wasRevoked: false })
    expect((await revokeFiledKey(dataDir, ann.key, nowMs)).wasRevoked).toBe(true)
    expect((await store.load()).map(({ id, revoked }) => [id, revoked])).toEqual([
      [ann.id, true],
      [ben.id, false],
    ])
    for (const wrong of [`${ben.key}x`, ben.key.slice(0, -1), `Bearer ${ben.key}`, 'some-old-key', '']) {
      const error: unknown = await revokeFiledKey(dataDir, wrong, nowMs).catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        code: 'TRN_SETTING_INVALID',
        message: 'No key has this id, nor is it one of the keys; trinity keys list shows those there are.',
      })
    }
  })

  test('under another master key work over HTTP only, and that is told once', async () => {
    const { dataDir, create, store } = await openStore()
    const made = [await create('Ann'), await create('Ben')]
    await store.load()
    const notices: TrinityError[] = []
    const changed = { bytes: randomBytes(32), name: 'TRINITY_MASTER_KEY' }
    const other = new FileKeyStore({ dataDir, master: changed, clock: new FakeClock(), onNotice: (error) => notices.push(error) })
    for (let i = 0; i < 3; i++) {
      const entries = await other.load()
      expect(entries.map(({ macKey, hash }) => [macKey, Buffer.from(hash).toString('hex')])).toEqual(made.map(({ key }) => [undefined, hashKey(key)]))
    }
    expect(notices.map(({ code }) => code)).toEqual(['TRN_KEY_FILE_INVALID'])
    expect(notices[0]?.message).toMatch(new RegExp(`${made[0]?.id ?? ''}.*TRINITY_MASTER_KEY.*1 more.*HTTP only`))
  })

  test.each(['', '{', '[]', '{"version":2,"keys":[]}', '{"version":1,"keys":[{"id":"x"}]}'])(
    'in a file that holds %j are an error that names it',
    async (text) => {
      const { dataDir, store } = await openStore()
      writeFileSync(keyFileIn(dataDir), text)
      for (const read of [() => store.load(), () => readKeyFile(keyFileIn(dataDir)), () => revokeFiledKey(dataDir, 'key_none', nowMs)]) {
        await expect(read()).rejects.toThrow(
          expect.objectContaining({ code: 'TRN_KEY_FILE_INVALID', message: expect.stringContaining('keys.json') as string }) as Error,
        )
      }
      expect(readFileSync(keyFileIn(dataDir), 'utf8')).toBe(text)
    },
  )
})

describe('a watched key file', () => {
  test('tells of each change, without a change of its own doing', async () => {
    const { store, create } = await openStore(join(tempFolder(), 'not', 'yet'))
    await store.load()
    let changes = 0
    const loading: Promise<unknown>[] = []
    onTestFinished(
      store.watch(() => {
        changes++
        loading.push(store.load())
      }),
    )
    await create('Ann')
    await until(() => changes > 0)
    await Promise.all(loading)
    expect((await store.load()).map(({ name }) => name)).toEqual(['Ann'])
    const settled = changes
    await create('Ben')
    await until(() => changes > settled)
  })

  test('is also looked at, twice a second, where the system tells nothing', async () => {
    const { dataDir, store, clock, create } = await openStore()
    await create('Ann')
    await store.load()
    let changes = 0
    onTestFinished(store.watch(() => changes++))
    // Of a folder that is gone and back the system tells nothing any more.
    const text = readFileSync(keyFileIn(dataDir), 'utf8')
    const old = `${dataDir}-old`
    onTestFinished(() => rmSync(old, { recursive: true }))
    renameSync(dataDir, old)
    mkdirSync(dataDir)
    await new Promise((resolve) => setTimeout(resolve, 50))
    changes = 0
    writeFileSync(keyFileIn(dataDir), text.replace('Ann', 'Eve'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(changes).toBe(0)
    clock.advance(500)
    await until(() => changes > 0)
    expect((await store.load())[0]?.name).toBe('Eve')
  })

  test('that is broken is read once, and again when it is whole', async () => {
    const { dataDir, store, clock, create } = await openStore()
    await create('Ann')
    await store.load()
    const whole = readFileSync(keyFileIn(dataDir), 'utf8')
    let changes = 0
    let broken = 0
    onTestFinished(
      store.watch(() => {
        changes++
        store.load().catch(() => broken++)
      }),
    )
    writeFileSync(keyFileIn(dataDir), whole.slice(0, 100))
    await until(() => broken > 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const seen = broken
    for (let i = 0; i < 10; i++) await clock.advanceAsync(1000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(broken).toBe(seen)
    const before = changes
    writeFileSync(keyFileIn(dataDir), whole)
    await until(() => changes > before)
    expect((await store.load()).map(({ name }) => name)).toEqual(['Ann'])
  })

  test('keeps the same object for a key that has not changed', async () => {
    const { store, create } = await openStore()
    await create('Ann')
    const [ann] = await store.load()
    await create('Ben')
    const entries = await store.load()
    expect([entries.length, entries[0] === ann]).toEqual([2, true])
  })

  test('has another object for a key of which anything has changed', async () => {
    const { dataDir, master, store, create } = await openStore()
    const { id } = await create('Ann')
    const file = keyFileIn(dataDir)
    const { keys } = await readKeyFile(file)
    const changes: Partial<FiledKey>[] = [
      { name: 'Eve' },
      { tier: 'free' },
      { sha256: hashKey('other') },
      { udp_secret: sealSecret(master, id, randomBytes(32)) },
      { udp_secret: '' },
      { udp_secret: sealSecret(master, id, randomBytes(32)) },
      { revoked_at: new Date(nowMs).toISOString() },
    ]
    let filed = keys[0] as FiledKey
    let [known] = await store.load()
    for (const change of changes) {
      filed = { ...filed, ...change }
      await replaceFile(file, JSON.stringify({ version: 1, keys: [filed] }))
      const [entry] = await store.load()
      expect(entry === known, JSON.stringify(change)).toBe(false)
      expect([entry?.name, entry?.tier, entry?.revoked]).toEqual([filed.name, filed.tier, filed.revoked_at !== null])
      expect(Buffer.from(entry?.hash ?? []).toString('hex')).toBe(filed.sha256)
      expect(entry?.macKey === undefined).toBe(filed.udp_secret === '')
      if (entry?.macKey !== undefined) expect(Buffer.from(entry.macKey)).toEqual(Buffer.from(openSecret(master, id, filed.udp_secret)))
      known = entry
    }
  })

  test('that is broken after it was whole is an error each time it is loaded', async () => {
    const { dataDir, store, create } = await openStore()
    await create('Ann')
    const file = keyFileIn(dataDir)
    await store.load()
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, whole.slice(0, 100))
    for (let i = 0; i < 2; i++) await expect(store.load()).rejects.toThrow(/keys\.json/)
    writeFileSync(file, whole)
    expect(await store.load()).toHaveLength(1)
    rmSync(file)
    expect(await store.load()).toEqual([])
  })
})
