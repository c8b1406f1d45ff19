import { expect, test } from 'vitest'
import { coinbase } from './index.ts'

test.each([
  [{ message: 'Failed to subscribe', reason: ' is not a valid product' }, 'Failed to subscribe: is not a valid product'],
  [{ message: 'authentication failure' }, 'authentication failure'],
  [{ reason: 'BTC-EUR is delisted' }, 'BTC-EUR is delisted'],
  [{ message: { text: 'odd' } }, 'refused'],
])('the error %j keeps every word that it has', (error, reason) => {
  expect(coinbase.decode(JSON.stringify({ type: 'error', ...error }))).toEqual([{ kind: 'reject', reason }])
})

test('an error that names its product is about that one alone', () => {
  const error = { type: 'error', message: 'Failed to subscribe', reason: 'BTC-EUR is not a valid product' }
  const reason = 'Failed to subscribe: BTC-EUR is not a valid product'
  expect(coinbase.decode(JSON.stringify(error))).toEqual([{ kind: 'reject', symbol: 'BTC-EUR', reason }])
})
