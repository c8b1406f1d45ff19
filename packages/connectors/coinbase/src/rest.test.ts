import type { ConnectorRest } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { coinbase } from './index.ts'

const rest: ConnectorRest & Required<Pick<ConnectorRest, 'list'>> = coinbase.rest
const asIs = (symbol: string): string => symbol
const listing = (...products: readonly object[]): string => JSON.stringify({ products, num_products: products.length })

describe('a product', () => {
  const flags = ['trading_disabled', 'is_disabled', 'cancel_only', 'post_only', 'auction_mode', 'view_only']

  test.each<[object, string]>([
    [{ status: 'online' }, 'trading'],
    [{ status: 'online', limit_only: true }, 'trading'],
    [{ status: 'online', ...Object.fromEntries(flags.map((flag) => [flag, false])) }, 'trading'],
    ...flags.map((flag): [object, string] => [{ status: 'online', [flag]: true }, 'halted']),
    [{ status: 'offline' }, 'halted'],
    [{ status: 'offline', limit_only: true }, 'halted'],
    [{ status: 'delisted' }, 'closed'],
    [{ status: 'delisted', trading_disabled: true, is_disabled: true, cancel_only: true }, 'closed'],
  ])('with %j is %s', (product, state) => {
    expect(rest.list.decode(listing({ product_id: 'RNDR-USD', price: '2.9685', ...product }))).toEqual([{ symbol: 'RNDR-USD', state }])
  })

  test('of an unknown status is halted and reported, whatever its flags, and two rows of one product stay two', () => {
    const rows = [
      { product_id: 'A-USD', status: 'internal', trading_disabled: true },
      { product_id: 'A-USD', status: 'online' },
      { product_id: 'B-USD' },
      {},
    ]
    expect(rest.list.decode(listing(...rows))).toEqual([
      { symbol: 'A-USD', state: 'halted', unknownState: 'internal' },
      { symbol: 'A-USD', state: 'trading' },
      { symbol: 'B-USD', state: 'halted', unknownState: 'undefined' },
    ])
  })
})

test.each([
  ['SELL', 'buy'],
  ['BUY', 'sell'],
  ['UNKNOWN', undefined],
])('a trade whose maker had side %s was, by its taker, a %s', (side, taker) => {
  const row = { trade_id: '11', product_id: 'BTC-USD', price: '60000.10', size: '0.5', time: '2026-09-21T14:13:18.544778Z', side, bid: '', ask: '' }
  expect(rest.decode(JSON.stringify({ trades: [row] }), ['BTC-USD'], asIs)).toEqual({
    ticks: [{ kind: 'tick', symbol: 'BTC-USD', price: '60000.10', size: '0.5', at: 1_789_999_998_544, id: '11', backfill: false, side: taker }],
  })
  const frame = { channel: 'market_trades', sequence_num: 8, events: [{ type: 'update', trades: [row] }] }
  expect(coinbase.decode(JSON.stringify(frame))).toMatchObject([{ id: '11', side: taker }])
})

test('a reading proves nothing later than a second before it was asked for, since bodies are cached for one', () => {
  expect(rest.bodyAgeMs).toBe(1000)
})

test.each([
  [{ errors: [{ id: 'rate_limit_exceeded', message: 'slow down' }] }, 'rate_limit_exceeded: slow down'],
  [{ error: 'INTERNAL', code: 13, message: 'try later' }, 'INTERNAL: try later'],
  [{ code: 8, message: 'slow down', details: [] }, '8: slow down'],
  [{ message: 'Too many requests' }, 'Too many requests'],
])('%j is a rejection', (refusal, rejected) => {
  expect(rest.decode(JSON.stringify(refusal), ['BTC-USD'], asIs)).toEqual({ rejected })
  expect(rest.list.decode(JSON.stringify(refusal))).toEqual({ rejected })
})

test.each(['', '<html>502</html>', '[]', '{}', '{"products":{},"trades":7}'])('%s is unreadable, which is said', (body) => {
  const unreadable = { rejected: 'unreadable body', retryAfterMs: 0 }
  expect(rest.list.decode(body)).toEqual(unreadable)
  expect(rest.decode(body, ['BTC-USD'], asIs)).toEqual(unreadable)
})

test.each(['{"products":[null,[]],"trades":[null]}', '{"products":[],"trades":[]}'])('%s lists nothing and prices nothing', (body) => {
  expect(rest.list.decode(body)).toEqual([])
  expect(rest.decode(body, ['BTC-USD'], asIs)).toEqual({ ticks: [] })
})
