import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareTradeIds, equalDecimals, isDecimalText, isPriceText } from './decimal.ts'

/** What JSON says a number is, without the sign. */
const jsonNumber = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

describe('decimal text', () => {
  test.each(['0', '0.10', '12', '60000.40000', '1.2e-05', '1E+5', '0.000000000000000012'])('%s is one', (text) => {
    expect(isDecimalText(text)).toBe(true)
  })

  test.each([
    '',
    ' ',
    '1 ',
    ' 1',
    '+1',
    '-1',
    '01',
    '00',
    '1.',
    '.1',
    '1,5',
    '1e',
    '1e+',
    'e5',
    '1.2.3',
    '0x10',
    'NaN',
    'Infinity',
    '1_000',
    '١',
    '1\u0000',
  ])('%j is none', (text) => {
    expect(isDecimalText(text)).toBe(false)
  })

  test('agrees with the grammar of JSON on any text of its characters', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0159.eE+- '), maxLength: 12 })
    fc.assert(
      fc.property(text, (value) => isDecimalText(value) === jsonNumber.test(value)),
      { numRuns: 5000 },
    )
  })
})

describe('price text', () => {
  test.each(['0.00000001', '1', '1.2e-05', '999999999999999999999999'])('%s is a price', (text) => {
    expect(isPriceText(text)).toBe(true)
  })

  test.each(['0', '0.0', '0.000', '0e5', '0.0e9', '-1', '1e-400', '1e400', 'NaN', '', '9'.repeat(400), `0.${'0'.repeat(400)}1`])(
    '%s is none',
    (text) => {
      expect(isPriceText(text)).toBe(false)
    },
  )

  test('is always above zero and finite for a double', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0019.e-'), maxLength: 30 })
    fc.assert(
      fc.property(text, (value) => {
        if (isPriceText(value)) expect(Number(value) > 0 && Number(value) < Infinity).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('equal decimals', () => {
  test.each([
    ['60000.40000', '60000.4'],
    ['1', '1.000'],
    ['1e3', '1000'],
    ['1.5e-3', '0.0015'],
    ['0', '0.00'],
    ['0e9', '0'],
    ['10E2', '1e3'],
  ])('%s = %s', (a, b) => {
    expect(equalDecimals(a, b)).toBe(true)
  })

  test.each([
    ['60000.4', '60000.41'],
    ['1', '10'],
    ['0.1', '0.01'],
    ['9007199254740993', '9007199254740992'],
    ['1e-5', '1e5'],
  ])('%s differs from %s', (a, b) => {
    expect(equalDecimals(a, b)).toBe(false)
  })

  test('agrees with arithmetic on whole numbers', () => {
    const part = fc.record({ digits: fc.bigInt({ min: 0n, max: 99_999n }), zeros: fc.nat(4), shift: fc.nat(4) })
    // The value digits × 10^shift, said with trailing zeros after the point or with an exponent.
    const say = ({ digits, zeros, shift }: { digits: bigint; zeros: number; shift: number }): string =>
      zeros % 2 === 0 ? `${digits}${'0'.repeat(shift)}${zeros === 0 ? '' : `.${'0'.repeat(zeros)}`}` : `${digits}e${shift}`
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(equalDecimals(say(a), say(b))).toBe(a.digits * 10n ** BigInt(a.shift) === b.digits * 10n ** BigInt(b.shift))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('trade ids', () => {
  test('compare as whole numbers of any length', () => {
    const id = fc.bigInt({ min: 0n, max: 10n ** 30n })
    fc.assert(
      fc.property(id, id, fc.nat(3), (a, b, zeros) => {
        expect(Math.sign(compareTradeIds('0'.repeat(zeros) + String(a), String(b)))).toBe(a === b ? 0 : a < b ? -1 : 1)
      }),
    )
  })

  test('a missing id, and one that is no number, sort lowest', () => {
    expect(compareTradeIds(null, '0')).toBeLessThan(0)
    expect(compareTradeIds('abc', '0')).toBeLessThan(0)
    expect(compareTradeIds('', null)).toBe(0)
    expect(compareTradeIds('abc', null)).toBe(0)
  })
})
