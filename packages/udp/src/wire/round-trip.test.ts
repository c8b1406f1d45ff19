import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { samples } from '../../test-support/arbitraries.ts'
import { codecs, meaningOf, memory, out, sip } from '../../test-support/codecs.ts'
import { messageType, wireSize } from '../index.ts'

function written(type: number, fields: unknown): Uint8Array {
  memory.fill(0xee, out)
  const length = codecs[type]!.write(fields)
  return memory.slice(out, out + length)
}

describe.each(samples)('$name', ({ type, fields }) => {
  const { read } = codecs[type]!

  test('decodes to what was encoded, in one datagram', () => {
    fc.assert(
      fc.property(fields, (sample) => {
        const bytes = written(type, sample)
        expect(bytes.length).toBeLessThanOrEqual(wireSize.datagramMost)
        expect(read(bytes, sample)).toEqual(meaningOf(sample))
      }),
    )
  })

  test('is refused when cut anywhere', () => {
    fc.assert(
      fc.property(fields, (sample) => {
        const bytes = written(type, sample)
        for (let length = 0; length < bytes.length; length++) expect(read(bytes.slice(0, length), sample)).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })

  test('is refused with any bit turned', () => {
    fc.assert(
      fc.property(fields, (sample) => {
        const bytes = written(type, sample)
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const turned = bytes.slice()
          turned[bit >> 3]! ^= 1 << (bit & 7)
          expect(read(turned, sample)).toBeUndefined()
        }
      }),
      { numRuns: 10 },
    )
  })

  test('is refused with bytes behind it, even under a right tag', () => {
    const isOpenEnded = type === messageType.reportData
    fc.assert(
      fc.property(fields, fc.uint8Array({ minLength: 1, maxLength: 40 }), (sample, extra) => {
        const bytes = written(type, sample)
        expect(read(Uint8Array.of(...bytes, ...extra), sample)).toBeUndefined()
        const length = bytes.length - wireSize.tag
        memory.set(bytes.subarray(0, length), out)
        memory.set(extra, out + length)
        sip.tag(0, out, length + extra.length)
        const longer = memory.slice(out, out + length + extra.length + wireSize.tag)
        const isPadding = type === messageType.report && extra.every((byte) => byte === 0) && longer.length <= wireSize.datagramMost
        if (!isOpenEnded && !isPadding) expect(read(longer, sample)).toBeUndefined()
      }),
    )
  })

  test('is not read from noise, however well it is tagged', () => {
    fc.assert(
      fc.property(fields, fc.uint8Array({ maxLength: 1400 }), (sample, noise) => {
        expect(read(noise, sample)).toBeUndefined()
        memory.set(noise, out)
        sip.tag(0, out, noise.length)
        expect(read(memory.slice(out, out + noise.length + wireSize.tag), sample)).toBeUndefined()
      }),
    )
  })
})

test('an ERROR 1, which no tag protects, never reads the same with a bit turned', () => {
  const { read, write } = codecs[messageType.error]!
  const fields = { requestId: 77, code: 1, retryAfterMs: 0 }
  const bytes = memory.slice(out, out + write(fields))
  expect(read(bytes, fields)).toEqual(fields)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = bytes.slice()
    turned[bit >> 3]! ^= 1 << (bit & 7)
    expect(read(turned, fields)).not.toEqual(fields)
  }
  for (let length = 0; length < bytes.length; length++) expect(read(bytes.slice(0, length), fields)).toBeUndefined()
})
