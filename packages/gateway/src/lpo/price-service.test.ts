import { TrinityError } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { openPriceService } from '../../test-support/price-service-rig.fixture.ts'

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
    const { clock, prices, list, trade, setElsewhere, fetches, touched } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere, fetches, touched } = openPriceService()
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
    const { prices, list, trade, setElsewhere } = openPriceService()
    list(1, { halted: true })
    setElsewhere()
    trade(1, '5')
    expect(prices.find(btc)).toBeUndefined()
  })

  test('callers that have nothing else join the one that waits', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
    const { prices, list, setElsewhere, fetches } = openPriceService()
    list(1)
    setElsewhere()
    expect(prices.find(btc)).toBeUndefined()
    const waiting = prices.fetch(btc)
    fetches[0]?.answer()
    await expect(waiting).rejects.toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringMatching(/^No price of BTC/) as string })
    expect(codeOf(() => prices.find(btc))).toBe('TRN_PRICE_UNAVAILABLE')
  })

  test('max_age is judged by the best that was found', async () => {
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere } = openPriceService()
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
    const { clock, prices, list, trade, setElsewhere, fetches } = openPriceService()
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
