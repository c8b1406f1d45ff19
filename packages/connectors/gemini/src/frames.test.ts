import { describe, expect, test } from 'vitest'
import { gemini } from './index.ts'

const trade = '"E":1790000001000001007,"s":"btcusd","t":2840000000000003,"p":"60000.01000","q":"0.0010000000"'
const quote =
  '"u":1700000000000001,"E":1790000000100000123,"s":"btcusd","b":"60000.01000","B":"0.5","a":"60000.02000","A":"0.25","c":"59990.50000","C":"0.01"'

describe('a trade', () => {
  test.each([
    ['is known by its keys', `{${trade},"m":false}`],
    ['may say what it is', `{"e":"trade",${trade},"m":false}`],
  ])('%s', (_, frame) => {
    expect(gemini.decode(frame)).toEqual([
      {
        kind: 'tick',
        symbol: 'btcusd',
        price: '60000.01000',
        size: '0.0010000000',
        at: 1_790_000_001_000,
        id: '2840000000000003',
        backfill: false,
        side: 'buy',
      },
    ])
  })

  test.each([
    ['true', 'sell'],
    ['false', 'buy'],
    ['null', undefined],
    ['"true"', undefined],
  ])('whose buyer was the maker %s was, by its taker, a %s', (m, side) => {
    expect(gemini.decode(`{${trade},"m":${m}}`)).toMatchObject([{ price: '60000.01000', side }])
  })
})

describe('a quote', () => {
  test.each([
    ['is known by its keys', `{${quote}}`],
    ['may say what it is', `{"e":"bookTicker",${quote}}`],
    ['may have an empty side', `{${quote.replace('"b":"60000.01000"', '"b":""')}}`],
  ])('%s, and has the price of the last trade', (_, frame) => {
    expect(gemini.decode(frame)).toMatchObject([{ kind: 'tick', symbol: 'btcusd', price: '59990.50000', at: undefined }])
  })

  test('of a book that has never traded is a sign of life', () => {
    expect(gemini.decode(`{${quote.replace(/,"c".*/, '')}}`)).toEqual([{ kind: 'alive' }])
  })

  test.each([
    ['a change of the book', `{"e":"depthUpdate",${quote}}`],
    ['a change of the book that does not say so', '{"u":17,"E":1790000000100000123,"s":"btcusd","b":[["60000.01","1"]],"a":[],"c":"59990.50000"}'],
    ['a candle', '{"E":1790000000100000123,"s":"btcusd","o":"1","h":"2","l":"0.5","c":"59990.50000","v":"3"}'],
    ['a frame of a kind to come', `{"e":"auction",${trade},"c":"59990.50000"}`],
    ['a book of limited depth', '{"lastUpdateId":17,"s":"btcusd","bids":[["60000.01","1"]],"asks":[],"c":"1"}'],
  ])('%s is none', (_, frame) => {
    expect(gemini.decode(frame)).toEqual([{ kind: 'alive' }])
  })
})
