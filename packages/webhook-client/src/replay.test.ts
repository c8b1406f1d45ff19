import { expect, test } from 'vitest'
import { isWebhookError, memoryReplay, sign, verify } from './index.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

test('an event is taken again until its handler has succeeded, and never after', async () => {
  const replay = memoryReplay()
  const headers = await sign(secret, '{}')
  const first = await verify(secret, headers, '{}', { replay })
  const retried = await verify(secret, headers, '{}', { replay })
  expect(retried.id).toBe(first.id)
  replay.commit(retried.id)
  const refusal: unknown = await verify(secret, headers, '{}', { replay }).catch((error: unknown) => error)
  expect(isWebhookError(refusal) && [refusal.code, refusal.status]).toEqual(['DUPLICATE', 200])
})

test('the memory is bounded and forgets the oldest id first', () => {
  const replay = memoryReplay(3)
  const known = (): string => [...'abcdefg'].filter((id) => replay.seen(id) === true).join('')
  const after = [...'abccdeafgb'].map((id) => {
    replay.commit(id)
    return known()
  })
  expect(after).toEqual(['a', 'ab', 'abc', 'abc', 'bcd', 'cde', 'ade', 'aef', 'afg', 'bfg'])
})

test('10,000 ids are remembered by default, at the same cost however many came before', () => {
  const replay = memoryReplay()
  const startedAt = performance.now()
  for (let i = 0; i < 200_000; i++) replay.commit(`msg_${i}`)
  const known = Array.from({ length: 200_000 }, (_, i) => i).filter((i) => replay.seen(`msg_${i}`) === true)
  expect([known.length, known[0]]).toEqual([10_000, 190_000])
  // A walk over what was deleted took fifty times as long as this.
  expect(performance.now() - startedAt).toBeLessThan(2000)
})
