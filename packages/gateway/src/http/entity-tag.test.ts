import { expect, test } from 'vitest'
import { entityTagOf, isNamedIn } from './entity-tag.ts'

test('a tag follows the bytes', () => {
  expect(entityTagOf(Buffer.from('a'))).toMatch(/^"[\w-]{22}"$/)
  expect(entityTagOf(Buffer.from('a'))).toBe(entityTagOf(Buffer.from('a')))
  expect(entityTagOf(Buffer.from('a'))).not.toBe(entityTagOf(Buffer.from('b')))
})

test.each([
  ['"t"', true],
  ['W/"t"', true],
  ['*', true],
  [' * ', true],
  ['"a", W/"t" , "b"', true],
  ['"a","t"', true],
  ['"a,\u00ff", "t"', true],
  [undefined, false],
  ['', false],
  ['t', false],
  ['"T"', false],
  ['"tt"', false],
  ['w/"x"', false],
  ['"a", "*"', false],
  ['"a", *', false],
  ['"x"t"x"', false],
])('If-None-Match: %s names "t": %s', (header, expected) => {
  expect(isNamedIn(header, '"t"')).toBe(expected)
})
