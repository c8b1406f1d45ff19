import { expect, test } from 'vitest'
import { createBoard } from './board.ts'
import { futureToleranceMs } from '../venue/time-base.ts'
import type { Evidence } from './evidence.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

function makeWriter(): BoardWriter {
  const writer = new BoardWriter(createBoard(1), 9000)
  writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  return writer
}

const trade = (at: number): Evidence => ({ price: '100', at, id: '1', tier: 'L1_MEMORY' })
const reading = (price: string): Evidence => ({ price, at: null, id: null, tier: 'L3_REST', askedAt: now + 1000 })

test('a feed that sends a trade from the future does not count as delivering, so a reading replaces its price', () => {
  const writer = makeWriter()
  writer.apply(0, trade(now), now - 1, true)
  writer.markFeedDown(0)
  expect(writer.apply(0, trade(now + 1000 + futureToleranceMs + 1), now + 1000, true)).toBe('future')
  expect(writer.feedSeenAt(0)).toBe(now - 1)
  expect(writer.apply(0, reading('101'), now + 1000)).toBe('replaces')
})

test('a feed that sends a late trade counts as delivering, so a reading does not replace its price', () => {
  const writer = makeWriter()
  writer.apply(0, trade(now), now - 1, true)
  writer.markFeedDown(0)
  expect(writer.apply(0, trade(now - 5000), now + 1000, true)).toBe('ignored')
  expect(writer.feedSeenAt(0)).toBe(now + 1000)
  expect(writer.apply(0, reading('101'), now + 1000)).toBe('ignored')
})
test('what a snapshot shows beside a trade from the future was not the last trade, so the snapshot proves none of it', () => {
  const writer = makeWriter()
  const snapshot = { tier: 'L1_MEMORY', askedAt: now - 100 } as const
  expect(writer.apply(0, { ...snapshot, price: '102', at: now + 60_000, id: '2' }, now, true)).toBe('future')
  expect(writer.apply(0, { ...snapshot, price: '101', at: now - 20_000, id: '1' }, now, true)).toBe('replaces')
  expect(writer.confirmedAt(0)).toBe(now - 20_000)
  expect(writer.apply(0, { ...snapshot, price: '101', at: now - 20_000, id: '1', askedAt: now + 1 }, now + 50, true)).toBe('confirms')
  expect(writer.confirmedAt(0)).toBe(now + 1)
})

test('nor does it replace what is shown already', () => {
  const writer = makeWriter()
  writer.apply(0, { ...reading('105'), askedAt: now - 5000 }, now - 5000)
  const snapshot = { tier: 'L1_MEMORY', askedAt: now - 100 } as const
  expect(writer.apply(0, { ...snapshot, price: '102', at: now + 60_000, id: '2' }, now, true)).toBe('future')
  expect(writer.apply(0, { ...snapshot, price: '101', at: now + 2000, id: '1' }, now, true)).toBe('ignored')
  expect([writer.price(0), writer.confirmedAt(0)]).toEqual(['105', now - 5000])
})

test('one whose place in the order is nonsense is refused too: no trade would come after it; a recorded time may be ahead', () => {
  const writer = makeWriter()
  expect(writer.apply(0, { ...trade(now), orderAt: 8e15 }, now, true)).toBe('future')
  expect(writer.apply(0, { ...trade(now), orderAt: now + 1e10 }, now, true)).toBe('replaces')
})
