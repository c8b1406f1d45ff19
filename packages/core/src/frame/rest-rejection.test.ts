import { describe, expect, test } from 'vitest'
import { isSuccessCode, restRejection, restRows } from './rest-rejection.ts'

describe('a body without rows', () => {
  test.each<[unknown, string]>([
    [{ code: '50011', msg: 'Too Many Requests', data: [] }, '50011: Too Many Requests'],
    [{ code: 42_901 }, '42901'],
    [{ msg: 'Too Many Requests' }, 'Too Many Requests'],
    [{ error_code: '50011', error_message: 'slow down' }, '50011: slow down'],
    [{ error: 'EAPI:Rate limit exceeded' }, 'EAPI:Rate limit exceeded'],
    [{ error: ['EService:Unavailable', 'EService:Busy'] }, 'EService:Unavailable, EService:Busy'],
    [{ error: [{ code: 'EAPI' }] }, 'EAPI'],
    [{ error: { code: 429, message: 'slow down' } }, '429: slow down'],
    [{ error: 'INTERNAL', code: 13, message: 'try later' }, 'INTERNAL: try later'],
    [{ errors: [{ id: 'rate_limit_exceeded', message: 'slow down' }] }, 'rate_limit_exceeded: slow down'],
    [{ label: 'TOO_MANY_REQUESTS', message: 'slow down' }, 'TOO_MANY_REQUESTS: slow down'],
    [{ result: 'error', reason: 'RateLimit', message: 'slow down' }, 'RateLimit: slow down'],
  ])('%j is rejected in the words of the venue', (body, rejected) => {
    expect(restRejection(body)).toEqual({ rejected })
  })

  test.each([
    undefined,
    null,
    7,
    'Busy',
    [],
    [[]],
    {},
    { id: -1, result: null },
    { code: 0, msg: '' },
    { code: '0' },
    { code: null },
    { error: [[{}]] },
  ])('%j is unreadable, for which nothing pauses', (body) => {
    expect(restRejection(body)).toEqual({ rejected: 'unreadable body', retryAfterMs: 0 })
  })

  test('never fills the log', () => {
    expect(restRejection({ message: 'x'.repeat(100_000) }).rejected).toHaveLength(500)
  })
})

test('rows are the objects of a list, and an empty list has none', () => {
  expect(restRows([{ a: 1 }, null, 7], {})).toEqual([{ a: 1 }])
  expect(restRows([], { message: 'slow down' })).toEqual([])
  expect(restRows({ a: 1 }, { message: 'slow down' })).toEqual({ rejected: 'slow down' })
})

test.each([
  [0, true],
  ['0', true],
  [undefined, true],
  ['', false],
  ['00', false],
  [null, false],
  ['50011', false],
])('code %j is success: %j', (code, success) => {
  expect(isSuccessCode(code)).toBe(success)
})
