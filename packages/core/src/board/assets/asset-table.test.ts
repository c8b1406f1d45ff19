import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { FakeClock } from '../../testing/fake/fake-clock.ts'
import { bytesPerCall } from '../allocation.fixture.ts'
import { createBoard } from '../board.ts'
import { Directory } from '../directory.ts'
import { PriceFinder } from '../price-finder.ts'
import { BoardWriter } from '../writer.ts'
import { assetHeader, entryStart, entryWord } from './asset-layout.ts'
import { AssetReader } from './asset-reader.ts'
import { type AssetListing, AssetTable } from './asset-table.ts'

const venueNames = new Map([
  [1, 'first'],
  [2, 'second'],
  [254, 'private'],
])

function makeTable(capacity = 8): { table: AssetTable; reader: AssetReader } {
  const table = new AssetTable(capacity)
  return { table, reader: new AssetReader(table.buffer, venueNames) }
}

function listing(wireId: number, over: Partial<AssetListing> = {}): AssetListing {
  const venue = venueNames.get(wireId) ?? String(wireId)
  return { venue, asset: 'BTC', currency: 'USD', slot: 7, generation: 3, onDemand: false, halted: false, apart: false, wireId, ...over }
}

function find(reader: AssetReader, text: string): number {
  const bytes = new TextEncoder().encode(`##${text}#`)
  return reader.find(bytes, 2, bytes.length - 3)
}

describe('finding an asset', () => {
  test('by bytes and by text, in any case', () => {
    const { table, reader } = makeTable()
    table.setListings('BTC', [listing(1)])
    table.setListings('1000SATS', [listing(2)])
    for (const name of ['BTC', 'btc', 'bTc']) {
      expect(find(reader, name)).toBe(0)
      expect(reader.entryOf(name)).toBe(0)
    }
    expect(reader.name(find(reader, '1000sats'))).toBe('1000SATS')
    expect(reader.size).toBe(2)
  })

  test.each(['', 'B', 'BT', 'BTCC', 'BTC ', 'BTC\0', '\0BTC', 'B\u00d4C', '\u00c2BTC', 'BTCBTCBTCBTCBTCB', '[TC', 'B4C'])(
    'nothing stands under %j',
    (name) => {
      const { table, reader } = makeTable()
      table.setListings('BTC', [listing(1)])
      expect(find(reader, name)).toBe(-1)
      expect(reader.entryOf(name)).toBe(-1)
    },
  )

  test('bytes that end before the symbol does are no symbol', () => {
    const { table, reader } = makeTable()
    table.setListings('BTC', [listing(1)])
    const bytes = new TextEncoder().encode('BTC')
    expect(reader.find(bytes, 0, 3)).toBe(0)
    expect(reader.find(bytes, 1, 3)).toBe(-1)
    expect(reader.find(bytes, 0, 0)).toBe(-1)
  })

  test('whatever names there are, each is found as itself and no other is', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ABCXYZ019-._$'), minLength: 1, maxLength: 15 })
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 64 }), name, (names, other) => {
        const { table, reader } = makeTable(64)
        for (const each of names) table.setReach(each, { listed: true, elsewhere: false })
        for (const [entry, each] of names.entries()) {
          expect(find(reader, each.toLowerCase())).toBe(entry)
          expect(reader.name(entry)).toBe(each)
        }
        expect(reader.entryOf(other)).toBe(names.indexOf(other))
      }),
    )
  })

  test('allocates nothing, nor does reading its listings', () => {
    const { table, reader } = makeTable()
    table.setListings('LONGASSETNAME', [listing(1), listing(2)])
    const bytes = new TextEncoder().encode('longAssetName')
    const text = 'longAssetName'
    let seen = 0
    const call = (): void => {
      seen += reader.listings(reader.find(bytes, 0, bytes.length)).length + reader.ofAsset(text).length
    }
    expect(bytesPerCall(call)).toBeLessThan(4)
    expect(seen).toBe(4 * 620_000)
  })
})

describe('the listings of an asset', () => {
  test('come back as they were written, in their order', () => {
    const { table, reader } = makeTable()
    const written = [
      listing(254, { slot: 4095, generation: -1 }),
      listing(1, { currency: 'USDT', onDemand: true }),
      listing(2, { currency: 'fifteenLetters!', slot: 0 }),
    ]
    table.setListings('btc', written)
    expect(reader.ofAsset('BTC')).toEqual(written)
    expect(reader.ofAsset('ETH')).toEqual([])
    expect(reader.listings(-1)).toEqual([])
  })

  test('are the same array until they change', () => {
    const { table, reader } = makeTable()
    table.setListings('BTC', [listing(1)])
    const before = reader.ofAsset('BTC')
    table.setListings('ETH', [listing(1)])
    expect(reader.ofAsset('btc')).toBe(before)
    table.setListings('BTC', [listing(2)])
    expect(reader.ofAsset('BTC').map(({ venue }) => venue)).toEqual(['second'])
    table.setListings('BTC', [])
    expect(reader.ofAsset('BTC')).toEqual([])
    expect(reader.entryOf('BTC')).toBe(0)
  })

  test('the seventeenth and one in an unwritable currency are left out and counted', () => {
    const { table, reader } = makeTable()
    const many = Array.from({ length: 18 }, (_, slot) => listing(1, { slot, currency: slot === 3 ? '\u20ac' : 'USD' }))
    table.setListings('BTC', many)
    expect(reader.ofAsset('BTC').map(({ slot }) => slot)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    expect(table.omissions).toEqual({ assets: 0, listings: 2 })
  })

  test('a full table leaves new assets out and keeps the old ones', () => {
    const { table, reader } = makeTable(2)
    for (const asset of ['A', 'B', 'C']) table.setListings(asset, [listing(1)])
    table.setListings('B', [listing(2)])
    expect(reader.entryOf('C')).toBe(-1)
    expect(reader.ofAsset('B')[0]?.venue).toBe('second')
    expect(table.omissions.assets).toBe(1)
    table.setListings('a name that is far too long', [listing(1)])
    expect(table.omissions.assets).toBe(2)
  })

  test('each keep their own flags, whatever the venue number', () => {
    const { table, reader } = makeTable()
    const flags = Array.from({ length: 8 }, (_, bits) => ({ onDemand: (bits & 1) !== 0, halted: (bits & 2) !== 0, apart: (bits & 4) !== 0 }))
    const written = flags.map((each, slot) => listing(254, { slot, ...each }))
    table.setListings('BTC', written)
    expect(reader.ofAsset('BTC')).toEqual(written)
  })

  test('an asset that venues trade can be within reach without a listing', () => {
    const { table, reader } = makeTable()
    table.setReach('DOGE', { listed: false, elsewhere: false })
    expect(reader.size).toBe(0)
    table.setReach('DOGE', { listed: true, elsewhere: false })
    const entry = reader.entryOf('DOGE')
    expect([reader.isListed(entry), reader.isElsewhere(entry), reader.listings(entry)]).toEqual([true, false, []])
    table.setReach('DOGE', { listed: true, elsewhere: true })
    expect([reader.isListed(entry), reader.isElsewhere(entry)]).toEqual([true, true])
    table.setReach('DOGE', { listed: false, elsewhere: false })
    expect([reader.isListed(entry), reader.isElsewhere(entry), reader.entryOf('DOGE')]).toEqual([false, false, entry])
    expect([reader.isListed(-1), reader.isElsewhere(-1)]).toEqual([false, false])
  })

  test('whether a listing of some venue has yet to be read is known to all', () => {
    const { table, reader } = makeTable()
    expect(reader.awaitsListings).toBe(false)
    table.setAwaitsListings(true)
    expect([reader.awaitsListings, new AssetReader(table.buffer, venueNames).awaitsListings]).toEqual([true, true])
    table.setAwaitsListings(false)
    expect(reader.awaitsListings).toBe(false)
  })

  test('a table of another layout is refused', () => {
    const { table } = makeTable()
    Atomics.store(new Int32Array(table.buffer), assetHeader.version, 99)
    expect(() => new AssetReader(table.buffer, venueNames)).toThrow(/layout 99/)
  })
})

describe('a writer that died in the middle of a change', () => {
  function died(): { table: AssetTable; reader: AssetReader; finish: () => void } {
    const { table, reader } = makeTable(2)
    table.setListings('ETH', [listing(2)])
    table.setListings('BTC', [listing(1)])
    reader.ofAsset('BTC')
    const words = new Int32Array(table.buffer)
    const sequence = entryStart(words[assetHeader.bucketCount] ?? 0, reader.entryOf('BTC')) + entryWord.sequence
    Atomics.add(words, sequence, 1)
    return { table, reader, finish: () => void Atomics.add(words, sequence, 1) }
  }

  test('leaves readers what they knew, without a wait', () => {
    const { reader } = died()
    const wait = vi.spyOn(Atomics, 'wait')
    for (let i = 0; i < 1000; i++) expect(reader.ofAsset('BTC')[0]?.venue).toBe('first')
    expect(wait).not.toHaveBeenCalled()
    wait.mockRestore()
    expect(reader.ofAsset('ETH')[0]?.venue).toBe('second')
  })

  test('holds up a reader that knew nothing once, and not for long', () => {
    const { table, finish } = died()
    const late = new AssetReader(table.buffer, venueNames)
    const wait = vi.spyOn(Atomics, 'wait')
    for (let i = 0; i < 1000; i++) expect(late.ofAsset('BTC')).toEqual([])
    expect(wait.mock.calls.length).toBe(20)
    wait.mockRestore()
    finish()
    expect(late.ofAsset('BTC')[0]?.venue).toBe('first')
  })
})

test('a directory that writes to the table and its readers agree, also on prices', () => {
  const now = 1_790_000_000_000
  const wireIds: Record<string, number> = { first: 1, second: 2 }
  const { table, reader } = makeTable()
  const board = createBoard(4)
  const writer = new BoardWriter(board, 9000)
  const directory = new Directory(
    writer,
    4,
    ({ venue }) => wireIds[venue] ?? 0,
    (asset, listings) =>
      table.setListings(
        asset,
        listings.map((each) => ({ ...each, wireId: wireIds[each.venue] ?? 255 })),
      ),
  )
  const add = (venue: string): ReturnType<Directory['add']> =>
    directory.add({ venue, asset: 'BTC', symbol: 'BTC-USD', currency: 'USD', onDemand: venue === 'first', freshnessLimitMs: 30_000 })
  const second = add('second')
  const first = add('first')
  const agree = (): void =>
    expect(reader.ofAsset('BTC')).toEqual(
      directory.ofAsset('BTC').map((listing) => {
        const { symbol, ...seen } = { ...listing, wireId: wireIds[listing.venue] }
        expect(symbol).toBe('BTC-USD')
        return seen
      }),
    )
  agree()
  for (const [each, price] of [
    [first, '1'],
    [second, '2'],
  ] as const)
    writer.apply(each.slot, { price, at: now, id: null, tier: 'L1_MEMORY' }, now, true)
  const finder = new PriceFinder<AssetListing>(board, reader, new FakeClock())
  expect(finder.best(reader.listings(find(reader, 'btc')), now)).toBe(0)
  expect([finder.listing?.wireId, finder.reading.price]).toEqual([1, '1'])
  directory.remove(first)
  agree()
  const found = finder.find({ asset: 'BTC' }, now)
  expect(typeof found === 'string' ? found : `${found.listing.venue} ${found.reading.price}`).toBe('second 2')
  directory.remove(second)
  agree()
  expect(finder.find({ asset: 'BTC' }, now)).toBe('asset')
})
