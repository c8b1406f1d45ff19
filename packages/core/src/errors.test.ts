import { describe, expect, test } from 'vitest'
import { TrinityError, errorTable, errorText, isTrinityError } from './errors.ts'

describe('coded errors', () => {
  test('an error carries the status and retryability of its code', () => {
    const error = new TrinityError('TRN_PRICE_STALE', 'Too old.', { cause: 1 })
    expect(error).toMatchObject({ code: 'TRN_PRICE_STALE', status: 503, retryable: true, message: 'Too old.', cause: 1, name: 'TrinityError' })
  })

  test('is known by its code, also when another copy of the package made it', () => {
    expect(isTrinityError(Object.assign(new Error('x'), { code: 'TRN_NOT_FOUND' }))).toBe(true)
    expect(isTrinityError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false)
    expect(isTrinityError(Object.assign(new Error('x'), { code: 'toString' }))).toBe(false)
    expect(isTrinityError({ code: 'TRN_NOT_FOUND' })).toBe(false)
  })

  test('every code says what it means and has a real HTTP status or none', () => {
    for (const [code, { status, meaning }] of Object.entries(errorTable)) {
      expect(code).toMatch(/^TRN_[A-Z_]+$/)
      expect(status === 0 || (status >= 400 && status < 600)).toBe(true)
      expect(meaning).toMatch(/^[A-Z].*\.$/)
    }
  })
})

test('the text of an error names its cause', () => {
  expect(errorText(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }))).toBe('fetch failed: ECONNREFUSED')
  expect([errorText(new Error('plain')), errorText('text'), errorText(undefined)]).toEqual(['plain', 'text', 'undefined'])
})
