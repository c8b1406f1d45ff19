import { describe, expect, test } from 'vitest'
import { createApiKey, createKeyId, hasIdForm, hasKeyForm, isKeyIntact } from './api-key.ts'

describe('an API key', () => {
  test('is made of letters and digits that need no escape anywhere, and each is another one', () => {
    const keys = Array.from({ length: 2000 }, () => createApiKey())
    for (const key of keys) {
      expect(key).toMatch(/^trn_[0-9a-hjkmnp-tv-z]{39}$/)
      expect([encodeURIComponent(key), hasKeyForm(key), isKeyIntact(key)]).toEqual([key, true, true])
    }
    expect(new Set(keys).size).toBe(2000)
  })

  test('holds 160 random bits: each of them changes it', () => {
    const zeros = createApiKey((size) => new Uint8Array(size))
    const changed = Array.from({ length: 160 }, (_, bit) =>
      createApiKey((size) => new Uint8Array(size).fill(1 << (bit & 7), bit >> 3, (bit >> 3) + 1)),
    )
    expect(new Set([zeros, ...changed]).size).toBe(161)
    const asked: number[] = []
    createApiKey((size) => {
      asked.push(size)
      return new Uint8Array(size)
    })
    expect(asked).toEqual([20])
  })

  test('with any one character wrong, missing, doubled or swapped with the next is found out', () => {
    for (let i = 0; i < 20; i++) {
      const key = createApiKey()
      for (let at = 0; at < key.length; at++) {
        for (const other of '059az_-!É') {
          if (other !== key[at]) expect(isKeyIntact(key.slice(0, at) + other + key.slice(at + 1))).toBe(false)
        }
        expect(isKeyIntact(key.slice(0, at) + key.slice(at + 1))).toBe(false)
        expect(isKeyIntact(key.slice(0, at + 1) + key.slice(at))).toBe(false)
        const swapped = key.slice(0, at) + (key[at + 1] ?? '') + (key[at] ?? '') + key.slice(at + 2)
        if (swapped !== key) expect(isKeyIntact(swapped)).toBe(false)
      }
    }
    for (const text of ['', 'trn_', 'demo-public-2026-03-01-abc123']) expect(isKeyIntact(text)).toBe(false)
  })

  test('has an id that tells nothing of it', () => {
    const ids = Array.from({ length: 1000 }, () => createKeyId())
    for (const id of ids) expect([id, hasIdForm(id)]).toEqual([expect.stringMatching(/^key_[0-9a-z]{16}$/), true])
    for (const text of [createApiKey(), 'demo-public-2026-03-01-abc123', 'key_', 'key_a b', `key_${'x'.repeat(61)}`])
      expect(hasIdForm(text)).toBe(false)
    expect(new Set(ids).size).toBe(1000)
  })
})
