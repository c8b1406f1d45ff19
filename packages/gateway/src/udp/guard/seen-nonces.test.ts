import { expect, test } from 'vitest'
import { SeenNonces } from './seen-nonces.ts'

test('a nonce is known for two minutes from when it came first', () => {
  const nonces = new SeenNonces()
  expect(nonces.note(7, 5000)).toBe(false)
  expect(nonces.note(7, 5000)).toBe(true)
  expect(nonces.note(7, 125_000)).toBe(true)
  expect(nonces.note(7, 126_000)).toBe(false)
  expect(nonces.note(7, 126_500)).toBe(true)
})

test('another one is not taken for it, not in the same cell either, and 0 is a hash as any', () => {
  const nonces = new SeenNonces()
  expect([0, 1, 0x10001, 0, 0x10001].map((hash) => nonces.note(hash, 0))).toEqual([false, false, false, true, true])
  expect(nonces.note(1, 0)).toBe(false)
})
