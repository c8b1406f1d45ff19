import type { ConnectorRest, RestPrices } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { cryptocom } from './index.ts'

const rest: ConnectorRest & Required<Pick<ConnectorRest, 'list'>> = cryptocom.rest
const asIs = (symbol: string): string => symbol
const answer = (method: string, ...data: readonly object[]): string => JSON.stringify({ id: -1, method, code: 0, result: { data } })

test.each([
  [true, 'trading'],
  [false, 'halted'],
  ['true', 'halted'],
  [undefined, 'halted'],
])('a pair whose tradable is %j is %s', (tradable, state) => {
  const row = { symbol: 'GRAM_USDT', inst_type: 'CCY_PAIR', tradable }
  expect(rest.list.decode(answer('public/get-instruments', row))).toEqual([{ symbol: 'GRAM_USDT', state }])
})

test('only spot pairs are listed, and two rows of one pair stay two', () => {
  const pair = { symbol: 'LDO_USDT', inst_type: 'CCY_PAIR', tradable: false }
  const rows = [pair, { ...pair, tradable: true }, { ...pair, symbol: 'LDOUSD-PERP', inst_type: 'PERPETUAL_SWAP' }, { ...pair, symbol: 7 }]
  expect(rest.list.decode(answer('public/get-instruments', ...rows))).toEqual([
    { symbol: 'LDO_USDT', state: 'halted' },
    { symbol: 'LDO_USDT', state: 'trading' },
  ])
})

describe('a reading', () => {
  test('was made a quarter of a second before the newest time of all its rows', () => {
    const body = answer('public/get-tickers', { i: 'GRAM_USDT', a: '3.11', t: 1_790_000_000_100 }, { i: 'X_USDT', a: null, t: 1_790_000_000_900 })
    expect(rest.decode(body, ['GRAM_USDT', 'X_USDT'], asIs)).toMatchObject({
      ticks: [{ symbol: 'GRAM_USDT', price: '3.11' }],
      madeAt: 1_790_000_000_650,
    })
  })

  test('from a cache is as old as its times say, and without times has no age', () => {
    const old = answer('public/get-tickers', { i: 'GRAM_USDT', a: '3.11', t: 1_789_999_940_000 })
    expect(rest.decode(old, ['GRAM_USDT'], asIs)).toMatchObject({ madeAt: 1_789_999_939_750 })
    const timeless = rest.decode(answer('public/get-tickers', { i: 'GRAM_USDT', a: '3.11' }), ['GRAM_USDT'], asIs)
    expect(timeless).toMatchObject({ ticks: [{ price: '3.11' }] })
    expect(timeless).not.toHaveProperty('madeAt')
    // So old that it proves next to nothing.
    expect(rest.bodyAgeMs).toBe(60_000)
  })

  test('has an old row as of its own time, and a row from the future changes nothing', () => {
    const times = { A_USDT: 1_789_999_880_000, B_USDT: 1_790_086_400_000, C_USDT: 1_790_000_000_300, D_USDT: 1_790_000_000_300 }
    const body = answer('public/get-tickers', ...Object.entries(times).map(([i, t]) => ({ i, a: '3.11', t })))
    const { ticks, madeAt } = rest.decode(body, ['A_USDT', 'B_USDT', 'C_USDT'], asIs) as RestPrices
    expect([madeAt, ...ticks.map((tick) => tick.madeAt)]).toEqual([1_790_000_000_050, 1_789_999_880_000, undefined, undefined])
  })
})

test.each([
  [42_901, 'TOO_MANY_REQUESTS', '42901: TOO_MANY_REQUESTS'],
  [10_001, undefined, '10001'],
  ['40004', 'MISSING_OR_INVALID_ARGUMENT', '40004: MISSING_OR_INVALID_ARGUMENT'],
])('code %j in a body with status 200 is a rejection', (code, message, rejected) => {
  const body = JSON.stringify({ id: -1, method: 'public/get-tickers', code, message, result: { data: [{ i: 'GRAM_USDT', a: '3.11' }] } })
  expect(rest.decode(body, ['GRAM_USDT'], asIs)).toEqual({ rejected })
  expect(rest.list.decode(body)).toEqual({ rejected })
})

test('a code of 0 is success as text too', () => {
  const body = JSON.stringify({ code: '0', result: { data: [{ i: 'GRAM_USDT', a: '3.11', t: 1_790_000_000_000 }] } })
  expect(rest.decode(body, ['GRAM_USDT'], asIs)).toMatchObject({ ticks: [{ price: '3.11' }] })
})

test.each(['', '<html>502</html>', '[]', '{}', '{"code":0,"result":[]}', '{"id":-1,"method":"public/get-tickers","result":null}'])(
  '%s is unreadable, which is said',
  (body) => {
    const unreadable = { rejected: 'unreadable body', retryAfterMs: 0 }
    expect(rest.list.decode(body)).toEqual(unreadable)
    expect(rest.decode(body, ['GRAM_USDT'], asIs)).toEqual(unreadable)
  },
)

test.each(['{"code":0,"result":{"data":[null,7]}}', '{"code":"0","result":{"data":[]}}'])('%s lists nothing and prices nothing', (body) => {
  expect(rest.list.decode(body)).toEqual([])
  expect(rest.decode(body, ['GRAM_USDT'], asIs)).toEqual({ ticks: [] })
})
