import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rfc3339Ms, wholeMs } from './time.ts'

describe('RFC 3339', () => {
  test.each([
    ['2026-07-07T23:00:04Z', Date.UTC(2026, 6, 7, 23, 0, 4)],
    ['2026-07-07T23:00:04.5Z', Date.UTC(2026, 6, 7, 23, 0, 4, 500)],
    ['2026-07-07T23:00:04.585581Z', Date.UTC(2026, 6, 7, 23, 0, 4, 585)],
    ['2026-07-07T23:00:04.999999999Z', Date.UTC(2026, 6, 7, 23, 0, 4, 999)],
    ['1970-01-01T00:00:00.000000Z', 0],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s', (text, ms) => {
    expect(rfc3339Ms(text)).toBe(ms)
  })

  test.each([
    undefined,
    null,
    1_790_000_000_000,
    '',
    'Z',
    '2026-07-07',
    '2026-07-07T23:00:04',
    '2026-07-07T23:00:04+00:00',
    '2026-07-07 23:00:04Z',
    '2026-13-07T23:00:04Z',
    '2026-07-07T25:00:04Z',
    '2026-02-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T23:00:04Z',
    '2026-07-00T23:00:04Z',
    '2026-07-32T23:00:04Z',
    '2026-07-07T23:00:04,5Z',
    '2026-07-07T23:00:04.5xZ',
    '2026-07-07T23:00:04.5 Z',
    '-026-07-07T23:00:04Z',
  ])('%j is no time', (value) => {
    expect(rfc3339Ms(value)).toBeUndefined()
  })

  test('agrees with Date on any time, fractions cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_799_999 }), fc.nat(999_999), (ms, nanos) => {
        const text = new Date(ms).toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`)
        expect(rfc3339Ms(text)).toBe(ms)
      }),
    )
  })
})

describe('counts of milliseconds', () => {
  test.each([
    ['1619093543708.2642', 1_619_093_543_708],
    ['1619093543708', 1_619_093_543_708],
    ['1619093543708.', 1_619_093_543_708],
    [1_619_093_543_708.9, 1_619_093_543_708],
    [0, 0],
  ])('%j', (value, ms) => {
    expect(wholeMs(value)).toBe(ms)
  })

  test.each([undefined, null, '', '-5', '1e12', ' 1', '0x1', 'NaN', '12345678901234567', Number.NaN, Infinity, [], {}])('%j is none', (value) => {
    expect(wholeMs(value)).toBeUndefined()
  })
})
