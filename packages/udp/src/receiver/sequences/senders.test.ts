import type { WebhookEvent } from '@trinity/webhook-client'
import { expect, test } from 'vitest'
import { Senders } from './senders.ts'

let made = 0

/** An event with an id of its own unless one is given. */
function event(fields: object, sentAt = 0, id = `msg_${made++}`): WebhookEvent {
  return { type: 'unknown', id, sentAt, rawBody: '', body: fields }
}

test('only a whole number from 0 on is a sequence; others are told from their copies by their ids', () => {
  const senders = new Senders()
  for (const [index, sequence] of [-1, 1.5, 2 ** 53, '1', null, undefined].entries()) {
    const odd = event({ sequence }, 0, `odd_${index}`)
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

test('a push is as old as its body, not as its delivery', () => {
  const senders = new Senders()
  const take = (sequence: number, second: number): ReturnType<Senders['take']> =>
    senders.take(event({ sequence, timestamp: `2026-11-22T10:00:0${second}.000Z` }, 1_000_000))
  expect([take(5, 2), take(3, 1), take(1, 3)]).toMatchObject([{ kind: 'next' }, { kind: 'late' }, { kind: 'next', restarted: true }])
})

test('a push made anew under the same id, as by a node that takes over, is a copy', () => {
  const senders = new Senders()
  const take = (sequence: number, second: number, id?: string): string =>
    senders.take(event({ sequence, timestamp: `2026-11-22T10:00:0${second}.000Z` }, 0, id)).kind
  expect([take(41, 1), take(42, 2, 'in flight'), take(42, 5, 'in flight'), take(43, 6)]).toEqual(['next', 'next', 'duplicate', 'next'])
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
