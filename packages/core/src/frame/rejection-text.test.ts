import { expect, test } from 'vitest'
import { rejectionText } from './rejection-text.ts'

test.each<[readonly unknown[], string]>([
  [['Failed to subscribe', ' is not a valid product'], 'Failed to subscribe: is not a valid product'],
  [['50011', 'Too Many Requests'], '50011: Too Many Requests'],
  [[42_901, 'TOO_MANY_REQUESTS'], '42901: TOO_MANY_REQUESTS'],
  [[undefined, '', 'only this', null], 'only this'],
  [[{}, [], '  ', true], 'refused'],
  [[], 'refused'],
])('%j reads %s', (fields, words) => {
  expect(rejectionText(...fields)).toBe(words)
})

test('a page in place of a word does not fill the log', () => {
  expect(rejectionText('x'.repeat(100_000))).toHaveLength(500)
})
