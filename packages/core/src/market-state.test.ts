import { expect, test } from 'vitest'
import { readMarketState } from './market-state.ts'

const words = { trading: ['open', 'limit_only'], halted: ['paused'], closed: ['gone'] }

test.each([
  ['open', { state: 'trading' }],
  ['limit_only', { state: 'trading' }],
  ['paused', { state: 'halted' }],
  ['gone', { state: 'closed' }],
])('%s is known', (word, read) => {
  expect(readMarketState(word, words)).toEqual(read)
})

test.each([
  ['maintenance', 'maintenance'],
  ['OPEN', 'OPEN'],
  ['constructor', 'constructor'],
  [undefined, 'undefined'],
  [true, 'true'],
  [null, 'null'],
  [{ toString: 1 }, 'an object'],
  ['x'.repeat(100), 'x'.repeat(40)],
])('%j is unknown: halted, and reported', (word, reported) => {
  expect(readMarketState(word, words)).toEqual({ state: 'halted', unknownState: reported })
})
