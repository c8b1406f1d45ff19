import { afterEach, describe, expect, test, vi } from 'vitest'
import { sign, verify } from './index.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const body = '{"type":"price.alert"}'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('checks are handed to the other threads', () => {
  test('together, all that come in one turn of the event loop', async () => {
    const headers = await sign(secret, body)
    const told: string[] = []
    const check = crypto.subtle.verify.bind(crypto.subtle)
    vi.spyOn(crypto.subtle, 'verify').mockImplementation((...given) => {
      told.push('check')
      return check(...given)
    })
    // As a server has them: each in a callback of its own, and the promises of one are done before the next is called.
    const deliver = (done: (event: unknown) => void): void => {
      told.push('delivery')
      done(verify(secret, headers, body))
    }
    await Promise.all([1, 2, 3].map(() => new Promise((done) => setImmediate(deliver, done))))
    expect(told).toEqual(['delivery', 'delivery', 'delivery', 'check', 'check', 'check'])
  })

  test('while the clock of a test stands still', async () => {
    const headers = await sign(secret, body)
    vi.useFakeTimers()
    expect(await verify(secret, headers, body)).toMatchObject({ type: 'unknown' })
  })

  test('at once where the runtime has no turns to wait for', async () => {
    vi.resetModules()
    vi.stubGlobal('setImmediate', undefined)
    const elsewhere = await import('./index.ts')
    expect(await elsewhere.verify(secret, await elsewhere.sign(secret, body), body)).toMatchObject({ type: 'unknown' })
  })
})
