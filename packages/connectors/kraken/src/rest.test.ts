import type { ConnectorRest, ListedSymbol } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { kraken } from './index.ts'

const rest: ConnectorRest & Required<Pick<ConnectorRest, 'list'>> = kraken.rest

const answer = (result: object): string => JSON.stringify({ error: [], result })

function listed(result: object): readonly ListedSymbol[] {
  const decoded = rest.list.decode(answer(result))
  if ('rejected' in decoded) throw new Error(decoded.rejected)
  return decoded
}

/** Prices in a body of tickers, with the names that a listing gave. */
function prices(tickers: Readonly<Record<string, string>>, symbols: readonly string[], listing: object = {}): readonly string[] {
  const names = new Map(listed(listing).map(({ symbol, restName }) => [symbol, restName]))
  const rows = Object.fromEntries(Object.entries(tickers).map(([key, last]) => [key, { c: [last, '1'] }]))
  const decoded = rest.decode(answer(rows), symbols, (symbol) => names.get(symbol) ?? symbol)
  if ('rejected' in decoded) throw new Error(decoded.rejected)
  return decoded.ticks.map(({ symbol, price }) => `${symbol} ${price}`)
}

describe('names', () => {
  const olderNames = {
    USDTZUSD: { altname: 'USDTUSD', wsname: 'USDT/USD', status: 'online' },
    ZEURZUSD: { altname: 'EURUSD', wsname: 'EUR/USD', status: 'online' },
    ZGBPZUSD: { altname: 'GBPUSD', wsname: 'GBP/USD', status: 'online' },
    USDCUSD: { altname: 'USDCUSD', wsname: 'USDC/USD', status: 'online' },
    XXBTZUSD: { altname: 'XBTUSD', wsname: 'XBT/USD', status: 'online' },
    XDGUSD: { altname: 'XDGUSD', wsname: 'XDG/USD', status: 'online' },
    XETHXXBT: { altname: 'ETHXBT', wsname: 'ETH/XBT', status: 'online' },
  }

  test('both requests ask for the newer naming', () => {
    const urls = [...rest.request(['BTC/USD'], (symbol) => symbol), rest.list.request()].map(({ url }) => url)
    expect(urls).toEqual(['https://api.kraken.com/0/public/Ticker?assetVersion=1', 'https://api.kraken.com/0/public/AssetPairs?assetVersion=1'])
  })

  test('a server with the older naming is read by the keys of its own listing: Tether and fiat too', () => {
    const tickers = {
      USDTZUSD: '1.00010',
      ZEURZUSD: '1.17000',
      ZGBPZUSD: '1.33000',
      USDCUSD: '0.99990',
      XXBTZUSD: '60000.1',
      XDGUSD: '0.1',
      XETHXXBT: '0.0345',
    }
    const symbols = ['USDT/USD', 'EUR/USD', 'GBP/USD', 'USDC/USD', 'BTC/USD', 'DOGE/USD', 'ETH/BTC']
    expect(prices(tickers, symbols, olderNames)).toEqual([
      'USDT/USD 1.00010',
      'EUR/USD 1.17000',
      'GBP/USD 1.33000',
      'USDC/USD 0.99990',
      'BTC/USD 60000.1',
      'DOGE/USD 0.1',
      'ETH/BTC 0.0345',
    ])
  })

  test('a server with the newer naming is read by the symbols of the socket, before its listing is too', () => {
    const tickers = { 'USDT/USD': '1.00010', 'EUR/USD': '1.17000', 'BTC/USD': '60000.1', 'DOGE/USD': '0.1' }
    const symbols = Object.keys(tickers)
    const newerNames = Object.fromEntries(symbols.map((name) => [name, { wsname: name, status: 'online' }]))
    expect(prices(tickers, symbols)).toEqual(prices(tickers, symbols, newerNames))
    expect(prices(tickers, symbols)).toHaveLength(4)
    expect(listed(newerNames).every(({ restName }) => restName === undefined)).toBe(true)
  })

  test('a name that neither the listing nor the body has is not guessed', () => {
    expect(prices({ XXBTZUSD: '60000.1', XBTUSD: '60000.2', BTCUSD: '60000.3' }, ['BTC/USD'])).toEqual([])
  })

  test('names of version 1 are mapped on either side, and only whole ones', () => {
    const symbols = listed({
      A: { wsname: 'XBT/USD' },
      B: { wsname: 'ETH/XBT' },
      C: { wsname: 'XDG/XBT' },
      D: { wsname: 'XBTX/USD' },
      'XBT/EUR': { wsname: 'XBT/EUR' },
    })
    expect(symbols.map(({ symbol, restName }) => [symbol, restName])).toEqual([
      ['BTC/USD', 'A'],
      ['ETH/BTC', 'B'],
      ['DOGE/BTC', 'C'],
      ['XBTX/USD', 'D'],
      ['BTC/EUR', 'XBT/EUR'],
    ])
  })

  test('LUNA and LUNA2 stay two symbols, each with its own price', () => {
    const listing = { LUNAUSD: { wsname: 'LUNA/USD', status: 'online' }, LUNA2USD: { wsname: 'LUNA2/USD', status: 'online' } }
    expect(prices({ LUNAUSD: '0.00006010', LUNA2USD: '0.1510' }, ['LUNA/USD', 'LUNA2/USD'], listing)).toEqual([
      'LUNA/USD 0.00006010',
      'LUNA2/USD 0.1510',
    ])
  })
})

test('tickers have no times, so a reading is taken for older than the moment it was asked for', () => {
  expect(rest.bodyAgeMs).toBe(1000)
})

test.each([
  ['online', 'trading'],
  ['limit_only', 'trading'],
  ['reduce_only', 'trading'],
  ['post_only', 'halted'],
  ['cancel_only', 'halted'],
  ['maintenance', 'halted'],
  ['work_in_progress', 'halted'],
  ['delisted', 'closed'],
])('a pair that is %s is %s', (status, state) => {
  expect(listed({ KAVAUSD: { wsname: 'KAVA/USD', status } })).toEqual([{ symbol: 'KAVA/USD', state, restName: 'KAVAUSD' }])
})

test('an unknown status is halted and reported; a row of years ago without one is trading', () => {
  const rows = { 'ALGO/USD': { status: 'frozen' }, 'KSM/USD': {}, 'SC/USD': { status: null } }
  expect(listed(rows)).toEqual([
    { symbol: 'ALGO/USD', state: 'halted', unknownState: 'frozen' },
    { symbol: 'KSM/USD', state: 'trading' },
    { symbol: 'SC/USD', state: 'halted', unknownState: 'null' },
  ])
})

test('two rows of one symbol stay two, and a pair that is not on the socket is left out', () => {
  const rows = {
    XXBTZUSD: { wsname: 'XBT/USD', status: 'cancel_only' },
    'BTC/USD': { wsname: 'XBT/USD', status: 'online' },
    'XBTUSD.d': { altname: 'XBTUSD.d', status: 'online' },
  }
  expect(listed(rows)).toEqual([
    { symbol: 'BTC/USD', state: 'halted', restName: 'XXBTZUSD' },
    { symbol: 'BTC/USD', state: 'trading' },
  ])
})

test.each([
  [['EAPI:Rate limit exceeded'], 'EAPI:Rate limit exceeded'],
  [['EService:Throttled: 1790000030'], 'EService:Throttled: 1790000030'],
  [['EService:Unavailable', 'EService:Busy'], 'EService:Unavailable, EService:Busy'],
  [[7], '7'],
  ['EAPI:Rate limit exceeded', 'EAPI:Rate limit exceeded'],
  [{ code: 'EAPI' }, 'EAPI'],
])('the error %j in a body with status 200 is a rejection', (error, rejected) => {
  for (const body of [JSON.stringify({ error }), JSON.stringify({ error, result: { 'BTC/USD': { c: ['1', '1'], status: 'online' } } })]) {
    expect(rest.decode(body, ['BTC/USD'], (symbol) => symbol)).toEqual({ rejected })
    expect(rest.list.decode(body)).toEqual({ rejected })
  }
})

test('a warning beside a result rejects nothing', () => {
  const body = JSON.stringify({ error: ['WGeneral:Deprecated'], result: { 'BTC/USD': { c: ['1', '1'] } } })
  expect(rest.decode(body, ['BTC/USD'], (symbol) => symbol)).toMatchObject({ ticks: [{ symbol: 'BTC/USD', price: '1' }] })
})

test.each(['', '<html>502</html>', '[]', '{}', '{"result":[]}', '{"error":null,"result":null}'])('%s is unreadable, which is said', (body) => {
  const unreadable = { rejected: 'unreadable body', retryAfterMs: 0 }
  expect(rest.list.decode(body)).toEqual(unreadable)
  expect(rest.decode(body, ['BTC/USD'], (symbol) => symbol)).toEqual(unreadable)
})

test.each(['{"error":[],"result":{}}', '{"error":[],"result":{"BTC/USD":null,"A":7}}'])('%s lists nothing and prices nothing', (body) => {
  expect(rest.list.decode(body)).toEqual([])
  expect(rest.decode(body, ['BTC/USD'], (symbol) => symbol)).toEqual({ ticks: [] })
})
