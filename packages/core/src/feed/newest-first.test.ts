import { expect, test } from 'vitest'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { newestFirst } from './newest-first.ts'

const at = 1_790_000_000_000

test('the trades of a snapshot come newest first, by time and then by numeric id, and all else stays where it is', () => {
  const old = plainTick('a', '1', { at, id: '9', backfill: true })
  const newer = plainTick('a', '2', { at, id: '10', backfill: true })
  const newest = plainTick('a', '3', { at: at + 1, id: '8', backfill: true })
  const live = plainTick('a', '4', { at: at - 1 })
  const ack = { kind: 'ack', symbol: 'a' } as const
  expect(newestFirst([ack, old, live, newer, newest])).toEqual([ack, newest, live, newer, old])
})

test('a frame with one snapshot trade or none is left as it is', () => {
  const events = [plainTick('a', '1', { backfill: true }), plainTick('a', '2')]
  expect(newestFirst(events)).toBe(events)
})
