import { describe, expect, test } from 'vitest'
import { moveDot } from './move-dot.ts'

describe('the dot of a price', () => {
  test.each([
    ['12.34', 1, '123.4'],
    ['12.34', -1, '1.234'],
    ['5', 1, '50'],
    ['5', -1, '0.5'],
    ['0.05', 1, '0.5'],
    ['0.05', -1, '0.005'],
    ['0.5', 1, '5'],
    ['100', -1, '10.0'],
  ] as const)('%s by ten to the %i is %s', (price, places, moved) => {
    expect(moveDot(price, places)).toBe(moved)
  })
})
