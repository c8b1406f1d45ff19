import { expect, test } from 'vitest'
import { entryLines } from './entry-lines.ts'

test.each<[string, string, readonly number[]]>([
  ['one entry a line', '{\n "a": [\n  {"x": 1},\n  {"x": {"y": [{}]}}\n ]\n}', [3, 4]],
  ['entries over several lines and several on one', '{"a": [{\n"x": 1\n},\n\n{\n}, {}]}', [1, 5, 6]],
  ['brackets, quotes and escapes inside texts', '{"a": [\n{"x": "}]{["},\n{"x": "\\"{\\\\"},\n{}]}', [2, 3, 4]],
  ['elements of each kind, and none of an empty list', '{"a": [1,\n"x",\n[2,\n3], null], "b": [\n]}', [1, 2, 3, 4]],
  ['no objects that are no elements', '{\n"a": {"b": {"c": 1}},\n"d": []\n}', []],
  ['a text that does not end', '{"a": [\n{"x": "', [2]],
])('finds %s', (_what, json, lines) => {
  expect(entryLines(json)).toEqual(lines)
})
