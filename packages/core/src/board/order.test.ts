import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareTradeIds } from '../decimal.ts'
import { createBoard } from './board.ts'
import { BoardReading, readSlot } from './reader.ts'
import { BoardWriter } from './writer.ts'

interface Trade {
  readonly price: string
  readonly at: number
  readonly id: string
}

const start = 1_790_000_000_000

/** Times that often coincide, ids of different lengths that never do. */
const trades = fc.uniqueArray(
  fc.record({
    price: fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
    at: fc.integer({ min: start, max: start + 5 }),
    id: fc.nat(2000).map(String),
  }),
  {
    minLength: 1,
    maxLength: 40,
    selector: ({ id }) => id,
  },
)

function play(arrivals: readonly Trade[], now: number): BoardReading {
  const board = createBoard(1)
  const writer = new BoardWriter(board, 9000)
  const generation = writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  const reading = new BoardReading()
  let newest = -Infinity
  for (const trade of arrivals) {
    writer.apply(0, { ...trade, tier: 'L1_MEMORY' }, now, true)
    expect(readSlot(board, 0, generation, reading)).toBe(true)
    expect(reading.at ?? 0, 'the shown time went back').toBeGreaterThanOrEqual(newest)
    newest = reading.at ?? 0
  }
  return reading
}

test('whatever the order and number of arrivals, the newest trade by (time, numeric id) stands at the end', () => {
  fc.assert(
    fc.property(
      trades.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray([...all, ...all, ...all.slice(0, 5)], { minLength: all.length }),
          fc.shuffledSubarray(all, { minLength: all.length }),
        ),
      ),
      ([all, some, order]) => {
        const expected = [...all].sort((a, b) => a.at - b.at || compareTradeIds(a.id, b.id)).at(-1)
        const reading = play([...some, ...order], start + 10_000)
        expect({ price: reading.price, at: reading.at, id: reading.id, confirmedAt: reading.confirmedAt }).toEqual({
          ...expected,
          confirmedAt: expected?.at,
        })
      },
    ),
    { numRuns: 500 },
  )
})

test('trades without ids keep the order of their times', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: start, max: start + 1000 }), { minLength: 1, maxLength: 20 }), (times) => {
      const board = createBoard(1)
      const writer = new BoardWriter(board, 9000)
      const generation = writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
      for (const at of times) writer.apply(0, { price: String(at), at, id: null, tier: 'L1_MEMORY' }, start + 2000, true)
      const reading = new BoardReading()
      readSlot(board, 0, generation, reading)
      expect(reading.price).toBe(String(Math.max(...times)))
    }),
  )
})
