import { describe, expect, test } from 'vitest'
import { asObject, asObjects, frameText, readArray, readObject, readObjects } from './read-object.ts'

describe('readObject', () => {
  test('reads text and UTF-8 bytes alike', () => {
    expect(readObject('{"a":"ü"}')).toEqual({ a: 'ü' })
    expect(readObject(new TextEncoder().encode('{"a":"ü"}'))).toEqual({ a: 'ü' })
  })

  test.each(['', 'pong', '[1]', 'null', '7', '"x"', '{"a":', '{"a":1}x', '['.repeat(100_000)])('%# something else is undefined', (text) => {
    expect(readObject(text)).toBeUndefined()
  })

  test('invalid UTF-8 is text with replacement characters, never an error', () => {
    expect(frameText(new Uint8Array([0x61, 0xff, 0x62]))).toBe('a\ufffdb')
  })

  test('a __proto__ field reaches no prototype', () => {
    expect(readObject('{"__proto__":{"price":"1"}}')?.price).toBeUndefined()
  })
})

test('only objects that are no arrays are objects', () => {
  const row = { a: 1 }
  expect(asObject(row)).toBe(row)
  for (const value of [null, undefined, [], 'x', 1, true]) expect(asObject(value)).toBeUndefined()
  expect(asObjects([row, null, [], 'x', row])).toEqual([row, row])
  expect(asObjects({ 0: row, length: 1 })).toEqual([])
})

test('only arrays are arrays', () => {
  expect(readArray('[1,{"a":1},null]')).toEqual([1, { a: 1 }, null])
  expect(readObjects('[1,{"a":1},null]')).toEqual([{ a: 1 }])
  for (const text of ['', '{}', '{"length":1}', 'null', '[1', '"x"']) expect([readArray(text), readObjects(text)]).toEqual([[], []])
})
