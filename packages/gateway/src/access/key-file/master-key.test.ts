import { randomBytes } from 'node:crypto'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../test-support/temp-folder.fixture.ts'
import { readMasterKey } from './master-key.ts'
import { openSecret, sealSecret } from './sealed-secret.ts'

const invalid = expect.objectContaining({ code: 'TRN_KEY_FILE_INVALID' }) as Error

describe('the master key', () => {
  test('is made once, for its owner only, by whichever of many processes comes first', async () => {
    const folder = join(tempFolder(), 'a', 'data')
    const keys = await Promise.all(Array.from({ length: 20 }, () => readMasterKey(folder)))
    expect(new Set(keys.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(1)
    expect(keys[0]?.bytes.length).toBe(32)
    expect(readdirSync(folder)).toEqual(['master.key'])
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(await readMasterKey(folder)).toEqual(keys[0])
  })

  test('of the environment goes first, and leaves no file', async () => {
    const folder = tempFolder()
    const given = randomBytes(32)
    expect((await readMasterKey(folder, given.toString('base64'))).bytes).toEqual(given)
    expect(readdirSync(folder)).toEqual([])
  })

  test('that is no key, or can’t be made, is an error with the file’s name', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'master.key'), 'secret')
    await expect(readMasterKey(folder)).rejects.toThrow(invalid)
    await expect(readMasterKey(folder)).rejects.toThrow(/master\.key/)
    await expect(readMasterKey(join(folder, 'master.key'))).rejects.toThrow(invalid)
  })
})

describe('a sealed secret', () => {
  const master = { bytes: randomBytes(32), name: 'TRINITY_MASTER_KEY' }
  const secret = randomBytes(32)

  test('opens under the same master key for the same id, and is another text each time', () => {
    const sealed = sealSecret(master, 'k', secret)
    expect(Buffer.from(openSecret(master, 'k', sealed))).toEqual(secret)
    expect(sealSecret(master, 'k', secret)).not.toBe(sealed)
    expect(Buffer.from(sealed, 'base64').includes(secret)).toBe(false)
  })

  test('does not open under another master key, for another id, changed in any bit or cut anywhere', () => {
    const sealed = sealSecret(master, 'k', secret)
    expect(() => openSecret({ bytes: randomBytes(32), name: 'other' }, 'k', sealed)).toThrow(invalid)
    expect(() => openSecret(master, 'l', sealed)).toThrow(/key l .*TRINITY_MASTER_KEY/)
    const bytes = Buffer.from(sealed, 'base64')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => openSecret(master, 'k', changed.toString('base64'))).toThrow(invalid)
    }
    for (let length = 0; length < bytes.length; length++)
      expect(() => openSecret(master, 'k', bytes.subarray(0, length).toString('base64'))).toThrow(invalid)
  })
})
