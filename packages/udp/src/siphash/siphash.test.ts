import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { siphashModuleSource } from '../../scripts/assemble-siphash.ts'
import { siphashOracle } from '../../test-support/siphash-oracle.ts'
import { vectors } from '../../test-support/vectors.ts'
import { createSipHash } from './siphash.ts'

const sip = createSipHash({ bytes: 4096 })
const { memory } = sip

function tagOf(key: Uint8Array, keyAt: number, input: Uint8Array, at: number): string {
  memory.fill(0xee)
  memory.set(key, keyAt)
  memory.set(input, at)
  sip.tag(keyAt, at, input.length)
  return Buffer.from(memory.subarray(at + input.length, at + input.length + 8)).toString('hex')
}

describe('SipHash-2-4', () => {
  test('gives the 64 published vectors', () => {
    const key = Buffer.from(vectors.siphash.key, 'hex')
    const inputs = vectors.siphash.tags.map((_, length) => Uint8Array.from({ length }, (_, i) => i))
    expect(inputs).toHaveLength(64)
    expect(inputs.map((input) => tagOf(key, 0, input, 64))).toEqual(vectors.siphash.tags)
    expect(vectors.siphash.tags[15]).toBe('a129ca6149be45e5')
  })

  test('agrees with the plain form at every place and length', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
    const place = fc.integer({ min: 16, max: 300 })
    fc.assert(
      fc.property(bytes, place, fc.uint8Array({ maxLength: 1300 }), place, (key, keyAt, input, gap) => {
        const at = keyAt + 16 + gap
        expect(tagOf(key, keyAt, input, at)).toBe(siphashOracle(key, input).toString(16).padStart(16, '0'))
        expect(sip.verify(keyAt, at, input.length)).toBe(true)
      }),
    )
  })

  test('refuses a tag with any bit wrong, and that of another key', () => {
    tagOf(
      Uint8Array.from({ length: 16 }, (_, i) => i),
      0,
      new Uint8Array(40),
      64,
    )
    for (let bit = 0; bit < 64; bit++) {
      const at = 104 + (bit >> 3)
      const right = memory[at]!
      memory[at] = right ^ (1 << (bit & 7))
      expect(sip.verify(0, 64, 40)).toBe(false)
      memory[at] = right
    }
    expect(sip.verify(0, 64, 40)).toBe(true)
    expect(sip.verify(1, 64, 40)).toBe(false)
  })

  test('changes nothing but the eight bytes of the tag', () => {
    tagOf(new Uint8Array(16), 0, new Uint8Array(21), 32)
    expect([...memory.subarray(16, 32), ...memory.subarray(61, 100)].every((byte) => byte === 0xee)).toBe(true)
  })

  test('reaches to the last byte of its memory and not beyond', () => {
    const end = memory.length
    expect(() => sip.tag(0, end - 13, 5)).not.toThrow()
    expect(() => sip.tag(0, end - 12, 5)).toThrow()
    expect(() => sip.verify(end - 15, 64, 5)).toThrow()
  })

  test('has as much memory as asked for, in whole pages', () => {
    expect([1, 65_536, 65_537].map((bytes) => createSipHash({ bytes }).memory.length)).toEqual([65_536, 65_536, 131_072])
  })
})

test('siphash-module.ts is what siphash.wat assembles to', async () => {
  expect(readFileSync(new URL('siphash-module.ts', import.meta.url), 'utf8')).toBe(await siphashModuleSource())
})
