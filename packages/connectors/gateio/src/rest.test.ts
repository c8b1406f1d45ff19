import type { ConnectorRest } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { gateio } from './index.ts'

const rest: ConnectorRest & Required<Pick<ConnectorRest, 'list'>> = gateio.rest
const asIs = (symbol: string): string => symbol

test.each([
  [{ trade_status: 'tradable' }, 'trading'],
  [{ trade_status: 'buyable' }, 'trading'],
  [{ trade_status: 'sellable', delisting_time: 1_790_500_000 }, 'trading'],
  [{ trade_status: 'untradable' }, 'halted'],
  [{ trade_status: 'untradable', delisting_time: 1_790_500_000 }, 'halted'],
])('a pair with %j is %s', (row, state) => {
  expect(rest.list.decode(JSON.stringify([{ id: 'SUPER_USDT', ...row }]))).toEqual([{ symbol: 'SUPER_USDT', state }])
})

test('an unknown status is halted and reported, and two rows of one pair stay two', () => {
  const rows = [{ id: 'S_USDT', trade_status: 'auction' }, { id: 'S_USDT', trade_status: 'tradable' }, { id: 7, trade_status: 'tradable' }, {}]
  expect(rest.list.decode(JSON.stringify(rows))).toEqual([
    { symbol: 'S_USDT', state: 'halted', unknownState: 'auction' },
    { symbol: 'S_USDT', state: 'trading' },
  ])
})

describe('a reading', () => {
  test('asks for the last trade of each pair', () => {
    expect(rest.request(['SUPER_USDT', '1INCH_USDT'], asIs).map(({ url }) => url)).toEqual([
      'https://api.gateio.ws/api/v4/spot/trades?currency_pair=SUPER_USDT&limit=1',
      'https://api.gateio.ws/api/v4/spot/trades?currency_pair=1INCH_USDT&limit=1',
    ])
  })

  test.each(['12', 12])("is the timed trade with its id %j, without a side that may be the maker's", (id) => {
    const row = {
      id,
      create_time: '1790000004',
      create_time_ms: '1790000004000.208',
      currency_pair: 'SUPER_USDT',
      side: 'sell',
      amount: '1',
      price: '0.5400',
    }
    expect(rest.decode(JSON.stringify([row]), ['SUPER_USDT'], asIs)).toEqual({
      ticks: [{ kind: 'tick', symbol: 'SUPER_USDT', price: '0.5400', size: '1', at: 1_790_000_004_000, id: '12', backfill: false }],
    })
  })

  test('of all tickers, whose cache may be older than the feed, proves nothing', () => {
    const tickers = [{ currency_pair: 'SUPER_USDT', last: '0.5000', lowest_ask: '0.5001', highest_bid: '0.4999' }]
    expect(rest.decode(JSON.stringify(tickers), ['SUPER_USDT'], asIs)).toEqual({ ticks: [] })
  })

  test('of a pair that has never traded is empty', () => {
    expect(rest.decode('[]', ['SUPER_USDT'], asIs)).toEqual({ ticks: [] })
  })

  test('proves nothing at the very moment that it is asked for', () => {
    expect(rest.bodyAgeMs).toBeGreaterThan(0)
  })
})

test.each([
  [{ label: 'TOO_MANY_REQUESTS', message: 'Request Rate limit Exceeded' }, 'TOO_MANY_REQUESTS: Request Rate limit Exceeded'],
  [{ label: 'SERVER_ERROR' }, 'SERVER_ERROR'],
  [{ code: 1, message: 'Too many' }, '1: Too many'],
])('%j in place of rows is a rejection', (refusal, rejected) => {
  expect(rest.decode(JSON.stringify(refusal), ['SUPER_USDT'], asIs)).toEqual({ rejected })
  expect(rest.list.decode(JSON.stringify(refusal))).toEqual({ rejected })
})

test.each(['', '<html>502</html>', '{}', 'null'])('%s is unreadable, which is said', (body) => {
  const unreadable = { rejected: 'unreadable body', retryAfterMs: 0 }
  expect(rest.list.decode(body)).toEqual(unreadable)
  expect(rest.decode(body, ['SUPER_USDT'], asIs)).toEqual(unreadable)
})

test.each(['[]', '["SUPER_USDT"]', '[null,[]]'])('%s lists nothing and prices nothing', (body) => {
  expect(rest.list.decode(body)).toEqual([])
  expect(rest.decode(body, ['SUPER_USDT'], asIs)).toEqual({ ticks: [] })
})
