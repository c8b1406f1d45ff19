import { type Connector, type ConnectorRest, type RestPrices, connectorInRegion } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { okx } from './index.ts'

const rest: ConnectorRest & Required<Pick<ConnectorRest, 'list'>> = okx.rest
const asIs = (symbol: string): string => symbol
const answer = (...data: readonly object[]): string => JSON.stringify({ code: '0', msg: '', data })

test.each([
  ['live', 'trading'],
  ['suspend', 'halted'],
  ['preopen', 'halted'],
  ['post_only', 'halted'],
  ['rebase', 'halted'],
  ['test', 'closed'],
  ['expired', 'closed'],
])('an instrument that is %s is %s', (word, state) => {
  expect(rest.list.decode(answer({ instId: 'TIA-USDT', state: word }))).toEqual([{ symbol: 'TIA-USDT', state }])
})

test('an unknown state is halted and reported, and two rows of one symbol stay two', () => {
  expect(
    rest.list.decode(answer({ instId: 'JUP-USDT', state: 'settling' }, { instId: 'JUP-USDT', state: 'live' }, { instId: '' }, { state: 'live' })),
  ).toEqual([
    { symbol: 'JUP-USDT', state: 'halted', unknownState: 'settling' },
    { symbol: 'JUP-USDT', state: 'trading' },
  ])
})

describe('a reading', () => {
  const row = (instId: string, last: string, ts: unknown): object => ({ instType: 'SPOT', instId, last, ts })

  test('was made a quarter of a second before the newest time of all its rows, asked for or not', () => {
    const body = answer(row('TIA-USDT', '5.10', '1790000000100'), row('W-USDT', '0.5', '1790000000900'), row('JUP-USDT', '1', '1790000000300'))
    expect(rest.decode(body, ['TIA-USDT'], asIs)).toMatchObject({ ticks: [{ symbol: 'TIA-USDT', price: '5.10' }], madeAt: 1_790_000_000_650 })
  })

  test('from a cache is as old as its times say', () => {
    const body = answer(row('TIA-USDT', '5.10', '1789999940000'), row('W-USDT', '0.5', '1789999940020'))
    expect(rest.decode(body, ['TIA-USDT'], asIs)).toMatchObject({ madeAt: 1_789_999_939_770 })
  })

  test('has an old row as of its own time, and a row from the future changes nothing', () => {
    const body = answer(
      row('TIA-USDT', '5.10', '1789999880000'),
      row('W-USDT', '0.5', '1790086400000'),
      row('JUP-USDT', '1', '1790000000300'),
      row('PYTH-USDT', '2', '1790000000300'),
    )
    const { ticks, madeAt } = rest.decode(body, ['TIA-USDT', 'W-USDT', 'JUP-USDT'], asIs) as RestPrices
    expect([madeAt, ...ticks.map((tick) => tick.madeAt)]).toEqual([1_790_000_000_050, 1_789_999_880_000, undefined, undefined])
  })

  test.each([undefined, '', null, 'soon', '2026-09-21T14:13:18Z', '-5', '1790000000', '9999999999999999'])(
    'with %j as its only time has none',
    (ts) => {
      const { ticks, madeAt } = rest.decode(answer(row('TIA-USDT', '5.10', ts)), ['TIA-USDT'], asIs) as { ticks: readonly object[]; madeAt?: number }
      expect([ticks.length, madeAt]).toEqual([1, undefined])
      // So old that it proves next to nothing.
      expect(rest.bodyAgeMs).toBe(60_000)
    },
  )
})

test.each([
  ['50011', 'Too Many Requests', '50011: Too Many Requests'],
  ['50001', '', '50001'],
  [50_013, 'Systems are busy', '50013: Systems are busy'],
  [undefined, 'Too Many Requests', 'Too Many Requests'],
])('code %j in a body with status 200 is a rejection', (code, msg, rejected) => {
  const data = code === undefined ? undefined : [{ instId: 'TIA-USDT', last: '5', state: 'live', ts: '1790000000000' }]
  const body = JSON.stringify({ code, msg, data })
  expect(rest.decode(body, ['TIA-USDT'], asIs)).toEqual({ rejected })
  expect(rest.list.decode(body)).toEqual({ rejected })
})

test('a code of 0 is success as a number too', () => {
  const body = JSON.stringify({ code: 0, data: [{ instId: 'TIA-USDT', last: '5.10', state: 'live', ts: '1790000000000' }] })
  expect(rest.decode(body, ['TIA-USDT'], asIs)).toMatchObject({ ticks: [{ price: '5.10' }] })
  expect(rest.list.decode(body)).toEqual([{ symbol: 'TIA-USDT', state: 'trading' }])
})

test.each(['', '<html>502</html>', '[]', '{}', '{"code":"0","data":{}}', '{"code":null,"data":[]}'])('%s is unreadable, which is said', (body) => {
  const unreadable = { rejected: 'unreadable body', retryAfterMs: 0 }
  expect(rest.list.decode(body)).toEqual(unreadable)
  expect(rest.decode(body, ['TIA-USDT'], asIs)).toEqual(unreadable)
})

test.each(['{"code":"0","data":[null,[],7]}', '{"code":0,"data":[]}'])('%s lists nothing and prices nothing', (body) => {
  expect(rest.list.decode(body)).toEqual([])
  expect(rest.decode(body, ['TIA-USDT'], asIs)).toEqual({ ticks: [] })
})

describe('regions', () => {
  test.each([
    ['eea', 'wss://wseea.okx.com:8443/ws/v5/public', 'https://eea.okx.com', ['USDC', 'EUR']],
    ['us', 'wss://wsus.okx.com:8443/ws/v5/public', 'https://us.okx.com', ['USD', 'USDT', 'USDC']],
  ])('%s has hosts and quotes of its own', (region, url, origin, quotes) => {
    const there = connectorInRegion<Connector>(okx, region)
    expect([there.urls, there.quotes]).toEqual([[url], quotes])
    const asked = [...(there.rest?.request(['BTC-EUR'], asIs) ?? []), there.rest?.list?.request()].map((request) => request?.url)
    expect(asked).toEqual([`${origin}/api/v5/market/tickers?instType=SPOT`, `${origin}/api/v5/public/instruments?instType=SPOT`])
  })

  test('global is the connector itself', () => {
    expect(connectorInRegion(okx, 'global')).toBe(okx)
  })
})
