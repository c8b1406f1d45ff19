import type { WebhookEvent } from '@trinity/webhook-client'
import { expect, test } from 'vitest'
import { Senders } from './senders.ts'

function event(fields: object, sentAt = 0): WebhookEvent {
  return { type: 'unknown', id: 'msg_1', sentAt, rawBody: '', body: fields }
}

test('only a whole number from 0 on is a sequence; others are told from their copies by their ids', () => {
  const senders = new Senders()
  for (const [index, sequence] of [-1, 1.5, 2 ** 53, '1', null, undefined].entries()) {
    const odd = { ...event({ sequence }), id: `msg_${index}` }
    expect([senders.take(odd).kind, senders.take(odd).kind]).toEqual(['next', 'duplicate'])
  }
  expect(senders.take(event({ sequence: 7 })).kind).toBe('next')
  expect(senders.missing).toBe(0)
})

test('without a time in its body an event was made when it was sent', () => {
  for (const timestamp of [undefined, 'yesterday', 5]) {
    const senders = new Senders()
    senders.take(event({ sequence: 1, timestamp }, 1000))
    expect(senders.take(event({ sequence: 1, timestamp }, 1000)).kind).toBe('duplicate')
    expect(senders.take(event({ sequence: 1, timestamp }, 2000))).toMatchObject({ kind: 'next', restarted: true })
  }
})

test('of very many subscriptions the ones heard from last are remembered, and what was missing is', () => {
  const senders = new Senders()
  const take = (subscription: number, sequence: number): string => senders.take(event({ subscription_id: `sub_${subscription}`, sequence })).kind
  for (let subscription = 0; subscription < 1024; subscription++) take(subscription, 1)
  take(0, 3)
  take(1, 4)
  for (let subscription = 2; subscription < 1024; subscription++) take(subscription, 2)
  take(0, 4)
  take(1024, 1)
  expect(senders.missing).toBe(3)
  expect(take(0, 4)).toBe('duplicate')
  expect(take(1, 4)).toBe('next')
  expect(senders.missing).toBe(3)
})
