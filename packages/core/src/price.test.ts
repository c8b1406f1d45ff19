import { expect, test } from 'vitest'
import { currencyCode } from './price.ts'

test('the currencies of the wire have fixed numbers, all others 255', () => {
  expect(['USD', 'USDT', 'USDC', 'EUR', 'GUSD', 'RLUSD'].map(currencyCode)).toEqual([0, 1, 2, 3, 4, 5])
  expect(['usd', 'toString', '__proto__', ''].map(currencyCode)).toEqual([255, 255, 255, 255])
})
