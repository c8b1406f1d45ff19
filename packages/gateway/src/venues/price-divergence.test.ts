import { BoardWriter, Directory, type Listing, type NewListing, createBoard } from '@trinity/core'
import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { PriceDivergence } from './price-divergence.ts'

const order = ['alpha', 'beta', 'gamma', 'delta']

/** Listings of LUNA by venue, in the order of preference, with prices as they come. */
function createRig() {
  const clock = new FakeClock()
  const log: string[] = []
  const writer = new BoardWriter(createBoard(8), 9000)
  const directory = new Directory(writer, 8, ({ venue }) => order.indexOf(venue))
  const divergence = new PriceDivergence({
    directory,
    writer,
    clock,
    log: {
      warn: (_kind, { venue, from }, message) => void log.push(`${String(venue)} from ${String(from)}: ${message}`),
      settle: (_kind, { venue }, message) => void log.push(`${String(venue)}: ${message}`),
    },
    maxStaleMs: 300_000,
  })
  writer.on('price', (slot) => divergence.check(directory.ofSlot(slot)?.asset ?? ''))
  let lastId = 0
  const listing = (venue: string): Listing => directory.ofSymbol(venue, 'LUNA') as Listing
  return {
    clock,
    log,
    directory,
    divergence,
    list(venue: string, more: Partial<NewListing> = {}) {
      directory.add({ venue, asset: 'LUNA', symbol: 'LUNA', currency: 'USD', onDemand: false, freshnessLimitMs: 30_000, ...more })
    },
    price: (venue: string, price: string) =>
      writer.apply(listing(venue).slot, { price, at: clock.now(), id: String(++lastId), tier: 'L1_MEMORY' }, clock.now(), true),
    remove: (venue: string) => directory.remove(listing(venue)),
    admit: () => divergence.admit('LUNA'),
    reason: (venue: string) => divergence.reason(listing(venue)),
    /** Venues whose listing answers nobody but those who name them. */
    get apart() {
      return directory
        .ofAsset('LUNA')
        .filter(({ apart }) => apart)
        .map(({ venue }) => venue)
    },
  }
}

const standIn = { onDemand: true, apart: true }

describe('listings of one asset', () => {
  test('are apart while their prices are, the less preferred one, and that is logged once', () => {
    const rig = createRig()
    rig.list('alpha')
    rig.list('beta', { currency: 'USDT' })
    rig.price('beta', '0.00006010')
    expect(rig.apart).toEqual([])
    rig.price('alpha', '0.1510')
    expect(rig.apart).toEqual(['beta'])
    expect(rig.reason('beta')).toBe('its price is more than 20 % away from that of alpha')
    expect(rig.reason('alpha')).toBe('')
    for (let i = 0; i < 5; i++) rig.price('beta', `0.0000601${i}`)
    rig.price('beta', '0.1257')
    expect(rig.apart).toEqual(['beta'])
    rig.price('beta', '0.1259')
    expect([rig.apart, rig.reason('beta')]).toEqual([[], ''])
    expect(rig.log).toEqual([
      'beta from alpha: prices of one asset are more than 20 % apart: perhaps two tokens',
      'beta: prices of one asset are close again',
    ])
  })

  test('stay together in currencies that are worth different things', () => {
    const rig = createRig()
    rig.list('alpha')
    rig.list('beta', { currency: 'EUR' })
    rig.list('gamma', { currency: 'GBP', ...standIn })
    rig.price('alpha', '100')
    rig.price('beta', '70')
    rig.price('gamma', '60')
    expect(rig.apart).toEqual(['gamma'])
    rig.admit()
    expect(rig.apart).toEqual([])
  })

  test('are not judged by a price that is too old, and what was found before stays', () => {
    const rig = createRig()
    for (const venue of ['alpha', 'beta', 'gamma']) rig.list(venue)
    rig.price('alpha', '100')
    rig.price('beta', '50')
    rig.price('gamma', '100')
    rig.clock.advance(300_001)
    rig.price('beta', '101')
    expect(rig.apart).toEqual(['beta'])
    rig.price('gamma', '99')
    expect(rig.apart).toEqual([])
    rig.clock.advance(300_001)
    rig.price('gamma', '20')
    expect(rig.apart).toEqual([])
  })

  test('stay apart however long nothing confirms the preferred one, until another venue agrees', () => {
    const rig = createRig()
    for (const venue of ['alpha', 'beta', 'gamma']) rig.list(venue)
    rig.price('alpha', '100')
    rig.price('beta', '300')
    rig.clock.advance(24 * 3_600_000)
    rig.price('beta', '301')
    expect(rig.apart).toEqual(['beta'])
    rig.price('gamma', '302')
    rig.price('beta', '302')
    expect(rig.apart).not.toContain('beta')
  })

  test('are together again when the one that they were apart from is gone', () => {
    const rig = createRig()
    rig.list('alpha')
    rig.list('beta')
    rig.price('alpha', '100')
    rig.price('beta', '50')
    expect(rig.apart).toEqual(['beta'])
    rig.remove('alpha')
    rig.price('beta', '51')
    expect(rig.apart).toEqual([])
  })

  test('may be three, each compared with the most preferred that is not apart itself', () => {
    const rig = createRig()
    for (const venue of ['alpha', 'beta', 'gamma', 'delta']) rig.list(venue)
    rig.price('beta', '50')
    rig.price('gamma', '51')
    rig.price('delta', '100')
    expect(rig.apart).toEqual(['delta'])
    rig.price('alpha', '100')
    expect(rig.apart).toEqual(['beta', 'gamma'])
    expect(rig.reason('gamma')).toContain('alpha')
  })
})

describe('a listing that comes as apart', () => {
  test('stays so until its price was compared, with the other one however old', () => {
    const rig = createRig()
    rig.list('alpha')
    rig.price('alpha', '100')
    rig.clock.advance(3_600_000)
    rig.list('beta', standIn)
    rig.list('gamma', standIn)
    expect(rig.apart).toEqual(['beta', 'gamma'])
    expect(rig.reason('beta')).toBe('not compared with other venues yet')
    rig.price('beta', '0.5')
    expect(rig.apart).toEqual(['beta', 'gamma'])
    rig.admit()
    rig.price('gamma', '110')
    rig.admit()
    expect(rig.apart).toEqual(['beta'])
  })

  test('answers once its reading is over when nothing else has a price; the next is compared with it', () => {
    const rig = createRig()
    rig.list('alpha')
    rig.list('beta', standIn)
    rig.list('gamma', standIn)
    rig.list('delta', standIn)
    rig.price('gamma', '50')
    expect(rig.apart).toEqual(['beta', 'gamma', 'delta'])
    rig.price('beta', '100')
    rig.admit()
    expect(rig.apart).toEqual(['gamma', 'delta'])
    rig.price('delta', '101')
    expect(rig.apart).toEqual(['gamma'])
    rig.price('alpha', '49')
    expect(rig.apart).toEqual(['beta', 'delta'])
  })

  test('is judged anew after it was given up and came again', () => {
    const rig = createRig()
    rig.list('alpha')
    rig.price('alpha', '100')
    rig.list('beta', standIn)
    rig.price('beta', '50')
    rig.remove('beta')
    rig.list('beta', standIn)
    expect(rig.reason('beta')).toBe('not compared with other venues yet')
    rig.price('beta', '99')
    expect(rig.apart).toEqual([])
  })
})
