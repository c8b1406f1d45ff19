import { expect, test } from 'vitest'
import { gateio } from './index.ts'

const refusal = (more: object, message: string, code = 2): string =>
  JSON.stringify({ time: 1_790_000_000, channel: 'spot.trades', event: 'subscribe', error: { code, message }, result: null, ...more })

test.each<[string, object, string, object]>([
  ['its payload', { payload: ['HOT_USDT'] }, 'use the pair HOLO_USDT', { symbol: 'HOT_USDT' }],
  ['its payload, before its id', { id: 4, payload: ['HOT_USDT'] }, 'use the pair HOLO_USDT', { symbol: 'HOT_USDT' }],
  ['its id', { id: 4 }, 'use the pair HOLO_USDT', { request: 4 }],
  ['its id, where the payload is of several', { id: 4, payload: ['A_USDT', 'B_USDT'] }, 'unknown currency pair B_USDT', { request: 4 }],
  ['its last word, where it repeats nothing', {}, 'unknown currency pair FOO_USDT', { symbol: 'FOO_USDT' }],
  ['nothing', {}, 'invalid request body', {}],
])('a refusal is about %s', (_, more, message, about) => {
  expect(gateio.decode(refusal(more, message))).toEqual([{ kind: 'reject', reason: message, ...about }])
})

test('a fault of the server is about no pair', () => {
  expect(gateio.decode(refusal({ id: 4, payload: ['HOT_USDT'] }, 'server error', 3))).toEqual([{ kind: 'reject', reason: 'server error' }])
})
