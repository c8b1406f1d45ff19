import { describe, expect, test } from 'vitest'
import { futureToleranceMs, plainTime } from '../venue/time-base.ts'
import { type Evidence, type ListingRecord, judge, provedAt } from './evidence.ts'

const now = 1_790_000_000_000
const unconfirmedMs = 9000

const live: Evidence = { price: '100.0', at: now, id: '10', tier: 'L1_MEMORY' }
const shown: ListingRecord = {
  price: '100.0',
  orderAt: now - 1000,
  id: '9',
  confirmedAt: now - 1000,
  confirmedByNode: -Infinity,
  leadMs: 0,
  feedSeenAt: now - 1000,
  feedLive: true,
  untimedAsOf: -Infinity,
  refusedAsOf: -Infinity,
  confirmedAtMost: Infinity,
  halted: false,
}
const blank: ListingRecord = {
  price: '',
  orderAt: -Infinity,
  id: null,
  confirmedAt: 0,
  confirmedByNode: -Infinity,
  leadMs: 0,
  feedSeenAt: 0,
  feedLive: false,
  untimedAsOf: -Infinity,
  refusedAsOf: -Infinity,
  confirmedAtMost: Infinity,
  halted: false,
}

const verdict = (evidence: Partial<Evidence>, record: Partial<ListingRecord> = {}): string =>
  judge({ ...live, ...evidence }, { ...shown, ...record }, now, unconfirmedMs, plainTime)

describe('a timed trade', () => {
  test.each([
    ['the first one is shown', {}, blank, 'replaces'],
    ['a later one is shown', { at: now }, {}, 'replaces'],
    ['an older one is not', { at: now - 1001, id: '99' }, {}, 'ignored'],
    ['at the same time the greater id wins', { at: now - 1000, id: '10' }, {}, 'replaces'],
    ['at the same time a smaller id loses', { at: now - 1000, id: '8' }, {}, 'ignored'],
    ['ids compare as numbers, not as texts', { at: now - 1000, id: '100' }, { id: '99' }, 'replaces'],
    ['a missing id sorts lowest', { at: now - 1000, id: null }, { id: '1' }, 'ignored'],
    ['any id beats a missing one', { at: now - 1000, id: '0' }, { id: null }, 'replaces'],
    ['a duplicate does nothing', { at: now - 1000, id: '9' }, {}, 'ignored'],
    ['one too far ahead of our clock is refused', { at: now + futureToleranceMs + 1 }, {}, 'future'],
    ['one a little ahead is believed', { at: now + futureToleranceMs }, {}, 'replaces'],
    ['also the first one is refused when it lies too far ahead', { at: now + futureToleranceMs + 1 }, blank, 'future'],
    ['a moved time does not order, the recorded one does', { at: now, orderAt: now - 2000 }, {}, 'ignored'],
    ['a moved time in the future is refused all the same', { at: now + 60_000, orderAt: now }, {}, 'future'],
  ] as const)('%s', (_, evidence, record, expected) => {
    expect(verdict(evidence, record)).toBe(expected)
  })
})

describe('a snapshot or a timed reading', () => {
  const askedAt = now - 100
  test.each([
    ['confirms when its trade is the shown one', { at: now - 1000, id: '9' }, 'confirms'],
    ['confirms by value: trailing zeros do not matter', { at: now - 1000, id: '9', price: '100' }, 'confirms'],
    ['does not confirm the same id with another price', { at: now - 1000, id: '9', price: '101' }, 'ignored'],
    ['confirms nothing with an older trade', { at: now - 2000, id: '8' }, 'ignored'],
    ['is shown when its trade is newer', { at: now - 500, id: '11', price: '101' }, 'replaces'],
  ] as const)('%s', (_, evidence, expected) => {
    expect(verdict({ askedAt, tier: 'L3_REST', ...evidence })).toBe(expected)
  })

  const doubted = { feedSeenAt: now - 20_000, confirmedAt: now - unconfirmedMs - 100 }
  test.each([
    ['gives the shown trade another price when nothing has proved the old one for too long', doubted, 'reprices'],
    ['does not within that time', { ...doubted, confirmedAt: now - unconfirmedMs - 99 }, 'ignored'],
    ['does so at once where the feed is cut', { feedLive: false, feedSeenAt: askedAt - 1, confirmedAt: askedAt }, 'reprices'],
    ['does not where the feed has shown something since it was asked for', { ...doubted, feedSeenAt: askedAt }, 'ignored'],
    ['does not when it is older than the last proof', { feedLive: false, confirmedAt: askedAt + 1 }, 'ignored'],
    ['does not while the market is halted', { ...doubted, halted: true }, 'ignored'],
  ] as const)('%s', (_, record, expected) => {
    expect(verdict({ askedAt, tier: 'L3_REST', at: now - 1000, id: '9', price: '101' }, record)).toBe(expected)
  })

  test('a live trade never gives the shown one another price', () => {
    expect(verdict({ at: now - 1000, id: '9', price: '101' }, doubted)).toBe('ignored')
  })
})

describe('a timed trade after a reading without trade time', () => {
  const asOf = now - 10_000
  const read = { untimedAsOf: asOf, confirmedAt: asOf, orderAt: now - 60_000 }
  test.each([
    ['is shown when it is not older than the reading', { at: asOf, delayMs: 0 }, 'replaces'],
    ['is not when it is older', { at: asOf - 1, delayMs: 0 }, 'ignored'],
    ['is not when it is older by its true order, also with a moved time', { at: now, orderAt: asOf - 1, delayMs: 0 }, 'ignored'],
    ['is newer also by a clock that is behind, as its other trades show', { at: asOf - 3000, delayMs: 3000 }, 'replaces'],
    ['is older by such a clock too', { at: asOf - 3001, delayMs: 3000 }, 'ignored'],
    ['is newer also by a clock of which nothing is known, if that may be behind by seconds', { at: asOf - 5000 }, 'replaces'],
    ['is older if no clock would be so far behind', { at: asOf - 5001 }, 'ignored'],
    ['is newer by a clock that is ahead, as its other trades show', { at: asOf + 2000, delayMs: -2000 }, 'replaces'],
    ['is older by such a clock too', { at: asOf + 1999, delayMs: -2000 }, 'ignored'],
    ['is newer by a clock that is further ahead than is believed', { at: asOf + 5000, delayMs: -9000 }, 'replaces'],
    ['is shown when it is older and has the same price, which it names', { at: asOf - 20_000, price: '100.00', delayMs: 0 }, 'replaces'],
    ['of a snapshot is shown when that is true as of later', { at: asOf - 20_000, delayMs: 0, askedAt: asOf + 1 }, 'replaces'],
    ['of a snapshot from before is not', { at: asOf - 20_000, delayMs: 0, askedAt: asOf }, 'ignored'],
  ] as const)('%s', (_, evidence, expected) => {
    expect(verdict({ price: '101', ...evidence }, read)).toBe(expected)
  })

  test('is compared by the time at the venues, not by this machine', () => {
    const hourAhead = { offsetMs: -3_600_000, ageMs: (at: number, seenAt: number) => seenAt - 3_600_000 - at }
    const judged = (at: number): string =>
      judge({ ...live, price: '101', at, delayMs: 0 }, { ...shown, ...read, orderAt: 0 }, now, unconfirmedMs, hourAhead)
    expect([judged(asOf - 3_600_000), judged(asOf - 3_600_000 - 1)]).toEqual(['replaces', 'ignored'])
  })
})

test('a row contradicts no trade from after it was made, by the venue’s own clock; it may still confirm its price', () => {
  const reading = { price: '101', at: null, id: null, tier: 'L3_REST', askedAt: now } as const
  const doubted = { feedLive: false, feedSeenAt: now - 20_000, confirmedAt: now - 20_000 }
  const judged = (rowAt: number, price = '101'): string => verdict({ ...reading, price, rowAt }, doubted)
  expect([judged(shown.orderAt), judged(shown.orderAt - 1), judged(shown.orderAt - 1, '100')]).toEqual(['replaces', 'ignored', 'confirms'])
})

describe('a reading without trade time', () => {
  const reading = { price: '101', at: null, id: null, tier: 'L3_REST', askedAt: now } as const
  const doubted = { feedLive: false, feedSeenAt: now - 20_000, confirmedAt: now - 20_000 }
  test.each([
    ['is the first price where there is none', reading, blank, 'replaces'],
    ['confirms the same value in other digits', { ...reading, price: '100.000' }, {}, 'confirms'],
    ['does not move the price of a live feed', reading, {}, 'ignored'],
    ['replaces where the feed was cut and showed nothing since', reading, doubted, 'replaces'],
    ['does not replace when the feed showed a trade after it was asked for', reading, { ...doubted, feedSeenAt: now + 1 }, 'ignored'],
    ['does not replace when the feed showed a trade in the same millisecond', reading, { ...doubted, feedSeenAt: now }, 'ignored'],
    ['replaces what a live feed left unproved for too long', reading, { confirmedAt: now - unconfirmedMs }, 'replaces'],
    ['does not replace what was proved within that time', reading, { confirmedAt: now - unconfirmedMs + 1 }, 'ignored'],
    [
      'says nothing when it was asked for before the last proof',
      { ...reading, askedAt: now - 1001 },
      { ...doubted, confirmedAt: now - 1000 },
      'ignored',
    ],
    ['does not even confirm then', { ...reading, price: '100.0', askedAt: now - 1001 }, {}, 'ignored'],
    ['proves nothing when nobody knows when it was asked for', { ...reading, askedAt: undefined }, doubted, 'ignored'],
    ['does not replace a trade that came after it can have been made', { ...reading, asOf: now - 20_000 }, doubted, 'ignored'],
    ['replaces one that came before', { ...reading, asOf: now - 19_999 }, doubted, 'replaces'],
    [
      'is worth the moment it was made, not that at which it was asked for',
      { ...reading, price: '100.0', asOf: now - 1001 },
      { confirmedAt: now - 1000 },
      'ignored',
    ],
    ['confirms as of that moment', { ...reading, price: '100.0', asOf: now - 1000 }, { confirmedAt: now - 1000 }, 'confirms'],
    [
      'the age of the shown price counts from when it was asked for',
      { ...reading, asOf: now - 500 },
      { confirmedAt: now - unconfirmedMs },
      'replaces',
    ],
  ] as const)('%s', (_, evidence, record, expected) => {
    expect(verdict(evidence, record)).toBe(expected)
  })
})

describe('of a halted market', () => {
  const halted = { halted: true, feedLive: false, feedSeenAt: 0, confirmedAt: now - 60_000 }
  const reading = { at: null, id: null, tier: 'L3_REST', askedAt: now } as const
  test.each([
    ['no reading confirms the price', { ...reading, price: '100.0' }, halted, 'ignored'],
    ['nor replaces it', { ...reading, price: '101' }, halted, 'ignored'],
    ['nor is it the first one: nobody knows how old it is', reading, { ...blank, halted: true }, 'ignored'],
    ['no timed reading confirms it either', { at: now - 1000, id: '9', tier: 'L3_REST', askedAt: now }, halted, 'ignored'],
    ['a live trade is shown', { price: '101', at: now }, halted, 'replaces'],
    ['so is a newer one that a timed reading brings', { price: '101', at: now - 500, tier: 'L3_REST', askedAt: now }, halted, 'replaces'],
    ['and the first one', { at: now - 500, tier: 'L3_REST', askedAt: now }, { ...blank, halted: true }, 'replaces'],
  ] as const)('%s', (_, evidence, record, expected) => {
    expect(verdict(evidence, record)).toBe(expected)
  })

  test('a reading proves its trade as of that trade, no later', () => {
    expect(provedAt({ ...live, at: now - 60_000, askedAt: now }, now, plainTime, true)).toBe(now - 60_000)
  })
})

describe('what evidence proves', () => {
  test('a live trade its own time, a snapshot the time it was asked for, never later than now', () => {
    expect(provedAt(live, now + 50, plainTime, false)).toBe(now)
    expect(provedAt({ ...live, at: now - 60_000, askedAt: now - 10 }, now, plainTime, false)).toBe(now - 10)
    expect(provedAt({ ...live, at: null, askedAt: now - 10 }, now, plainTime, false)).toBe(now - 10)
    expect(provedAt({ ...live, at: now + 3000 }, now, plainTime, false)).toBe(now)
    expect(provedAt({ ...live, at: null, askedAt: now - 10, asOf: now - 20_000 }, now, plainTime, false)).toBe(now - 20_000)
    expect(provedAt({ ...live, at: now - 60_000, askedAt: now - 10, asOf: now + 50 }, now, plainTime, false)).toBe(now)
  })

  test('trades that come so early that they are refused make the others older by no more than is believed', () => {
    expect(provedAt({ ...live, delayMs: -60_000 }, now, plainTime, false)).toBe(now - futureToleranceMs)
    expect(provedAt({ ...live, delayMs: -futureToleranceMs }, now, plainTime, false)).toBe(now - futureToleranceMs)
  })

  test('a trade of a venue whose clock is ahead is older by as much; of one whose trades come late it is not younger', () => {
    expect(provedAt({ ...live, at: now - 500, delayMs: -4000 }, now, plainTime, false)).toBe(now - 4500)
    expect(provedAt({ ...live, at: now + 4000, delayMs: -4000 }, now, plainTime, false)).toBe(now)
    expect(provedAt({ ...live, at: now - 500, delayMs: 300 }, now, plainTime, false)).toBe(now - 500)
  })
})
