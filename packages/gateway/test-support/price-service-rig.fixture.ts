import { AssetReader, AssetTable, BoardWriter, PriceFinder, type PriceWish, createBoard } from '@trinity/core'
import { FakeClock } from '@trinity/core/testing'
import { PriceService } from '../src/lpo/price-service.ts'
import type { FetchOutcome } from '../src/serving/control.ts'

const venueNames = new Map([
  [1, 'alpha'],
  [2, 'beta'],
])

/** What a test may say of a listing. */
export interface ListingChange {
  readonly halted?: boolean
  readonly onDemand?: boolean
  readonly apart?: boolean
  readonly currency?: string
}

/** A price service over a board of the test's own; what it asks of the main thread waits until the test answers. */
export function openPriceService() {
  const clock = new FakeClock()
  const board = createBoard(16)
  const writer = new BoardWriter(board, 9000)
  const table = new AssetTable(64)
  const assets = new AssetReader(table.buffer, venueNames)
  const listings = new Map<string, { readonly wireId: number; readonly slot: number; readonly generation: number } & ListingChange>()
  const fetches: { readonly asked: PriceWish; answer(outcome?: Partial<FetchOutcome>): void; fail(error: Error): void }[] = []
  const touched: string[] = []
  const prices = new PriceService({
    finder: new PriceFinder(board, assets, clock),
    assets,
    control: {
      fetch: (asked) =>
        new Promise((resolve, reject) => {
          fetches.push({ asked, answer: (outcome) => resolve({ unread: [], awaits: false, listed: false, ...outcome }), fail: reject })
        }),
      touch: async (asset) => void touched.push(asset),
    },
    clock,
    maxStaleSeconds: 300,
    successors: new Map([['MATIC', 'POL']]),
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
