import { type KeyStore, hashKey } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { authenticate } from './authenticate.ts'
import { demoKey, memoryKeyStore, seededKeys } from './memory-key-store.ts'

const keys = memoryKeyStore([
  { key: 'first-key', id: 'one', name: 'first', tier: 'pro' },
  { key: 'second-key', id: 'two', name: 'second', tier: 'free' },
])

describe('a key', () => {
  test.each(['Bearer second-key', 'bearer second-key', 'BEARER   second-key'])('is known by %j', (authorization) => {
    expect(authenticate(keys, authorization)).toEqual({ id: 'two', name: 'second', tier: 'free' })
  })

  test.each([undefined, ''])('is missing in %j', (authorization) => {
    expect(() => authenticate(keys, authorization)).toThrow(expect.objectContaining({ code: 'TRN_KEY_MISSING', status: 401 }) as Error)
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
    expect(() => authenticate(keys, authorization)).toThrow(expect.objectContaining({ code: 'TRN_KEY_INVALID', status: 401 }) as Error)
  })

  test('never stands in the refusal', () => {
    expect(() => authenticate(keys, 'Bearer wrong-secret')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('wrong-secret') as string }) as Error,
    )
  })
})

describe('the memory key store', () => {
  test('knows keys by their SHA-256 and gives no clear key', () => {
    expect(keys.find(hashKey('first-key'))).toEqual({ id: 'one', name: 'first', tier: 'pro' })
    expect(keys.find('first-key')).toBeUndefined()
    expect(JSON.stringify(keys.find(hashKey('first-key')))).not.toContain('first-key')
  })

  test('asks a store by nothing but the hash', () => {
    const asked: string[] = []
    const store: KeyStore = {
      find(keyHash) {
        asked.push(keyHash)
        return undefined
      },
    }
    expect(() => authenticate(store, 'Bearer abc')).toThrow()
    expect(asked).toEqual(['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'])
  })

  test('has the demo key of the quick start outside production, and none in an empty one', () => {
    expect(demoKey).toBe('demo-public-2026-03-01-abc123')
    expect(authenticate(seededKeys(), `Bearer ${demoKey}`)).toMatchObject({ tier: 'free' })
    expect(memoryKeyStore([]).find(hashKey(demoKey))).toBeUndefined()
  })
})
