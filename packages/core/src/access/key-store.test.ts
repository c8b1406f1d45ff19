import { expect, test } from 'vitest'
import { hashKey } from './key-store.ts'

test('a key is known by its SHA-256', () => {
  expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
