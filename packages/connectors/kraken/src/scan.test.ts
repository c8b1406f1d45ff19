import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kraken } from './index.ts'

const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,8})(?:\.\d{1,10})?(?:[eE][+-]?\d{1,2})?$/)

const trade = fc.record({
  symbol: fc.constantFrom('BTC/USD', '1INCH/USD', 'S/USD'),
  side: fc.constantFrom('buy', 'sell'),
  price: digits,
  qty: digits,
  id: fc.maxSafeNat(),
  time: fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
})

interface Trade {
  readonly symbol: string
  readonly side: string
  readonly price: string
  readonly qty: string
  readonly id: number
  readonly time: Date
}

function written(row: Trade): string[] {
  return [
    `"symbol":"${row.symbol}"`,
    `"side":"${row.side}"`,
    `"price":${row.price}`,
    `"qty":${row.qty}`,
    `"ord_type":"limit"`,
    `"trade_id":${row.id}`,
    `"timestamp":"${row.time.toISOString()}"`,
  ]
}

function frameOf(rows: readonly Trade[], type: string, order: (fields: string[]) => string[]): string {
  return `{"channel":"trade","type":"${type}","data":[${rows.map((row) => `{${order(written(row)).join(',')}}`).join(',')}]}`
}

test('a frame read off its text means what the same frame means with its keys in another order', () => {
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 5 }), fc.constantFrom('update', 'snapshot'), (rows, type) => {
      const usual = kraken.decode(frameOf(rows, type, (fields) => fields))
      const unusual = kraken.decode(frameOf(rows, type, (fields) => fields.toReversed()))
      expect(usual).toEqual(unusual)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['an end that is cut off', (frame: string) => frame.slice(0, -1)],
  ['something after the end', (frame: string) => `${frame}}`],
  ['a number that is none', (frame: string) => frame.replace('"price":1.50', '"price":1.5.0')],
  ['a leading zero', (frame: string) => frame.replace('"price":1.50', '"price":01.50')],
])('a frame with %s gives no trade', (_what, spoil) => {
  const frame = frameOf(
    [{ symbol: 'BTC/USD', side: 'buy', price: '1.50', qty: '2', id: 7, time: new Date(1_790_000_000_000) }],
    'update',
    (fields) => fields,
  )
  expect(kraken.decode(frame)).toHaveLength(1)
  expect(kraken.decode(spoil(frame))).toEqual([])
})
