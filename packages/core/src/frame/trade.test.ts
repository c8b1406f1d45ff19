import { describe, expect, test } from 'vitest'
import { type RawTrade, readTrade, readTrades, readUntimedPrice, readUntimedPrices } from './trade.ts'

const raw: RawTrade = { symbol: 'BTC/USD', price: '60000.40', size: '0.10', at: 1_790_000_000_000, id: 42 }

describe('readTrade', () => {
  test('keeps every digit, and an id as text', () => {
    expect(readTrade(raw)).toEqual({
      kind: 'tick',
      symbol: 'BTC/USD',
      price: '60000.40',
      size: '0.10',
      at: 1_790_000_000_000,
      id: '42',
      backfill: false,
    })
  })

  test.each([
    { symbol: '' },
    { symbol: 7 },
    { symbol: undefined },
    { price: '0' },
    { price: '-1' },
    { price: 60_000.4 },
    { price: '1e400' },
    { price: 'NaN' },
    { price: null },
    { at: undefined },
    { at: 0 },
    { at: Number.NaN },
    { at: 1_790_000_000 },
    { at: 1_790_000_000_000_000 },
  ])('no tick from %j', (wrong) => {
    expect(readTrade({ ...raw, ...wrong })).toBeUndefined()
  })

  test.each([
    ['size', { size: 'much' }],
    ['size', { size: 1 }],
    ['size', { size: undefined }],
    ['id', { id: '' }],
    ['id', { id: 2 ** 53 }],
    ['id', { id: 1.5 }],
    ['id', { id: {} }],
  ] as const)('a wrong %s is only left out: %j', (field, wrong) => {
    const tick = readTrade({ ...raw, ...wrong })
    expect(tick?.price).toBe('60000.40')
    expect(tick?.[field]).toBeUndefined()
  })

  test.each([
    ['buy', 'buy'],
    ['SELL', 'sell'],
    ['Buy', 'buy'],
    ['bid', undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('the side %j is read as %j', (side, read) => {
    expect(readTrade({ ...raw, side })?.side).toBe(read)
  })

  test('rows keep their order, and bad ones are left out', () => {
    const ticks = readTrades(['1', '0', '2'], (price) => ({ ...raw, price }))
    expect(ticks.map(({ price }) => price)).toEqual(['1', '2'])
    expect(readTrades(['3'], (price) => ({ ...raw, price }), ticks)).toBe(ticks)
    expect(ticks.map(({ price }) => price)).toEqual(['1', '2', '3'])
  })
})

test('a last price without a time says so', () => {
  expect(readUntimedPrice('BTC/USD', '60000.40')).toEqual({
    kind: 'tick',
    symbol: 'BTC/USD',
    price: '60000.40',
    size: undefined,
    at: undefined,
    id: undefined,
    backfill: false,
  })
  expect(readUntimedPrice('BTC/USD', '0.00')).toBeUndefined()
  expect(readUntimedPrice('', '1')).toBeUndefined()
  expect(readUntimedPrices(['a', 'b', 'c'], (symbol) => ({ a: '1', b: 2, c: '3' })[symbol]).map(({ symbol, price }) => symbol + price)).toEqual([
    'a1',
    'c3',
  ])
})
