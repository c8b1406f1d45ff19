import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NumberText } from './number-text.ts'

function textsOf(frame: string, key: string): (string | undefined)[] {
  const reader = new NumberText(frame, key)
  return (JSON.parse(frame) as Record<string, unknown>[]).map((row) => reader.next(row[key]))
}

describe('number text', () => {
  test.each([
    ['trailing zeros stay', '[{"price":1.50}]', ['1.50']],
    ['space around the colon', '[{"price" :\n\t 1.50 }]', ['1.50']],
    ['an exponent stays', '[{"price":1.2e-05}]', ['1.2e-05']],
    ['more digits than a double holds', '[{"price":9007199254740993}]', ['9007199254740993']],
    ['the same value twice in two forms', '[{"price":1.5},{"price":1.50}]', ['1.5', '1.50']],
    ['a string that looks like the field', '[{"note":"\\"price\\":9","price":1.50}]', ['1.50']],
    ['a number where the value has another type comes to nothing', '[{"price":"1.50"},{"price":null},{"price":2.0}]', [undefined, undefined, '2.0']],
    ['a row without the field takes nothing from the next', '[{"other":1},{"price":2.0}]', [undefined, '2.0']],
    ['a key written with escapes is not found, so nothing wrong is', '[{"pric\\u0065":1.50}]', [undefined]],
  ])('%s', (_, frame, texts) => {
    expect(textsOf(frame, 'price')).toEqual(texts)
  })

  test('a field of the same name inside another one does not take its place', () => {
    const frame = '[{"book":{"price":7.70},"price":1.50}]'
    expect(new NumberText(frame, 'price').next(1.5)).toBe('1.50')
  })

  test('any numbers come back digit for digit, in order', () => {
    const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?(e-?[0-9]{1,2})?$/)
    fc.assert(
      fc.property(fc.array(digits, { maxLength: 20 }), (numbers) => {
        expect(textsOf(`[${numbers.map((text, i) => `{"id":${i},"price":${text},"qty":1}`).join(',')}]`, 'price')).toEqual(numbers)
      }),
      { numRuns: 1000 },
    )
  })
})
