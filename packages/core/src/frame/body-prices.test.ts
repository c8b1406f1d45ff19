import { expect, test } from 'vitest'
import { pricesMadeAt } from './body-prices.ts'

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
