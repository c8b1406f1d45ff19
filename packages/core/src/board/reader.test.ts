import { describe, expect, test } from 'vitest'
import type { EvidenceTier } from '../price.ts'
import { createBoard } from './board.ts'
import { unknownTime } from './layout.ts'
import { BoardReading, readSlot } from './reader.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

function read(price: string, at: number | null, tier: EvidenceTier): BoardReading {
  const board = createBoard(1)
  const writer = new BoardWriter(board, 9000)
  const generation = writer.open(0, { currencyCode: 1, freshnessLimitMs: 30_000 })
  writer.apply(0, { price, at, id: '7', tier, askedAt: now }, now)
  const reading = new BoardReading()
  expect(readSlot(board, 0, generation, reading)).toBe(true)
  return reading
}

describe('a reading without texts', () => {
  test.each(['1', '60000.40000', '123456789012.12345678901'])('copies the price %s to where it is wanted and nothing else', (price) => {
    const bytes = new Uint8Array(40).fill(1)
    expect(read(price, now, 'L1_MEMORY').copyPrice(bytes, 5)).toBe(price.length)
    expect(new TextDecoder().decode(bytes.subarray(5, 5 + price.length))).toBe(price)
    expect(bytes.filter((byte) => byte === 1).length).toBe(40 - price.length)
  })

  test.each([
    ['L1_MEMORY', 1],
    ['L2_VALKEY', 2],
    ['L3_REST', 3],
  ] as const)('numbers the tier %s as %i', (tier, number) => {
    expect(read('1', now, tier)).toMatchObject({ tier, tierNumber: number })
  })

  test('says an unknown trade time by a number', () => {
    expect(read('1', null, 'L3_REST')).toMatchObject({ at: null, tradeTime: unknownTime })
    expect(read('1', now - 5, 'L3_REST')).toMatchObject({ at: now - 5, tradeTime: now - 5 })
  })
})
