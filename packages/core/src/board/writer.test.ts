import { describe, expect, test } from 'vitest'
import { createBoard, openBoard } from './board.ts'
import type { Evidence } from './evidence.ts'
import { header, slotWord, headerWords } from './layout.ts'
import { BoardReading, readSlot } from './reader.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000
const trade: Evidence = { price: '60000.40000', at: now, id: '9007199254740993', tier: 'L1_MEMORY' }

function makeBoard(): { writer: BoardWriter; read: () => BoardReading | undefined; words: Int32Array } {
  const board = createBoard(2)
  const writer = new BoardWriter(board, 9000)
  const generation = writer.open(0, { currencyCode: 1, freshnessLimitMs: 30_000 })
  return {
    writer,
    words: board.words,
    read: () => {
      const reading = new BoardReading()
      return readSlot(openBoard(board.buffer), 0, generation, reading) ? reading : undefined
    },
  }
}

describe('a slot', () => {
  test('gives back what was written, digit for digit', () => {
    const { writer, read } = makeBoard()
    expect(read()).toBeUndefined()
    expect(writer.apply(0, trade, now)).toBe('replaces')
    expect(read()).toMatchObject({
      price: '60000.40000',
      id: '9007199254740993',
      at: now,
      confirmedAt: now,
      tier: 'L1_MEMORY',
      currencyCode: 1,
      freshnessLimitMs: 30_000,
      freshSince: 0,
    })
  })

  test.each(['1', '123456789012345678901234', '0.0000000000000000000001'])('holds a price of %s', (price) => {
    const { writer, read } = makeBoard()
    writer.apply(0, { ...trade, price }, now)
    expect(read()?.price).toBe(price)
  })

  test('a shorter price leaves nothing of a longer one', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, { ...trade, price: '123456.789012' }, now)
    writer.apply(0, { ...trade, price: '7', at: now + 1, id: '1' }, now + 1)
    expect(read()).toMatchObject({ price: '7', id: '1' })
  })

  test.each(['1234567890123456789012345', '0', '-1', 'NaN', '1e-400', '', ' 1'])('refuses and counts a price of %j', (price) => {
    const { writer, read } = makeBoard()
    expect(writer.apply(0, { ...trade, price }, now)).toBe('ignored')
    expect(writer.refusals).toEqual({ future: 0, notAPrice: 1 })
    expect(read()).toBeUndefined()
  })

  test.each([5, null, undefined])('refuses and counts %s from a plug-in, which is no text', (price) => {
    const { writer } = makeBoard()
    expect(writer.apply(0, { ...trade, price: price as unknown as string }, now)).toBe('ignored')
    expect(writer.refusals).toEqual({ future: 0, notAPrice: 1 })
  })

  test('refuses and counts a trade from the future', () => {
    const { writer, read } = makeBoard()
    expect(writer.apply(0, { ...trade, at: now + 5001 }, now)).toBe('future')
    expect(writer.refusals).toEqual({ future: 1, notAPrice: 0 })
    expect(read()).toBeUndefined()
  })

  test('a trade a little ahead of our clock is shown at our time', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, { ...trade, at: now + 3000 }, now)
    expect(read()).toMatchObject({ at: now, confirmedAt: now })
  })

  test('an id that is too long for the slot is unknown to readers, but still orders', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, { ...trade, id: '9'.repeat(25) }, now)
    expect(read()?.id).toBeNull()
    expect(writer.apply(0, { ...trade, price: '1', id: '8'.repeat(25) }, now)).toBe('ignored')
  })

  test('a reading without time has neither time nor id', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, { price: '5', at: null, id: null, tier: 'L3_REST', askedAt: now - 10 }, now)
    expect(read()).toMatchObject({ price: '5', at: null, id: null, tier: 'L3_REST', confirmedAt: now - 10 })
  })
})

describe('confirmation', () => {
  test('a snapshot of the shown trade moves the proof, not the price', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now)
    expect(writer.apply(0, { ...trade, price: '60000.4', askedAt: now + 20_000 }, now + 20_100)).toBe('confirms')
    expect(read()).toMatchObject({ price: '60000.40000', at: now, confirmedAt: now + 20_000 })
  })

  test('says which tier proved it last', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now)
    writer.apply(0, { price: '60000.4', at: null, id: null, tier: 'L3_REST', askedAt: now + 20_000 }, now + 20_100)
    expect(read()?.tier).toBe('L3_REST')
  })

  test('an older proof changes nothing', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now)
    writer.apply(0, { ...trade, tier: 'L3_REST', askedAt: now - 500 }, now)
    expect(read()).toMatchObject({ confirmedAt: now, tier: 'L1_MEMORY' })
  })

  test('duplicates and late trades confirm nothing', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now)
    writer.apply(0, trade, now + 20_000, true)
    writer.apply(0, { ...trade, at: now - 5, id: '1' }, now + 20_000, true)
    expect(read()).toMatchObject({ price: '60000.40000', confirmedAt: now })
  })

  test('a feed that is not down keeps its price against an untimed reading; one that was cut does not', () => {
    const { writer, read } = makeBoard()
    const reading: Evidence = { price: '61000', at: null, id: null, tier: 'L3_REST', askedAt: now + 5000 }
    writer.apply(0, trade, now, true)
    expect(writer.apply(0, reading, now + 5100)).toBe('ignored')
    writer.markFeedDown(0)
    expect(writer.apply(0, reading, now + 5200)).toBe('replaces')
    expect(read()).toMatchObject({ price: '61000', at: null })
  })

  test('a trade that a correcting reading stood in for does not come back, a newer one does', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.markFeedDown(0)
    writer.apply(0, { price: '61000', at: null, id: null, tier: 'L3_REST', askedAt: now + 5000 }, now + 5000)
    expect(writer.apply(0, trade, now + 6000, true)).toBe('ignored')
    expect(writer.apply(0, { ...trade, price: '62000', at: now + 6000, id: null }, now + 6000, true)).toBe('replaces')
    expect(read()).toMatchObject({ price: '62000', at: now + 6000, tier: 'L1_MEMORY' })
  })
})

describe('a reading without trade time', () => {
  const reading: Evidence = { price: '61000', at: null, id: null, tier: 'L3_REST', askedAt: now + 20_000 }
  const later: Evidence = { ...trade, price: '62000', at: now + 20_001, id: null, delayMs: 0 }

  test('that replaced a price is not replaced by an older trade that comes late, but by a newer one', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    expect(writer.apply(0, reading, now + 20_100)).toBe('replaces')
    expect(writer.apply(0, { ...later, price: '60500', at: now + 19_999 }, now + 20_200, true)).toBe('ignored')
    expect(read()).toMatchObject({ price: '61000', confirmedAt: now + 20_000 })
    expect(writer.apply(0, later, now + 20_300, true)).toBe('replaces')
    expect(read()).toMatchObject({ price: '62000', at: now + 20_001 })
  })

  test('that confirmed a price keeps it against an older trade, too', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    expect(writer.apply(0, { ...reading, price: '60000.4' }, now + 20_100)).toBe('confirms')
    expect(writer.apply(0, { ...later, price: '60500', at: now + 19_999 }, now + 20_200, true)).toBe('ignored')
    expect(read()?.price).toBe('60000.40000')
  })

  test('that came to nothing keeps nothing', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now + 15_000, true)
    writer.confirm(0, now + 15_000, 'L3_REST', now + 15_000)
    expect(writer.apply(0, reading, now + 20_100)).toBe('ignored')
    expect(writer.apply(0, { ...later, at: now + 19_999 }, now + 20_200, true)).toBe('replaces')
    expect(read()?.price).toBe('62000')
  })

  test('with the age of its body proves the price as of when that can have been made', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, { ...reading, asOf: now }, now + 20_100)
    expect(read()).toMatchObject({ price: '61000', confirmedAt: now })
  })

  test('proves nothing of a halted market, and again something when that is open', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.setHalted(0, true)
    expect(writer.apply(0, { ...reading, price: '60000.4' }, now + 20_100)).toBe('ignored')
    expect(read()?.confirmedAt).toBe(now)
    writer.setHalted(0, false)
    expect(writer.apply(0, { ...reading, price: '60000.4' }, now + 20_100)).toBe('confirms')
  })
})

test('what readings without trade times have shown to be older may be shown again once they are forgotten', () => {
  const { writer, read } = makeBoard()
  const late: Evidence = { ...trade, price: '60500', at: now + 15_000, id: null, delayMs: 0 }
  writer.apply(0, trade, now, true)
  writer.apply(0, { price: '61000', at: null, id: null, tier: 'L3_REST', askedAt: now + 20_000 }, now + 20_100)
  expect(writer.apply(0, late, now + 20_200, true)).toBe('ignored')
  writer.forgetReadings()
  expect(writer.apply(0, late, now + 20_300, true)).toBe('replaces')
  expect(read()).toMatchObject({ price: '60500', confirmedAt: now + 15_000 })
})

describe('when time may have been lost', () => {
  const limitMs = 30_000

  test('every price is stale until its next proof, also a fresh one, and older by the time lost', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.unconfirmAll(0, now + 10)
    expect(read()).toMatchObject({ price: '60000.40000', confirmedAt: now + 10 - limitMs - 1 })
    writer.apply(0, { ...trade, at: now + 20, id: '9007199254740994' }, now + 20, true)
    writer.unconfirmAll(3_600_000, now + 30)
    expect(read()?.confirmedAt).toBe(now + 20 - 3_600_000)
    writer.apply(0, { ...trade, at: now + 40, id: '9007199254740995' }, now + 40, true)
    expect(read()).toMatchObject({ confirmedAt: now + 40, freshSince: now + 40 })
  })

  test('what is older than the last proof stays older', () => {
    const { writer } = makeBoard()
    const body: Evidence = { price: '61000', at: null, id: null, tier: 'L3_REST', askedAt: now + 2000 }
    writer.apply(0, trade, now, true)
    writer.markFeedDown(0)
    writer.unconfirmAll(0, now + 1000)
    expect(writer.apply(0, { ...body, asOf: now - 1 }, now + 2100)).toBe('ignored')
    expect(writer.confirmedAt(0)).toBe(now + 1000 - limitMs - 1)
    expect(writer.apply(0, { ...body, asOf: now + 1 }, now + 2100)).toBe('replaces')
    expect(writer.confirmedAt(0)).toBe(now + 1)
  })

  test('evidence of the same price that is asked for afterwards counts, as of when it is true', () => {
    const { writer } = makeBoard()
    const body: Evidence = { price: '60000.4', at: null, id: null, tier: 'L3_REST', askedAt: now + 2000 }
    writer.apply(0, trade, now, true)
    writer.unconfirmAll(0, now + 1000)
    expect(writer.apply(0, { ...body, asOf: now - 20_000 }, now + 2100)).toBe('confirms')
    expect(writer.confirmedAt(0)).toBe(now - 20_000)
    expect(writer.apply(0, { ...body, price: '61000', asOf: now - 1 }, now + 2100)).toBe('ignored')
    expect(writer.apply(0, body, now + 2100)).toBe('confirms')
    expect(writer.confirmedAt(0)).toBe(now + 2000)
  })

  test('the moment of the last proof stays what it was', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.unconfirmAll(3_600_000, now + 10)
    expect(read()?.confirmedUtc).toBe(now)
  })

  test('each price is told once; a slot without a price is left alone', () => {
    const { writer, read } = makeBoard()
    const slots: number[] = []
    writer.open(1, { currencyCode: 0, freshnessLimitMs: limitMs })
    writer.apply(0, trade, now, true)
    writer.on('price', (slot) => slots.push(slot))
    writer.unconfirmAll(0, now)
    expect(slots).toEqual([0])
    expect([writer.confirmedAt(1), read()?.price]).toEqual([0, '60000.40000'])
  })

  test('what was asked for before proves nothing but its own trade', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.unconfirmAll(3_600_000, now + 1000)
    expect(writer.apply(0, { price: '60000.4', at: null, id: null, tier: 'L3_REST', askedAt: now + 999 }, now + 1100)).toBe('ignored')
    expect(writer.apply(0, { ...trade, askedAt: now + 999 }, now + 1100)).toBe('ignored')
    expect(read()?.confirmedAt).toBe(now - 3_600_000)
    expect(writer.apply(0, { ...trade, id: '9007199254740994', at: now + 900, askedAt: now + 999 }, now + 1100)).toBe('replaces')
    expect(read()).toMatchObject({ id: '9007199254740994', confirmedAt: now + 900 })
    expect(writer.apply(0, { price: '60000.4', at: null, id: null, tier: 'L3_REST', askedAt: now + 1000 }, now + 1100)).toBe('confirms')
  })

  test('a clock that was set back loses no time, and no reading its worth', () => {
    const { writer } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.unconfirmAll(0, now + 1000)
    expect(writer.apply(0, { price: '60000.4', at: null, id: null, tier: 'L3_REST', askedAt: now + 999 }, now + 1100)).toBe('confirms')
  })

  test('time that was lost without a step makes prices older, not stale', () => {
    const { writer, read } = makeBoard()
    writer.apply(0, trade, now, true)
    writer.ageAll(1900, now + 10)
    expect(read()).toMatchObject({ confirmedAt: now - 1900, confirmedUtc: now })
    expect(writer.apply(0, { price: '60000.4', at: null, id: null, tier: 'L3_REST', askedAt: now + 9 }, now + 100)).toBe('ignored')
  })

  test('a trade is newer than a reading from before that sleep', () => {
    const asleepMs = 60_000
    const time = { offsetMs: 0, ageMs: (at: number, seenAt: number) => seenAt + time.offsetMs - at }
    const sleeper = new BoardWriter(createBoard(1), 9000, time)
    sleeper.open(0, { currencyCode: 0, freshnessLimitMs: limitMs })
    sleeper.apply(0, { price: '1', at: null, id: null, tier: 'L3_REST', askedAt: now }, now)
    sleeper.unconfirmAll(asleepMs, now + 100)
    time.offsetMs = asleepMs
    // Made a moment after the reading, and kept waiting by the sleep.
    const waited: Evidence = { price: '2', at: now + 50, id: '1', tier: 'L1_MEMORY', delayMs: 0 }
    expect(sleeper.apply(0, waited, now + 100, true)).toBe('replaces')
    expect(sleeper.confirmedAt(0)).toBe(now + 50 - asleepMs)
  })
})

describe('events and edges', () => {
  test('each change of a price or its proof is told once, nothing else is', () => {
    const { writer } = makeBoard()
    const slots: number[] = []
    writer.on('price', (slot) => slots.push(slot))
    writer.apply(0, trade, now)
    writer.apply(0, trade, now)
    writer.apply(0, { ...trade, askedAt: now + 10 }, now + 10)
    writer.apply(0, { ...trade, price: '0' }, now)
    expect(slots).toEqual([0, 0])
  })

  test('a slot that nobody opened takes nothing', () => {
    const { writer } = makeBoard()
    expect(writer.apply(1, trade, now)).toBe('ignored')
    expect([writer.confirmedAt(1), writer.price(1), writer.feedSeenAt(1)]).toEqual([0, '', 0])
    writer.setHalted(1, true)
    writer.markFeedDown(1)
  })

  test('what is shown, and when the feed was last heard of, is known without reading the board', () => {
    const { writer } = makeBoard()
    writer.apply(0, trade, now + 5)
    expect([writer.price(0), writer.feedSeenAt(0)]).toEqual(['60000.40000', 0])
    writer.apply(0, { ...trade, at: now - 1, id: null }, now + 7, true)
    writer.apply(0, { ...trade, at: now + 60_000 }, now + 9, true)
    expect([writer.price(0), writer.feedSeenAt(0)]).toEqual(['60000.40000', now + 7])
  })

  test('a board of another layout is refused', () => {
    const board = createBoard(1)
    Atomics.store(board.words, header.version, 99)
    expect(() => openBoard(board.buffer)).toThrow(/layout 99/)
  })

  test('a reader gives up on a slot whose writer died in the middle of a write', () => {
    const { writer, read, words } = makeBoard()
    writer.apply(0, trade, now)
    Atomics.add(words, headerWords + slotWord.sequence, 1)
    expect(read()).toBeUndefined()
  })
})
