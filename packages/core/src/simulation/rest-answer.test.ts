import { beforeEach, describe, expect, test } from 'vitest'
import type { Connector, RestPrices } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { defineSimulator } from './dialect.ts'
import type { Fault } from './fault/fault.ts'
import { findFault } from './fault/fault-table.ts'
import { plainExchange, plainSimulator } from './run/plain-simulator.ts'
import { SimulatedVenue } from './venue.ts'

const pricesPath = '/prices?all=1'
const symbols = ['A', 'B', 'C', 'D']

let clock: FakeClock
let venue: SimulatedVenue

beforeEach(() => {
  clock = new FakeClock()
  venue = new SimulatedVenue({ dialect: plainSimulator, symbols, otherNames: new Map([['A', 'A2']]), clock, seed: 3 })
})

function body(path: string): string {
  const answer = venue.answer(path)
  return answer.kind === 'status' ? answer.body : answer.kind
}

function listed(): readonly string[] {
  const decoded = plainExchange.rest?.list?.decode(body('/symbols')) ?? []
  return 'rejected' in decoded ? [decoded.rejected] : decoded.map(({ symbol, state }) => `${symbol} ${state}`)
}

function priceOf(symbol: string): string | undefined {
  const decoded = plainExchange.rest?.decode(body(pricesPath), [symbol], (name) => name) as RestPrices
  return decoded.ticks[0]?.price
}

describe('what REST answers', () => {
  test('are the last prices, and the listing', () => {
    expect(priceOf('A')).toBe(venue.market.lastTrade('A')?.price)
    expect(listed()).toEqual(['A trading', 'B trading', 'C trading', 'D trading'])
  })

  test('is a rejection with status 200, or 429 where the venue has no such body', () => {
    venue.setFault(findFault('rest-rejection'))
    expect(venue.answer(pricesPath)).toMatchObject({ status: 200, body: '{"refused":"too many requests"}' })
    const { restRejection, ...others } = plainSimulator
    expect(restRejection).toBeDefined()
    venue = new SimulatedVenue({ dialect: others, symbols, clock, seed: 3 })
    venue.setFault(findFault('rest-rejection'))
    expect(venue.answer(pricesPath)).toMatchObject({ status: 429, body: '' })
    expect(venue.log.tooEarly).toEqual([])
    clock.advance(29_000)
    venue.answer(pricesPath)
    expect(venue.log.tooEarly).toEqual(['a REST request 1000 ms before its pause was over'])
  })

  test.each([
    ['short-listing', ['A trading']],
    ['empty-listing', []],
    ['html-listing', []],
    ['all-halted', ['A halted', 'B halted', 'C halted', 'D halted']],
    ['some-halted', ['A halted', 'B trading', 'C halted', 'D trading']],
    ['renamed-symbol', ['A2 trading', 'B trading', 'C trading', 'D trading']],
  ])('%s: the listing is %j, and prices go on', (fault, expected) => {
    venue.setFault(findFault(fault))
    expect(listed()).toEqual(expected)
    const [name, old] = fault === 'renamed-symbol' ? ['A2', 'A'] : ['A', 'X']
    expect([priceOf(name), priceOf(old)]).toEqual([venue.market.lastTrade('A')?.price, undefined])
    venue.setFault(undefined)
    // A new name stays.
    expect(listed()[0]).toBe(`${name} trading`)
  })

  test('a halted market has no trades until the fault is over', () => {
    venue.start()
    venue.setFault(findFault('all-halted'), 60_000)
    const before = venue.market.lastTrade('A')
    clock.advance(60_000)
    expect(venue.market.lastTrade('A')).toEqual(before)
    clock.advance(60_000)
    expect(venue.market.lastTrade('A')).not.toEqual(before)
    venue.stop()
  })

  describe('as it was some time ago', () => {
    const timed = (changes: Partial<NonNullable<Connector['rest']>>): void => {
      const rest = plainExchange.rest as NonNullable<Connector['rest']>
      const dialect = defineSimulator({ ...plainSimulator, connector: { ...plainExchange, rest: { ...rest, bodyAgeMs: 2000, ...changes } } })
      venue = new SimulatedVenue({ dialect, symbols, clock, seed: 3 })
    }
    /** Age in whole seconds of the trade that a body shows: there is one each second. */
    const shownAge = (fault: Fault): number => {
      const prices: (string | undefined)[] = []
      for (let i = 0; i < 20; i++) {
        clock.advance(1000)
        prices.push(venue.market.trade('A')?.price)
      }
      venue.setFault(fault)
      return prices.length - 1 - prices.lastIndexOf(priceOf('A'))
    }

    test('by as much as the connector says', () => {
      timed({})
      expect(shownAge(findFault('old-bodies'))).toBe(2)
    })

    test('by 15 s where the body says when it was made', () => {
      timed({ decode: () => ({ ticks: [], madeAt: clock.now() }) })
      expect([shownAge(findFault('old-bodies')), shownAge(findFault('old-bodies-cut'))]).toEqual([15, 15])
    })

    test('by 15 s where its prices are trades with times, unless nothing else tells of newer ones', () => {
      const tick = { kind: 'tick', symbol: 'A', price: '1', size: undefined, at: 1, id: undefined, backfill: false } as const
      timed({ decode: () => ({ ticks: [tick] }) })
      expect([shownAge(findFault('old-bodies')), shownAge(findFault('old-bodies-cut'))]).toEqual([15, 2])
    })
  })
})
