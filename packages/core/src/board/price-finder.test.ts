import { describe, expect, test } from 'vitest'
import { bytesPerCall } from './allocation.fixture.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { createBoard } from './board.ts'
import { Directory, type Listing, type NewListing } from './directory.ts'
import { type FoundPrice, PriceFinder, type PriceMiss, type PriceWish, priceOutcome, settleMs } from './price-finder.ts'
import { BoardWriter } from './writer.ts'

const start = 1_790_000_000_000
const limitMs = 30_000

/** One asset on two venues in USD and one in USDT, in this order of preference. */
class Market {
  readonly #board = createBoard(8)
  readonly writer = new BoardWriter(this.#board, 9000)
  readonly directory = new Directory(this.writer, 8, ({ venue }) => ['first', 'second', 'third'].indexOf(venue))
  readonly finder = new PriceFinder(this.#board, this.directory, new FakeClock())
  readonly first = this.list('first', 'USD')
  readonly second = this.list('second', 'USD')
  readonly third = this.list('third', 'USDT')
  #id = 0

  list(venue: string, currency: string, asset = 'BTC'): Listing {
    const listing: NewListing = { venue, asset, symbol: `${asset}-${currency}`, currency, onDemand: false, freshnessLimitMs: limitMs }
    return this.directory.add(listing)
  }

  trade(listing: Listing, price: string, at: number): void {
    this.writer.apply(listing.slot, { price, at, id: String(++this.#id), tier: 'L1_MEMORY' }, at, true)
  }

  find(now: number, wish: Partial<PriceWish> = {}): string {
    const found: FoundPrice | PriceMiss = this.finder.find({ asset: 'BTC', ...wish }, now)
    return typeof found === 'string' ? found : `${found.listing.venue} ${found.reading.price}`
  }
}

describe('which price is found', () => {
  test('the first listing that is fresh', () => {
    const market = new Market()
    market.trade(market.second, '2', start)
    expect(market.find(start)).toBe('second 2')
    market.trade(market.first, '1', start)
    expect(market.find(start)).toBe('first 1')
  })

  test('the next one when the first is stale, to the millisecond', () => {
    const market = new Market()
    market.trade(market.first, '1', start)
    market.trade(market.second, '2', start + 20_000)
    expect(market.find(start + limitMs)).toBe('first 1')
    expect(market.find(start + limitMs + 1)).toBe('second 2')
  })

  test('with none fresh, the one proved last', () => {
    const market = new Market()
    market.trade(market.first, '1', start)
    market.trade(market.second, '2', start + 1000)
    expect(market.find(start + 100_000)).toBe('second 2')
  })

  test('the currency never changes by falling back', () => {
    const market = new Market()
    market.trade(market.third, '3', start)
    expect(market.find(start)).toBe('price')
    market.trade(market.first, '1', start)
    market.trade(market.third, '4', start + 100_000)
    expect(market.find(start + 100_000)).toBe('first 1')
    expect(market.find(start + 100_000, { quote: 'USDT' })).toBe('third 4')
  })

  test('what is missing is said', () => {
    const market = new Market()
    expect(market.find(start, { asset: 'NONE' })).toBe('asset')
    expect(market.find(start, { venue: 'fourth' })).toBe('venue')
    expect(market.find(start, { quote: 'EUR' })).toBe('quote')
    expect(market.find(start, { venue: 'third', quote: 'USD' })).toBe('quote')
    expect(market.find(start)).toBe('price')
  })

  test('a venue alone is asked in its own currency', () => {
    const market = new Market()
    market.trade(market.third, '3', start)
    expect(market.find(start, { venue: 'third' })).toBe('third 3')
  })
})

describe('halted markets and listings that are apart', () => {
  test('a halted market comes after all that trade and are fresh, whatever its place', () => {
    const market = new Market()
    market.trade(market.first, '1', start)
    market.trade(market.second, '2', start)
    market.directory.update(market.first, { halted: true })
    expect(market.find(start)).toBe('second 2')
    expect(market.find(start, { venue: 'first' })).toBe('first 1')
  })

  test('it comes after one that came back only now, and before one that is stale', () => {
    const market = new Market()
    market.trade(market.first, '1', start + 60_000)
    market.trade(market.second, '2', start)
    market.trade(market.second, '2.5', start + 60_000)
    market.directory.update(market.first, { halted: true })
    expect(market.find(start + 60_000)).toBe('second 2.5')
    market.trade(market.directory.ofAsset('BTC')[0] as Listing, '1.5', start + 70_000)
    expect(market.find(start + 60_000 + limitMs + 1)).toBe('first 1.5')
  })

  test('of two that are halted and fresh the first one in order answers', () => {
    const market = new Market()
    for (const [listing, price] of [
      [market.second, '2'],
      [market.first, '1'],
    ] as const) {
      market.trade(listing, price, start)
      market.directory.update(listing, { halted: true })
    }
    expect(market.find(start)).toBe('first 1')
  })

  test('a stale one is as good as any other stale one', () => {
    const market = new Market()
    market.trade(market.first, '1', start + 1000)
    market.trade(market.second, '2', start)
    market.directory.update(market.first, { halted: true })
    expect(market.find(start + 100_000)).toBe('first 1')
  })

  test('a listing that is apart answers only those who name its venue', () => {
    const market = new Market()
    market.trade(market.first, '1', start)
    market.trade(market.second, '2', start)
    const apart = market.directory.update(market.first, { apart: true })
    expect([market.find(start), market.find(start, { venue: 'first' })]).toEqual(['second 2', 'first 1'])
    expect(market.find(start + 100_000)).toBe('second 2')
    market.directory.update(apart, { apart: false })
    expect(market.find(start)).toBe('first 1')
  })

  test('with nothing else there is no price for others, in a currency that it has', () => {
    const market = new Market()
    const only = market.directory.add({ ...market.first, asset: 'LUNA', symbol: 'LUNA-USD', apart: true, freshnessLimitMs: limitMs })
    market.trade(only, '7', start)
    const find = (wish: Partial<PriceWish>): string => market.find(start, { asset: 'LUNA', ...wish })
    expect([find({}), find({ quote: 'USD' }), find({ quote: 'EUR' }), find({ venue: 'first' })]).toEqual(['price', 'price', 'quote', 'first 7'])
  })

  test('the currency is that of the first listing that is not apart', () => {
    const market = new Market()
    market.trade(market.third, '3', start)
    market.directory.update(market.first, { apart: true })
    market.directory.update(market.second, { apart: true })
    expect(market.find(start)).toBe('third 3')
  })
})

describe('coming back from stale', () => {
  function returned(): { market: Market; back: number } {
    const market = new Market()
    market.trade(market.first, '1', start)
    const back = start + 60_000
    market.trade(market.second, '2', back)
    market.trade(market.first, '1.5', back)
    return { market, back }
  }

  test('a listing is preferred again after 10 s fresh', () => {
    const { market, back } = returned()
    expect(market.find(back)).toBe('second 2')
    expect(market.find(back + settleMs - 1)).toBe('second 2')
    expect(market.find(back + settleMs)).toBe('first 1.5')
  })

  test('at once when nothing else is fresh', () => {
    const market = new Market()
    market.trade(market.first, '1', start)
    market.trade(market.first, '1.5', start + 60_000)
    expect(market.find(start + 60_000)).toBe('first 1.5')
  })

  test('more trades do not start the wait anew, another gap does', () => {
    const { market, back } = returned()
    market.trade(market.first, '1.6', back + 5000)
    expect(market.find(back + settleMs)).toBe('first 1.6')
    const again = back + 5000 + limitMs + 1
    market.trade(market.second, '2.4', back + 20_000)
    market.trade(market.second, '2.5', again)
    market.trade(market.first, '1.7', again)
    expect(market.find(again)).toBe('second 2.5')
    expect(market.find(again + settleMs)).toBe('first 1.7')
  })

  test('a proof alone makes a stale price fresh again, and it settles too', () => {
    const market = new Market()
    market.trade(market.first, '1', start)
    const back = start + 60_000
    market.trade(market.second, '2', back)
    market.writer.confirm(market.first.slot, back, 'L3_REST', back)
    expect(market.find(back)).toBe('second 2')
    expect(market.find(back + settleMs)).toBe('first 1')
  })
})

describe('the choice among given listings', () => {
  test('leaves listing and reading, or the kind of miss and no listing', () => {
    const { finder, directory, ...market } = new Market()
    const best = (...rest: [currency?: string, venue?: string]): unknown => finder.best(directory.ofAsset('BTC'), start, ...rest)
    expect([finder.best([], start), best(undefined, 'fourth'), best('EUR'), best('USD', 'third'), best()]).toEqual([
      priceOutcome.asset,
      priceOutcome.venue,
      priceOutcome.quote,
      priceOutcome.quote,
      priceOutcome.price,
    ])
    market.writer.apply(market.second.slot, { price: '2', at: start, id: null, tier: 'L3_REST' }, start)
    expect(best()).toBe(priceOutcome.found)
    expect([finder.listing, finder.reading.price, finder.reading.tierNumber]).toEqual([market.second, '2', 3])
    expect(best('USDT')).toBe(priceOutcome.price)
    expect(finder.listing).toBeUndefined()
    expect(best('USD', 'second')).toBe(priceOutcome.found)
  })

  test('allocates nothing', () => {
    const market = new Market()
    market.trade(market.first, '60000.25', start)
    market.trade(market.second, '60000.50', start + 60_000)
    const listings = market.directory.ofAsset('BTC')
    const bytes = new Uint8Array(32)
    const later = start + 60_000
    const call = (): void => {
      if (market.finder.best(listings, later) === priceOutcome.found) market.finder.reading.copyPrice(bytes, 4)
    }
    call()
    expect(new TextDecoder().decode(bytes.subarray(4, 12))).toBe('60000.50')
    expect(bytesPerCall(call)).toBeLessThan(4)
  })
})
