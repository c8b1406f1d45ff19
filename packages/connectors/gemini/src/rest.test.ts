import type { ConnectorRest } from '@trinity/core'
import { expect, test } from 'vitest'
import { gemini } from './index.ts'

const rest: ConnectorRest & Required<Pick<ConnectorRest, 'list'>> = gemini.rest
const asIs = (symbol: string): string => symbol

test.each([
  ['open', 'trading'],
  ['limit_only', 'trading'],
  ['post_only', 'halted'],
  ['cancel_only', 'halted'],
  ['closed', 'closed'],
])('a symbol that is %s is %s', (status, state) => {
  expect(rest.list.decode(JSON.stringify([{ symbol: 'MATICUSD', status }]))).toEqual([{ symbol: 'maticusd', state }])
})

test('closed symbols are no open ones, an unknown status is halted and reported, and two rows of one symbol stay two', () => {
  const rows = [
    { symbol: 'AAVEUSD', status: 'open' },
    { symbol: 'FTMUSD', status: 'closed' },
    { symbol: 'EURUSD', status: 'closed' },
    { symbol: 'EURUSD', status: 'open' },
    { symbol: 'CTXUSD', status: 'auction_only' },
    { symbol: 'BATUSD' },
    { status: 'open' },
  ]
  expect(rest.list.decode(JSON.stringify(rows))).toEqual([
    { symbol: 'aaveusd', state: 'trading' },
    { symbol: 'ftmusd', state: 'closed' },
    { symbol: 'eurusd', state: 'closed' },
    { symbol: 'eurusd', state: 'trading' },
    { symbol: 'ctxusd', state: 'halted', unknownState: 'auction_only' },
    { symbol: 'batusd', state: 'halted', unknownState: 'undefined' },
  ])
})

test('the listing is that of all symbols with their details', () => {
  expect(rest.list.request().url).toBe('https://api.gemini.com/v1/symbols/details/all')
})

test('a list of bare names, which says nothing of states, lists nothing', () => {
  expect(rest.list.decode('["aaveusd","maticusd","ftmusd","efilfil","eurusd"]')).toEqual([])
})

test('prices have no times, so a reading is taken for older than the moment it was asked for', () => {
  const body = JSON.stringify([{ pair: 'AAVEUSD', price: '88.20', percentChange24h: '0.01' }])
  const decoded = rest.decode(body, ['aaveusd'], asIs)
  expect(decoded).toMatchObject({ ticks: [{ symbol: 'aaveusd', price: '88.20' }] })
  expect(decoded).not.toHaveProperty('madeAt')
  expect(rest.bodyAgeMs).toBe(5000)
})

test.each([
  [{ result: 'error', reason: 'RateLimit', message: 'too many' }, 'RateLimit: too many'],
  [{ result: 'error', reason: 'Maintenance' }, 'Maintenance'],
  [{ message: 'Endpoint request timed out' }, 'Endpoint request timed out'],
])('%j in place of rows is a rejection', (refusal, rejected) => {
  expect(rest.decode(JSON.stringify(refusal), ['aaveusd'], asIs)).toEqual({ rejected })
  expect(rest.list.decode(JSON.stringify(refusal))).toEqual({ rejected })
})

test.each(['', '<html>502</html>', '{}', 'null'])('%s is unreadable, which is said', (body) => {
  const unreadable = { rejected: 'unreadable body', retryAfterMs: 0 }
  expect(rest.list.decode(body)).toEqual(unreadable)
  expect(rest.decode(body, ['btcusd'], asIs)).toEqual(unreadable)
})

test.each(['[]', '["btcusd"]', '[null,[]]'])('%s lists nothing and prices nothing', (body) => {
  expect(rest.list.decode(body)).toEqual([])
  expect(rest.decode(body, ['btcusd'], asIs)).toEqual({ ticks: [] })
})
