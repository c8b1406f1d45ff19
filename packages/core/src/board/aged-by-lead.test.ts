import { describe, expect, test } from 'vitest'
import { createBoard } from './board.ts'
import type { Evidence } from './evidence.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

function makeWriter(): BoardWriter {
  const writer = new BoardWriter(createBoard(1), 9000)
  writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  return writer
}

const trade = (price: string, at: number, delayMs?: number): Evidence => ({ price, at, id: String(at), tier: 'L1_MEMORY', delayMs })
const reading = (price: string, askedAt: number, isByVenue = false): Evidence => ({ price, at: null, id: null, tier: 'L3_REST', askedAt, isByVenue })

describe('a price whose venue turns out to be ahead', () => {
  test('is older by as much as was not known when it was proved, once', () => {
    const writer = makeWriter()
    writer.apply(0, trade('5', now), now, true)
    const ages = [1000, 3000, 3000, 2000, 4000].map((aheadMs) => {
      writer.ageByLead(0, aheadMs)
      return now - writer.confirmedAt(0)
    })
    expect(ages).toEqual([1000, 3000, 3000, 3000, 4000])
  })

  test('is not older by what was known', () => {
    const writer = makeWriter()
    writer.apply(0, trade('5', now + 3000, -3000), now, true)
    writer.ageByLead(0, 3000)
    expect(now - writer.confirmedAt(0)).toBe(0)
    writer.ageByLead(0, 3500)
    expect(now - writer.confirmedAt(0)).toBe(500)
  })

  test('is no older than what the node has proved by its own clock', () => {
    const writer = makeWriter()
    writer.apply(0, reading('5', now - 2000), now)
    writer.ageByLead(0, 1000)
    expect(now - writer.confirmedAt(0)).toBe(2000)
    writer.apply(0, reading('5.0', now - 500, true), now)
    writer.ageByLead(0, 3000)
    expect(now - writer.confirmedAt(0)).toBe(2000)
  })

  test('has no proof of the price before it', () => {
    const writer = makeWriter()
    writer.apply(0, reading('5', now - 100), now)
    writer.apply(0, trade('6', now), now, true)
    writer.ageByLead(0, 3000)
    expect(now - writer.confirmedAt(0)).toBe(3000)
  })
})

test('an empty slot does not age', () => {
  const writer = makeWriter()
  writer.ageByLead(0, 3000)
  writer.ageByLead(7, 3000)
  expect([writer.price(0), writer.confirmedAt(0)]).toEqual(['', 0])
})
