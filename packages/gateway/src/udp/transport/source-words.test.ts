import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeSource } from './source-words.ts'

function wordsOf(address: string, port = 1): readonly number[] {
  const words = new Int32Array(5).fill(-1)
  writeSource(address, port, words)
  return [...words].map((word) => word >>> 0)
}

test.each([
  ['0.0.0.0', [0, 0, 0xffff, 0]],
  ['127.0.0.1', [0, 0, 0xffff, 0x7f000001]],
  ['255.254.253.252', [0, 0, 0xffff, 0xfffefdfc]],
  ['::', [0, 0, 0, 0]],
  ['::1', [0, 0, 0, 1]],
  ['1::', [0x00010000, 0, 0, 0]],
  ['2001:db8::FF00:42:8329', [0x20010db8, 0, 0x0000ff00, 0x00428329]],
  ['1:2:3:4:5:6:7:8', [0x00010002, 0x00030004, 0x00050006, 0x00070008]],
  ['fe80::1%eth0', [0xfe800000, 0, 0, 1]],
  ['fe80::a:b%2', [0xfe800000, 0, 0, 0x000a000b]],
  ['::ffff:192.0.2.33', [0, 0, 0xffff, 0xc0000221]],
  ['64:ff9b::192.0.2.33', [0x0064ff9b, 0, 0, 0xc0000221]],
])('%s', (address, words) => {
  expect(wordsOf(address, 65_535)).toEqual([...words, 65_535])
})

test('every address comes back, however it is shortened', () => {
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff))
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const full = groups.map((value) => value.toString(16)).join(':')
      // The form that the URL standard and the C library agree on.
      const short = new URL(`http://[${full}]`).hostname.slice(1, -1)
      const expected = [0, 2, 4, 6].map((at) => ((groups[at]! << 16) | groups[at + 1]!) >>> 0)
      expect(wordsOf(full)).toEqual([...expected, 1])
      expect(wordsOf(short)).toEqual([...expected, 1])
    }),
  )
  fc.assert(
    fc.property(fc.nat(0xffffffff), (value) => {
      const address = [24, 16, 8, 0].map((bits) => (value >>> bits) & 0xff).join('.')
      expect(wordsOf(address)).toEqual([0, 0, 0xffff, value, 1])
    }),
  )
})
