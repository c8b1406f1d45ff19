import { AssetReader, AssetTable, BoardWriter, type PriceWish, PriceFinder, TrinityError, createBoard } from '@trinity/core'
import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import type { FetchOutcome } from '../serving/control.ts'
import { PriceService } from './price-service.ts'

const venueNames = new Map([
  [1, 'alpha'],
  [2, 'beta'],
])

interface ListingChange {
  readonly halted?: boolean
  readonly onDemand?: boolean
  readonly apart?: boolean
  readonly currency?: string
}

/** A price service over a board of the test's own; what it asks of the main thread waits until the test answers. */
function openService() {
  const clock = new FakeClock()
  const board = createBoard(16)
  const writer = new BoardWriter(board, 9000)
  const table = new AssetTable(64)
  const assets = new AssetReader(table.buffer, venueNames)
  const listings = new Map<string, { readonly wireId: number; readonly slot: number; readonly generation: number } & ListingChange>()
  const fetches: { readonly asked: PriceWish; answer(outcome?: Partial<FetchOutcome>): void; fail(error: Error): void }[] = []
  const touched: string[] = []
  const prices = new PriceService({
    finder: new PriceFinder(board, assets),
    assets,
    control: {
      fetch: (asked) =>
        new Promise((resolve, reject) => {
          fetches.push({ asked, answer: (outcome) => resolve({ unread: [], awaits: false, ...outcome }), fail: reject })
        }),
      touch: async (asset) => void touched.push(asset),
    },
    clock,
    maxStaleSeconds: 300,
    sourceTag: (venue) => `${venue}-ws`,
  })
  /** Lists BTC at a venue, or changes its listing there. */
  const list = (wireId: number, change: ListingChange = {}): void => {
    const name = `BTC ${wireId}`
    const slot = wireId
    const known = listings.get(name) ?? { wireId, slot, generation: writer.open(slot, { currencyCode: 0, freshnessLimitMs: 30_000 }) }
    listings.set(name, { ...known, ...change })
    const defaults = { venue: '', onDemand: false, halted: false, apart: false, currency: 'USD' }
    table.setListings(
      'BTC',
      [...listings.values()].map((listing) => ({ ...defaults, ...listing })),
    )
  }
  return {
    clock,
    prices,
    table,
    fetches,
    touched,
    list,
    /** Says that a second venue could stand in for the first. */
    setElsewhere: (elsewhere = true) => table.setReach('BTC', { listed: true, elsewhere }),
    trade(wireId: number, price: string) {
      writer.apply(wireId, { price, at: clock.now(), id: null, tier: 'L1_MEMORY' }, clock.now(), true)
    },
  }
}

const btc = { asset: 'BTC' }

const codeOf = (action: () => unknown): unknown => {
  try {
    return action()
  } catch (error) {
    return (error as TrinityError).code
  }
}

describe('the main thread hears nothing', () => {
  test('of 1,000 requests for a healthy price, however asked for, though another venue could stand in', () => {
    const { clock, prices, list, trade, setElsewhere, fetches, touched } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(30_000)
    for (let i = 0; i < 250; i++) {
      expect(prices.find(btc)).toMatchObject({ price: '5', stale: false, market: 'trading' })
      prices.find({ asset: 'BTC', quote: 'USD' })
      prices.find({ asset: 'BTC', venue: 'alpha' })
      expect(prices.peek('BTC')).toMatchObject({ price: '5', ageMs: 30_000 })
    }
    expect(codeOf(() => prices.find({ asset: 'BTC', maxAgeSeconds: 29 }))).toBe('TRN_PRICE_STALE')
    expect([fetches, touched]).toEqual([[], []])
  })

  test('of a stale, halted or missing price that nobody else has', () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere(false)
    expect(codeOf(() => prices.find(btc))).toBe('TRN_PRICE_UNAVAILABLE')
    trade(1, '5')
    list(1, { halted: true })
    expect(prices.find(btc)).toMatchObject({ market: 'halted', stale: false })
    clock.advance(30_001)
    expect(prices.find(btc)).toMatchObject({ market: 'halted', stale: true })
    expect(prices.peek('BTC')?.stale).toBe(true)
    clock.advance(270_000)
    expect(codeOf(() => prices.find(btc))).toBe('TRN_PRICE_STALE')
    expect(prices.peek('BTC')).toBeUndefined()
    expect(fetches).toEqual([])
  })

  test('of a stale price of the venue that was asked for: none can stand in for it', () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(31_000)
    expect(prices.find({ asset: 'BTC', venue: 'alpha' })).toMatchObject({ price: '5', stale: true })
    expect(fetches).toEqual([])
  })
})

describe('where another venue could stand in', () => {
  test('a stale price makes one caller wait in three seconds; the others have it at once', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(30_001)
    expect(prices.find(btc)).toBeUndefined()
    const first = prices.fetch(btc)
    expect(fetches.map(({ asked }) => asked)).toEqual([{ asset: 'BTC', quote: undefined, venue: undefined }])
    for (let i = 0; i < 100; i++) expect(prices.find(btc)).toMatchObject({ price: '5', stale: true, cached: true })
    fetches[0]?.answer()
    expect(await first).toMatchObject({ price: '5', stale: true, source: 'alpha-ws', cached: true })
    clock.advance(2999)
    expect(prices.find(btc)).toMatchObject({ price: '5', stale: true })
    clock.advance(1)
    expect(prices.find(btc)).toBeUndefined()
    expect(fetches).toHaveLength(1)
  })

  test('the caller that waited gets what was found, as not cached', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches, touched } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(30_001)
    const waiting = prices.fetch(btc)
    list(2, { onDemand: true })
    trade(2, '5.1')
    fetches[0]?.answer()
    expect(await waiting).toMatchObject({ price: '5.1', source: 'beta-ws', stale: false, cached: false })
    expect(prices.find(btc)).toMatchObject({ price: '5.1', cached: true })
    expect(touched).toEqual(['BTC'])
    expect(fetches).toHaveLength(1)
  })

  test('a halted market is replaced before its price is stale', () => {
    const { prices, list, trade, setElsewhere } = openService()
    list(1, { halted: true })
    setElsewhere()
    trade(1, '5')
    expect(prices.find(btc)).toBeUndefined()
  })

  test('callers that have nothing else join the one that waits', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(300_001)
    expect(prices.find(btc)).toBeUndefined()
    const waiting = [prices.fetch(btc)]
    for (let i = 0; i < 9; i++) {
      expect(prices.find(btc)).toBeUndefined()
      waiting.push(prices.fetch(btc))
    }
    expect(fetches).toHaveLength(1)
    list(2, { onDemand: true })
    trade(2, '5.1')
    fetches[0]?.answer()
    expect((await Promise.all(waiting)).map(({ price }) => price)).toEqual(Array(10).fill('5.1'))
  })

  test('an asset without any price is asked for elsewhere, and refused at once in between', async () => {
    const { prices, list, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    expect(prices.find(btc)).toBeUndefined()
    const waiting = prices.fetch(btc)
    fetches[0]?.answer()
    await expect(waiting).rejects.toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringMatching(/^No price of BTC/) as string })
    expect(codeOf(() => prices.find(btc))).toBe('TRN_PRICE_UNAVAILABLE')
  })

  test('max_age is judged by the best that was found', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(31_000)
    const question = { asset: 'BTC', maxAgeSeconds: 10 }
    expect(prices.find(question)).toBeUndefined()
    const waiting = prices.fetch(question)
    list(2, { onDemand: true })
    trade(2, '5.1')
    fetches[0]?.answer()
    expect(await waiting).toMatchObject({ price: '5.1', ageMs: 0 })
  })

  test('a failed search for more costs nobody the price that there is', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(31_000)
    const waiting = prices.fetch(btc)
    fetches[0]?.fail(new TrinityError('TRN_OVERLOADED', 'Too many assets.'))
    expect(await waiting).toMatchObject({ price: '5', stale: true })
    clock.advance(270_000)
    const late = prices.fetch(btc)
    fetches[1]?.fail(new TrinityError('TRN_OVERLOADED', 'Too many assets.'))
    await expect(late).rejects.toMatchObject({ code: 'TRN_OVERLOADED' })
  })

  test('a price in another quote than the first is asked for where any venue trades the asset', () => {
    const { clock, prices, list, trade, setElsewhere } = openService()
    list(1)
    list(2, { currency: 'USDT' })
    setElsewhere(false)
    trade(1, '5')
    trade(2, '5.1')
    clock.advance(31_000)
    expect(prices.find({ asset: 'BTC', quote: 'USD' })).toMatchObject({ price: '5' })
    expect(prices.find({ asset: 'BTC', quote: 'USDT' })).toBeUndefined()
  })

  test('who cannot wait has it fetched meanwhile, as often as anybody', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openService()
    list(1)
    setElsewhere()
    trade(1, '5')
    clock.advance(30_001)
    for (let i = 0; i < 12; i++) {
      expect(prices.peek('BTC')).toMatchObject({ price: '5', stale: true })
      fetches.at(-1)?.answer()
      await clock.advanceAsync(500)
    }
    expect(fetches).toHaveLength(2)
  })
})

describe('an asset that is not on the board', () => {
  test('is unknown, or only not known yet while listings are unread, or swapped into another one', async () => {
    const { prices, fetches } = openService()
    const ask = async (question: PriceWish, outcome: Partial<FetchOutcome>): Promise<unknown> => {
      expect(prices.find(question)).toBeUndefined()
      const waiting = prices.fetch(question)
      fetches.at(-1)?.answer(outcome)
      return waiting.catch((error: TrinityError) => [error.code, error.successor, error.retryAfterMs, error.message])
    }
    const matic = { asset: 'MATIC' }
    expect(await ask(matic, { unread: ['alpha', 'beta'], awaits: true, successor: 'POL' })).toEqual([
      'TRN_PRICE_UNAVAILABLE',
      undefined,
      2000,
      'MATIC is not known yet: the listings of alpha, beta have not been read since the start; try again in 2 s.',
    ])
    expect(await ask(matic, { unread: ['beta'] })).toEqual([
      'TRN_ASSET_UNKNOWN',
      undefined,
      undefined,
      'No venue lists MATIC; /exchanges shows what there is. The listings of beta could not be read since the start.',
    ])
    expect(await ask(matic, { successor: 'POL' })).toEqual([
      'TRN_ASSET_UNKNOWN',
      'POL',
      undefined,
      'No venue lists MATIC; /exchanges shows what there is. Its holders were given POL in its place, which is another asset with a price of its own.',
    ])
    expect(await ask({ asset: 'MATIC', venue: 'alpha' }, {})).toContain('alpha does not list MATIC; /exchanges shows what there is.')
  })

  test('is being fetched for those who cannot wait, where a venue trades it', () => {
    const { prices, table, setElsewhere, fetches } = openService()
    expect(prices.peek('BTC')).toBeUndefined()
    expect([prices.missOf('BTC').code, fetches.length]).toEqual(['TRN_ASSET_UNKNOWN', 0])
    table.setAwaitsListings(true)
    expect(prices.missOf('BTC')).toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringMatching(/listings of some venues/) as string })
    setElsewhere(false)
    expect(prices.peek('BTC')).toBeUndefined()
    expect(prices.missOf('BTC')).toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE', message: 'BTC is being fetched; try again in a second.' })
    expect(fetches).toHaveLength(1)
  })
})

describe('a listing that is apart', () => {
  test('answers only those who name its venue, and alone it is no price of the asset', () => {
    const { prices, list, trade } = openService()
    list(2, { apart: true })
    trade(2, '0.7')
    expect(prices.find({ asset: 'BTC', venue: 'beta' })).toMatchObject({ price: '0.7' })
    expect(() => prices.find(btc)).toThrow(/^Venues' prices of BTC are too far apart/)
  })

  test('is waited for by all who ask for it while it is read and not compared yet', async () => {
    const { prices, list, fetches } = openService()
    list(1)
    list(2, { currency: 'USDT', onDemand: true, apart: true })
    const question = { asset: 'BTC', quote: 'USDT' }
    for (let i = 0; i < 3; i++) expect(prices.find(question)).toBeUndefined()
    const waiting = [prices.fetch(question), prices.fetch(question)]
    fetches[0]?.answer()
    await Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE' })))
    expect(fetches).toHaveLength(1)
  })
})

test('a refusal says where the market is halted', () => {
  const { clock, prices, list, trade } = openService()
  list(1, { halted: true })
  expect(() => prices.find(btc)).toThrow('The market of BTC is halted at alpha, and no price has arrived since the start; try again when it trades.')
  trade(1, '5')
  clock.advance(301_000)
  expect(() => prices.find(btc)).toThrow(
    'The market of BTC is halted at alpha. The newest price of BTC was confirmed 301.0 s ago, more than the 300 s allowed; try again when it trades.',
  )
})
