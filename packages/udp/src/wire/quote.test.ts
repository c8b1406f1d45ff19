import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assetStatus,
  lowerWord,
  quoteMost,
  readQuote,
  upperWord,
  wireSize,
  writeEmptyQuoteEntry,
  writeQuoteEntry,
  writeQuoteEntryWords,
  writeQuoteHead,
} from '../index.ts'

const time = 1_776_003_781_123
const price = Buffer.from('83421.57')

function quote(change: (bytes: Uint8Array) => void): unknown {
  const bytes = new Uint8Array(wireSize.datagramMost)
  let at = writeQuoteHead(bytes, 0, 9, upperWord(time), lowerWord(time), 2)
  at = writeQuoteEntry(bytes, at, assetStatus.fresh, 1, 3, 0, upperWord(time), lowerWord(time), 42, price, 0, price.length)
  at = writeEmptyQuoteEntry(bytes, at, assetStatus.unknown)
  change(bytes)
  return readQuote(bytes, 0, at + wireSize.tag, ['btc', 'eth'])
}

describe('QUOTE', () => {
  test.each([
    ['a count of another query', (bytes: Uint8Array) => (bytes[14] = 3)],
    ['a byte that should be zero', (bytes: Uint8Array) => (bytes[15] = 1)],
    ['a status nobody has given out', (bytes: Uint8Array) => (bytes[16] = 4)],
    ['a price of tier 0', (bytes: Uint8Array) => (bytes[17] = 0)],
    ['a price of tier 4', (bytes: Uint8Array) => (bytes[17] = 4)],
    ['a currency nobody has given out', (bytes: Uint8Array) => (bytes[19] = 6)],
    ['a price that is no decimal', (bytes: Uint8Array) => (bytes[31] = 0x78)],
    ['a price that ends early', (bytes: Uint8Array) => (bytes[30] = 7)],
    ['a status nobody has given out, without a price', (bytes: Uint8Array) => (bytes[39] = 4)],
    ['an unknown asset with a tier', (bytes: Uint8Array) => (bytes[40] = 1)],
    ['an unknown asset with a source', (bytes: Uint8Array) => (bytes[41] = 3)],
    ['an unknown asset with a currency', (bytes: Uint8Array) => (bytes[42] = 1)],
    ['an unknown asset with a time', (bytes: Uint8Array) => (bytes[45] = 1)],
    ['an unknown asset with an age', (bytes: Uint8Array) => (bytes[49] = 1)],
  ])('%s makes it malformed', (_, change) => {
    expect(quote(() => {})).toMatchObject({
      requestId: 9,
      serverTimeMs: time,
      quotes: [
        { price: '83421.57', tradedAt: time },
        { asset: 'ETH', status: 'unknown' },
      ],
    })
    expect(quote(change)).toBeUndefined()
  })

  test('of 30 assets with prices as long as they get fits into one datagram', () => {
    const bytes = new Uint8Array(1300)
    let at = writeQuoteHead(bytes, 0, 1, upperWord(time), lowerWord(time), 30)
    for (let i = 0; i < 30; i++) at = writeQuoteEntry(bytes, at, 0, 1, 3, 0, 0, 0, -1, Buffer.from('1'.repeat(24)), 0, 24)
    expect(at + wireSize.tag).toBe(quoteMost)
    expect(quoteMost).toBeLessThanOrEqual(wireSize.datagramMost)
    const answer = readQuote(
      bytes,
      0,
      quoteMost,
      Array.from({ length: 30 }, () => 'btc'),
    )
    expect(answer?.quotes[29]).toMatchObject({ price: '1'.repeat(24), ageMs: 2 ** 32 - 1, tradedAt: null })
  })

  const priced = (count: number, price: string): unknown => {
    const bytes = new Uint8Array(4096)
    let at = writeQuoteHead(bytes, 0, 1, upperWord(time), lowerWord(time), count)
    for (let i = 0; i < count; i++) at = writeQuoteEntry(bytes, at, 0, 1, 3, 0, 0, 0, 5, Buffer.from(price), 0, price.length)
    return readQuote(
      bytes,
      0,
      at + wireSize.tag,
      Array.from({ length: count }, () => 'btc'),
    )
  }

  test('with a price longer than a price may be is malformed', () => {
    expect(priced(1, '1'.repeat(24))).toMatchObject({ quotes: [{ price: '1'.repeat(24) }] })
    for (const length of [25, 26, 100, 255]) expect(priced(1, '1'.repeat(length))).toBeUndefined()
  })

  test('has prices in the form of a JSON number without sign, and no other', () => {
    for (const price of ['0', '1', '0.10', '83421.57', '1e-7', '1.5E+5']) expect(priced(1, price)).toMatchObject({ quotes: [{ price }] })
    for (const price of ['', '-1', '+1', '01', '1.', '.5', '1e', '1 ', 'NaN', '1,5']) expect(priced(1, price)).toBeUndefined()
  })

  test('longer than a datagram is malformed', () => {
    // 24 bytes of head and tag and 24 for each asset: 49 of them are 1,200.
    expect(priced(49, '123456789')).toMatchObject({ requestId: 1 })
    expect(priced(50, '123456789')).toBeUndefined()
  })

  test('is the same from words as from bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), fc.integer({ min: 0, max: 24 }), fc.integer(), (text, length, age) => {
        const words = new Int32Array(8)
        new Uint8Array(words.buffer).set(text, 8)
        const [fromBytes, fromWords] = [new Uint8Array(64), new Uint8Array(64)]
        expect(writeQuoteEntry(fromBytes, 3, 1, 2, 7, 255, 5, -6, age, text, 0, length)).toBe(3 + 15 + length)
        expect(writeQuoteEntryWords(fromWords, 3, 1, 2, 7, 255, 5, -6, age, words, 2, length)).toBe(3 + 15 + length)
        expect(fromWords).toEqual(fromBytes)
      }),
    )
  })
})
