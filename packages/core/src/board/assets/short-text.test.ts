import { describe, expect, test } from 'vitest'
import { ShortText, loadShortText } from './short-text.ts'

const text = new ShortText()

function stored(): string {
  const words = new Int32Array(4)
  text.store(words, 0)
  expect(text.equals(words, 0)).toBe(true)
  return loadShortText(words, 0)
}

describe('a short text', () => {
  test('has 1 to 15 ASCII characters', () => {
    for (const good of ['a', 'fifteenLetters!', '1000-SATS']) {
      expect(text.setText(good, false)).toBe(true)
      expect(stored()).toBe(good)
    }
    for (const bad of ['', 'sixteen letters!', 'caf\u00e9', '\u20ac']) expect(text.setText(bad, false)).toBe(false)
  })

  test('has capital letters where the case means nothing, and leaves all else', () => {
    expect(text.setText('@aZz{`[', true)).toBe(true)
    expect(stored()).toBe('@AZZ{`[')
  })

  test('is taken from 1 to 15 bytes that are there', () => {
    const bytes = new TextEncoder().encode('sixteen letters!')
    const taken = (offset: number, length: number): string | undefined => (text.setBytes(bytes, offset, length) ? stored() : undefined)
    expect([taken(0, 15), taken(1, 15), taken(13, 3), taken(15, 1)]).toEqual(['SIXTEEN LETTERS', 'IXTEEN LETTERS!', 'RS!', '!'])
    expect([taken(0, 0), taken(0, 16), taken(2, 15), taken(14, 3), taken(16, 1)]).toEqual(Array.from({ length: 5 }, () => undefined))
  })
})
