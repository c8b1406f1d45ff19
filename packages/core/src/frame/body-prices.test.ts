import { describe, expect, test } from 'vitest'
import { type DatedRow, datedPrices, pricesMadeAt, splitByAge } from './body-prices.ts'
import { readUntimedPrice } from './trade.ts'

test('a body was made at the newest of its times, in whatever order they stand', () => {
  expect(pricesMadeAt([], ['1790000000700', 1_790_000_000_900.5, '1790000000800'])).toEqual({ ticks: [], madeAt: 1_790_000_000_900 })
})

test('rows that may lag behind the newest one are as old as the oldest can be', () => {
  expect(pricesMadeAt([], [1_790_000_000_100, 1_790_000_000_900], 250)).toEqual({ ticks: [], madeAt: 1_790_000_000_650 })
})

test.each([[[]], [['', null, {}, -1]], [[0, '1790000000', 1_790_000_000_000_000]]])('%j hold no believable time', (times) => {
  expect(pricesMadeAt([], times)).toEqual({ ticks: [] })
})

test('a time that nobody can believe does not hide one that can be', () => {
  expect(pricesMadeAt([], ['9999999999999', '1790000000700', 0]).madeAt).toBe(1_790_000_000_700)
})

test('a time far ahead of most others is of a wrong clock, not of the body; one a little ahead is', () => {
  const [now, tomorrow] = [1_790_000_000_000, 1_790_086_400_000]
  expect(pricesMadeAt([], [now, tomorrow, now - 100, now - 200]).madeAt).toBe(now)
  expect(pricesMadeAt([], [tomorrow, now]).madeAt).toBe(now)
  expect(pricesMadeAt([], [now + 5000, now, now - 100]).madeAt).toBe(now + 5000)
  expect(pricesMadeAt([], [now + 5001, now, now - 100]).madeAt).toBe(now)
  expect(pricesMadeAt([], [tomorrow]).madeAt).toBe(tomorrow)
})

describe('rows with times', () => {
  const newest = 1_790_000_120_000
  const row = (symbol: string, madeAt: unknown): DatedRow => ({ symbol, price: '5.10', madeAt })
  const agesOf = (...rows: readonly DatedRow[]): object => {
    const prices = datedPrices(['A', 'B', 'C'], rows, 250)
    return { body: prices.madeAt, rows: Object.fromEntries(prices.ticks.map(({ symbol, madeAt }) => [symbol, madeAt])) }
  }

  test.each([
    ['a quiet one counts as of the newest', newest - 60_000, undefined],
    ['one more than a minute older counts as of its own time', newest - 60_001, newest - 60_001],
    ['one from the future counts as of the newest of the others', newest + 86_400_000, undefined],
    ['one whose time can not be read counts as of the newest', 'soon', undefined],
  ])('%s', (_, madeAt, own) => {
    expect(agesOf(row('A', madeAt), row('B', String(newest)), row('C', newest - 10))).toEqual({
      body: newest - 250,
      rows: { A: own, B: undefined, C: undefined },
    })
  })

  test('none of which has a time leave the body without one', () => {
    expect(datedPrices(['A', 'B'], [row('A', undefined), row('X', '')])).toEqual({ ticks: [readUntimedPrice('A', '5.10')] })
  })

  test('come apart by their ages, the body first', () => {
    const prices = datedPrices(['A', 'B', 'C'], [row('A', newest - 90_000), row('B', newest), row('C', newest)])
    const parts = splitByAge(prices).map(({ ticks, madeAt }) => [madeAt, ...ticks.map(({ symbol }) => symbol)])
    expect(parts).toEqual([
      [newest, 'B', 'C'],
      [newest - 90_000, 'A'],
    ])
    expect(splitByAge({ ticks: [] })).toEqual([{ ticks: [], madeAt: undefined }])
  })
})
