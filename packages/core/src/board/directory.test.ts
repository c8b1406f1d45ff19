import { describe, expect, test } from 'vitest'
import { createBoard } from './board.ts'
import { Directory, type Listing, type NewListing } from './directory.ts'
import { BoardReading, readSlot } from './reader.ts'
import { BoardWriter } from './writer.ts'

const now = 1_790_000_000_000

function makeDirectory(slots = 2): { board: ReturnType<typeof createBoard>; writer: BoardWriter; directory: Directory } {
  const board = createBoard(slots)
  const writer = new BoardWriter(board, 9000)
  return { board, writer, directory: new Directory(writer, slots, ({ venue }) => Number(venue.slice(1))) }
}

const listing = (venue: string, asset: string): NewListing => ({
  venue,
  asset,
  symbol: `${asset}-USD`,
  currency: 'USD',
  onDemand: false,
  freshnessLimitMs: 30_000,
})

describe('the directory', () => {
  test('finds a listing by asset, symbol and slot', () => {
    const { directory } = makeDirectory()
    const btc = directory.add(listing('v1', 'BTC'))
    expect(directory.ofAsset('BTC')).toEqual([btc])
    expect(directory.ofSymbol('v1', 'BTC-USD')).toBe(btc)
    expect(directory.ofSymbol('v2', 'BTC-USD')).toBeUndefined()
    expect(directory.ofSlot(btc.slot)).toBe(btc)
    expect(directory.ofAsset('__proto__')).toEqual([])
  })

  test('orders the listings of an asset by rank, whenever they came', () => {
    const { directory } = makeDirectory(3)
    for (const venue of ['v3', 'v1', 'v2']) directory.add(listing(venue, 'BTC'))
    expect(directory.ofAsset('BTC').map(({ venue }) => venue)).toEqual(['v1', 'v2', 'v3'])
    expect(directory.list().map(({ venue }) => venue)).toEqual(['v3', 'v1', 'v2'])
    expect(directory.list('v2')).toHaveLength(1)
  })

  test('a listing that is there already keeps its slot', () => {
    const { directory } = makeDirectory()
    const btc = directory.add(listing('v1', 'BTC'))
    expect(directory.add(listing('v1', 'BTC'))).toBe(btc)
    expect(directory.list()).toEqual([btc])
  })

  test('a full board is refused with its code, and a freed slot is used again', () => {
    const { directory } = makeDirectory(1)
    const btc = directory.add(listing('v1', 'BTC'))
    expect(() => directory.add(listing('v1', 'ETH'))).toThrow(expect.objectContaining({ code: 'TRN_BOARD_FULL' }))
    directory.remove(btc)
    expect(directory.ofAsset('BTC')).toEqual([])
    expect(directory.add(listing('v1', 'ETH')).slot).toBe(btc.slot)
  })

  test('a reader that still knows a removed listing finds nothing, also when its slot holds another price', () => {
    const { board, writer, directory } = makeDirectory(1)
    const btc = directory.add(listing('v1', 'BTC'))
    writer.apply(btc.slot, { price: '60000', at: now, id: '1', tier: 'L1_MEMORY' }, now)
    const reading = new BoardReading()
    expect(readSlot(board, btc.slot, btc.generation, reading)).toBe(true)
    directory.remove(btc)
    expect(readSlot(board, btc.slot, btc.generation, reading)).toBe(false)
    const eth = directory.add(listing('v1', 'ETH'))
    expect(readSlot(board, eth.slot, eth.generation, reading)).toBe(false)
    writer.apply(eth.slot, { price: '1900', at: now - 50_000, id: null, tier: 'L1_MEMORY' }, now)
    expect(readSlot(board, btc.slot, btc.generation, reading)).toBe(false)
    expect(readSlot(board, eth.slot, eth.generation, reading) && reading.price).toBe('1900')
  })

  test('removing twice frees a slot once', () => {
    const { directory } = makeDirectory(2)
    const btc = directory.add(listing('v1', 'BTC'))
    directory.remove(btc)
    directory.remove(btc)
    const slots = [directory.add(listing('v1', 'ETH')).slot, directory.add(listing('v1', 'SOL')).slot]
    expect(new Set(slots).size).toBe(2)
  })

  test('a change of its market makes a listing that all find, in the same place, and tells the writer', () => {
    const { directory, writer } = makeDirectory(3)
    const first = directory.add(listing('v1', 'BTC'))
    directory.add(listing('v2', 'BTC'))
    expect([first.halted, first.apart]).toEqual([false, false])
    writer.apply(first.slot, { price: '1', at: now, id: '1', tier: 'L1_MEMORY' }, now)
    const halted = directory.update(first, { halted: true })
    expect(halted).toEqual({ ...first, halted: true })
    expect([directory.ofSymbol('v1', 'BTC-USD'), directory.ofSlot(first.slot), directory.ofAsset('BTC')[0]]).toEqual([halted, halted, halted])
    expect(directory.list().map(({ venue }) => venue)).toEqual(['v1', 'v2'])
    const reading = { price: '1', at: null, id: null, tier: 'L3_REST', askedAt: now + 5000 } as const
    expect(writer.apply(first.slot, reading, now + 5000)).toBe('ignored')
    const apart = directory.update(halted, { halted: false, apart: true })
    expect(apart).toEqual({ ...first, apart: true })
    expect(writer.apply(first.slot, reading, now + 5000)).toBe('confirms')
    directory.remove(apart)
    expect(directory.ofAsset('BTC').map(({ venue }) => venue)).toEqual(['v2'])
  })

  test('a change of nothing, or of a listing that is gone, changes nothing', () => {
    const { directory } = makeDirectory()
    const btc = directory.add(listing('v1', 'BTC'))
    expect(directory.update(btc, { halted: false })).toBe(btc)
    const halted = directory.update(btc, { halted: true })
    expect(directory.update(btc, { halted: false })).toBe(btc)
    expect(directory.ofSymbol('v1', 'BTC-USD')).toBe(halted)
    directory.remove(halted)
    expect(directory.update(halted, { halted: false })).toBe(halted)
    expect(directory.list()).toEqual([])
  })

  test('a listing may be halted or apart from the start', () => {
    const { directory, writer } = makeDirectory()
    const btc = directory.add({ ...listing('v1', 'BTC'), halted: true, apart: true })
    expect([btc.halted, btc.apart]).toEqual([true, true])
    expect(writer.apply(btc.slot, { price: '1', at: null, id: null, tier: 'L3_REST', askedAt: now }, now)).toBe('ignored')
  })

  test('tells its observer of each change of an asset, once, with all listings in their order', () => {
    const told: string[] = []
    const writer = new BoardWriter(createBoard(3), 9000)
    const observe = (asset: string, listings: readonly Listing[]): void => {
      told.push(`${asset} ${listings.map(({ venue, onDemand, halted }) => `${venue}${onDemand ? '?' : ''}${halted ? '!' : ''}`).join(' ')}`)
    }
    const directory = new Directory(writer, 3, ({ venue }) => Number(venue.slice(1)), observe)
    const second = directory.add({ ...listing('v2', 'BTC'), onDemand: true })
    directory.add(listing('v1', 'BTC'))
    directory.add(listing('v1', 'BTC'))
    directory.add(listing('v1', 'ETH'))
    const kept = directory.add(listing('v2', 'BTC'))
    directory.update(kept, { halted: true })
    directory.update(kept, { halted: true })
    directory.remove(second)
    directory.remove(directory.ofSymbol('v2', 'BTC-USD') as Listing)
    directory.remove(directory.ofSymbol('v1', 'BTC-USD') as Listing)
    expect(told).toEqual(['BTC v2?', 'BTC v1 v2?', 'ETH v1', 'BTC v1 v2', 'BTC v1 v2!', 'BTC v1', 'BTC '])
  })
})
