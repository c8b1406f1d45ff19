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
  for (const id of ['a', 'b', 'c', 'c', 'd']) replay.commit(id)
  expect(['a', 'b', 'c', 'd'].map((id) => replay.seen(id))).toEqual([false, true, true, true])
})
