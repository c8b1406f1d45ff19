import { expect, test } from 'vitest'
import { okx } from './index.ts'

const row = { tradeId: '7', px: '5.10', sz: '2', side: 'sell', ts: '1790000000123' }
const frame = (data: readonly object[], arg: object = { channel: 'trades', instId: 'TIA-USDT' }): string => JSON.stringify({ arg, data })

test('a row without an instrument is of the subscribed one, and one with it keeps its own', () => {
  expect(okx.decode(frame([row, { ...row, instId: 'W-USDT' }, { ...row, instId: null }]))).toMatchObject([
    { symbol: 'TIA-USDT', price: '5.10', side: 'sell' },
    { symbol: 'W-USDT', price: '5.10', side: 'sell' },
    { symbol: 'TIA-USDT', price: '5.10', side: 'sell' },
  ])
})

test('without an instrument anywhere there is no trade', () => {
  expect(okx.decode(frame([row], { channel: 'trades' }))).toEqual([])
})
