import { KeyReader, KeyTable, hashKey } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { createApiKey } from './api-key.ts'
import { authenticateKey, rowOfKey } from './authenticate.ts'
import { demoKey, memoryKeyStore, seededKeys, stressKey } from './memory-key-store.ts'

async function openReader(): Promise<{ table: KeyTable; reader: KeyReader; rows: readonly number[] }> {
  const store = memoryKeyStore([
    { key: 'first-key', id: 'one', name: 'first', tier: 'pro' },
    { key: 'second-key', id: 'two', name: 'second', tier: 'free' },
  ])
  const table = new KeyTable(8)
  const rows = (await store.load()).map((entry) => table.put(entry))
  return { table, reader: new KeyReader(table.buffer), rows }
}

const { table, reader, rows } = await openReader()

describe('a key', () => {
  test.each(['Bearer second-key', 'bearer second-key', 'BEARER   second-key'])('is known by %j', (authorization) => {
    const row = authenticateKey(reader, authorization)
    expect(row).toBe(rows[1])
    expect(table.entryAt(row)).toEqual({ id: 'two', name: 'second', tier: 'free' })
  })

  test.each([undefined, ''])('is missing in %j', (authorization) => {
    expect(() => authenticateKey(reader, authorization)).toThrow(expect.objectContaining({ code: 'TRN_KEY_MISSING', status: 401 }) as Error)
  })

  const invalid = [
    'Bearer',
    'Bearer ',
    'second-key',
    'Basic second-key',
    'Bearer second-key x',
    'Bearer SECOND-KEY',
    'Bearer second-ke',
    'Bearer second-key\u0000',
    `Bearer ${'x'.repeat(257)}`,
    `Bearer ${hashKey('second-key')}`,
  ]
  test.each(invalid)('is not known by %j', (authorization) => {
    expect(() => authenticateKey(reader, authorization)).toThrow(expect.objectContaining({ code: 'TRN_KEY_INVALID', status: 401 }) as Error)
  })

  test('that was revoked is told from one that never was', async () => {
    const { table: other, reader: otherReader, rows: otherRows } = await openReader()
    other.revoke(otherRows[0] ?? -1)
    expect(() => authenticateKey(otherReader, 'Bearer first-key')).toThrow(expect.objectContaining({ code: 'TRN_KEY_REVOKED', status: 403 }) as Error)
    expect(authenticateKey(otherReader, 'Bearer second-key')).toBe(otherRows[1])
    expect(rowOfKey(otherReader, 'first-key')).toBe(otherRows[0])
  })

  test('with a typo is told so by its checksum; one without may just be unknown', () => {
    const key = createApiKey()
    const typo = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    expect(() => authenticateKey(reader, `Bearer ${typo}`)).toThrow(/checksum/)
    expect(() => authenticateKey(reader, `Bearer ${key}`)).toThrow(/not known/)
  })

  test('never stands in the refusal', () => {
    for (const key of ['wrong-secret', createApiKey(), `${createApiKey()}x`]) {
      expect(() => authenticateKey(reader, `Bearer ${key}`)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(key) as string }) as Error,
      )
    }
  })
})

describe('the seeded keys', () => {
  test('are the demo key of the quick start, at 3 a second, and on request the stress key', async () => {
    const seeded = await seededKeys().load()
    expect(seeded.map(({ id, tier, plan }) => [id, tier, plan.queriesPerSecond, plan.burst])).toEqual([['demo', 'free', 3, 3]])
    expect(demoKey).toBe('demo-public-2026-03-01-abc123')
    const more = await seededKeys({ stress: true, demoQueriesPerSecond: 1000 }).load()
    expect(more.map(({ id, plan }) => [id, plan.queriesPerSecond])).toEqual([
      ['demo', 1000],
      ['stress', 100_000],
    ])
    expect(more.map(({ hash }) => Buffer.from(hash).toString('hex'))).toEqual([hashKey(demoKey), hashKey(stressKey)])
  })

  test('hold no clear key', async () => {
    for (const entry of await seededKeys({ stress: true }).load())
      expect(JSON.stringify({ ...entry, hash: Buffer.from(entry.hash).toString('latin1') })).not.toMatch(/demo-public|stress-test-/)
  })
})
