import { describe, expect, test } from 'vitest'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { AssetNames } from './asset-names.ts'
import { VenueRig } from './venue-rig.fixture.ts'

const minute = 60_000

/** Symbol and currency of each listing of a venue, in brackets for one on demand, `!` for a halted one. */
function listings(rig: VenueRig, venue = 'alpha'): readonly string[] {
  return rig.directory
    .list(venue)
    .map(({ asset, symbol, currency, onDemand, halted }) => `${asset} ${onDemand ? `[${symbol}]` : symbol} ${currency}${halted ? ' !' : ''}`)
}

describe('before anything is read', () => {
  test('the directory holds what is configured, and nothing has gone out', () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'ETH', 'BTC'] }])
    rig.venue.open()
    expect(listings(rig)).toEqual(['BTC BTC-USD USD', 'ETH ETH-USD USD'])
    expect(rig.transport.outgoing).toEqual({ connects: 0, frames: 0, requests: 0 })
    expect(rig.served('BTC')).toBe('price')
    rig.venue.open()
    expect(listings(rig)).toHaveLength(2)
  })

  test('a listing that can not be read leaves it at that', async () => {
    const rig = await new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }]).run()
    expect([listings(rig), rig.subscribed('alpha')]).toEqual([['BTC BTC-USD USD'], ['BTC-USD']])
    expect([rig.venue.instruments.isUnread, rig.listingsRead]).toEqual([true, 0])
    expect(rig.log).toContainEqual(expect.stringContaining('alpha listing: listing {"venue":"alpha","reason":"https://alpha.test/list answered 503'))
    rig.trade('alpha', 'BTC-USD', '5')
    expect(rig.served('BTC')).toBe('5 0 s')
    rig.listed.set('alpha', { 'BTC-USD': 'trading' })
    await rig.pass(2 * minute)
    expect([rig.venue.instruments.isUnread, rig.listingsRead]).toEqual([false, 1])
    expect(rig.log).toContain('alpha listing: listing read again')
  })

  test('without REST nothing is read, and the first candidate is carried', async () => {
    const rig = await new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }], { rest: false }).run()
    await rig.pass(5 * minute)
    expect([rig.transport.requests, rig.subscribed('alpha')]).toEqual([[], ['BTC-USD']])
    expect(rig.venue.instruments.isUnread).toBe(false)
  })
})

describe('by its own listing', () => {
  test('a venue carries the currency in which it trades an asset, and says what it has not', async () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'ETH', 'SOL'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-EUR': 'trading', 'SOL-USD': 'closed' })
    await rig.run()
    expect(listings(rig)).toEqual(['BTC BTC-USD USD', 'ETH ETH-EUR EUR'])
    expect(rig.subscribed('alpha')).toEqual(['BTC-USD', 'ETH-EUR'])
    expect([...rig.venue.missing]).toEqual(['SOL'])
    expect(rig.venue.status()).toMatchObject({ state: 'degraded', why: 'not listed there: SOL' })
    expect(rig.log).toEqual(['alpha missing: assets are not listed at the venue {"venue":"alpha","missing":"SOL"}'])
    await rig.pass(10 * minute)
    expect(rig.log.filter((line) => line.startsWith('alpha missing'))).toHaveLength(1)
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-EUR': 'trading', 'SOL-USD': 'trading' })
    await rig.pass(5 * minute)
    expect(listings(rig)).toContain('SOL SOL-USD USD')
    expect(rig.subscribed('alpha')).toContain('SOL-USD')
    expect(rig.venue.status()).toMatchObject({ state: 'ok', why: '' })
  })

  test('a symbol under its new name has a price within a second, whenever the venue was read last', async () => {
    const names = new AssetNames([{ asset: 'GRAM', aliases: ['TON'] }])
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['GRAM'] }], { names })
    rig.listed.set('alpha', { 'TON-USD': 'trading' })
    rig.shown.set('alpha', [plainTick('TON-USD', '5', { at: undefined })])
    await rig.run()
    await rig.pass(2000)
    expect(rig.served('GRAM')).toMatch(/^5 /)
    rig.listed.set('alpha', { 'GRAM-USD': 'trading' })
    rig.shown.set('alpha', [plainTick('GRAM-USD', '6', { at: undefined })])
    rig.send('alpha', { kind: 'reject', symbol: 'TON-USD', reason: 'gone' })
    let waitedMs = 0
    for (; rig.directory.ofSymbol('alpha', 'GRAM-USD') === undefined; waitedMs += 250) await rig.pass(250)
    expect(waitedMs).toBeLessThan(5 * minute)
    await rig.pass(1000)
    expect(rig.served('GRAM')).toMatch(/^6 /)
  })

  test('a halted market keeps price, slot and subscription, and the venue says so', async () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'halted', 'BTC-EUR': 'trading' })
    rig.venue.open()
    const { slot } = rig.listing('alpha', 'BTC-USD')
    await rig.run()
    rig.send('alpha', plainTick('BTC-USD', '5', { at: rig.start - 10_000, id: '1', backfill: true }))
    expect([rig.served('BTC'), rig.listing('alpha', 'BTC-USD').slot, rig.subscribed('alpha')]).toEqual(['5 10 s !', slot, ['BTC-USD']])
    expect(rig.venue.status()).toMatchObject({ state: 'degraded', why: 'halted there: BTC' })
    expect(rig.log).toEqual(['alpha halted: markets are halted {"venue":"alpha","halted":"BTC-USD"}'])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'BTC-EUR': 'trading' })
    await rig.pass(5 * minute)
    expect(rig.log.slice(1)).toEqual(['alpha halted: no market is halted any more'])
    expect(rig.listing('alpha', 'BTC-USD')).toMatchObject({ slot, halted: false })
    expect(rig.venue.status().state).toBe('ok')
  })

  test('a closed symbol vanishes, prewarmed or on demand', async () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'XRP'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-USD': 'trading' })
    await rig.run()
    rig.venue.addListing('ETH', 'ETH-USD', 'USD', { onDemand: true })
    rig.trade('alpha', 'BTC-USD', '5')
    rig.trade('alpha', 'ETH-USD', '6')
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['5 0 s', '6 0 s'])
    rig.listed.set('alpha', { 'BTC-USD': 'closed', 'ETH-USD': 'closed' })
    await rig.pass(5 * minute)
    expect([listings(rig), rig.subscribed('alpha')]).toEqual([[], []])
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['asset', 'asset'])
  })

  test('what is on demand is not subscribed, and is halted as the listing says', async () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-USD': 'halted', 'SOL-USD': 'trading' })
    await rig.run()
    expect(rig.venue.addListing('ETH', 'ETH-USD', 'USD', { onDemand: true })).toMatchObject({ halted: true, apart: false })
    expect(rig.venue.addListing('SOL', 'SOL-USD', 'USD', { onDemand: true, apart: true })).toMatchObject({ halted: false, apart: true })
    await rig.pass(10 * minute)
    expect(rig.subscribed('alpha')).toEqual(['BTC-USD'])
    expect(listings(rig)).toEqual(['BTC BTC-USD USD', 'ETH [ETH-USD] USD !', 'SOL [SOL-USD] USD'])
  })

  test('what is on demand has the listing read each ten minutes, so that its halt is found', async () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-USD': 'trading' })
    await rig.run()
    const lively = async (minutes: number): Promise<number> => {
      const before = rig.listingRequests('alpha')
      for (let i = 0; i < 2 * minutes; i++) {
        await rig.pass(minute / 2)
        rig.trade('alpha', 'BTC-USD', '5')
      }
      return rig.listingRequests('alpha') - before
    }
    expect(await lively(60)).toBe(0)
    rig.venue.addListing('ETH', 'ETH-USD', 'USD', { onDemand: true })
    expect(await lively(1)).toBe(1)
    expect(await lively(60)).toBeOneOf([5, 6])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-USD': 'halted' })
    await lively(11)
    expect(listings(rig)).toEqual(['BTC BTC-USD USD', 'ETH [ETH-USD] USD !'])
    rig.directory.remove(rig.listing('alpha', 'ETH-USD'))
    await lively(5)
    expect(await lively(60)).toBe(0)
  })

  test('an asset of several names has one listing, under the name that the venue trades', async () => {
    const names = new AssetNames([{ asset: 'GRAM', aliases: ['TON'] }])
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['TON', 'GRAM'] }], { names })
    rig.listed.set('alpha', { 'TON-USD': 'trading' })
    await rig.run()
    expect([listings(rig), rig.subscribed('alpha')]).toEqual([['GRAM TON-USD USD'], ['TON-USD']])
  })

  test('a symbol that is fixed stands in place of the one that the listing would decide', async () => {
    const fixed = [{ asset: 'TETH', symbol: 'TETH-EUR', currency: 'EUR' }]
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['TETH', 'SOL'], fixed }])
    rig.listed.set('alpha', { 'TETH-USD': 'trading', 'TETH-EUR': 'trading', 'SOL-USD': 'trading' })
    await rig.run()
    expect(listings(rig)).toEqual(['TETH TETH-EUR EUR', 'SOL SOL-USD USD'])
  })
})

describe('the state of a listing', () => {
  test('is pending, live, stale, or rejected with the reason', async () => {
    const rig = await new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'ETH'] }]).run()
    const state = (symbol: string): unknown => rig.venue.listingState(rig.listing('alpha', symbol), rig.clock.now())
    expect(state('BTC-USD')).toEqual({ state: 'pending', reason: '' })
    rig.trade('alpha', 'BTC-USD', '5')
    expect(state('BTC-USD')).toEqual({ state: 'live', reason: '' })
    await rig.pass(31_000)
    expect(state('BTC-USD')).toEqual({ state: 'stale', reason: '' })
    rig.send('alpha', { kind: 'reject', symbol: 'ETH-USD', reason: 'unknown pair' })
    expect(state('ETH-USD')).toEqual({ state: 'rejected', reason: 'unknown pair' })
  })

  test('tells when prices come by REST because the stream is silent', async () => {
    const rig = await new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }]).run()
    rig.trade('alpha', 'BTC-USD', '5')
    await rig.pass(20_000)
    rig.venue.feed.reportSilent('BTC-USD', rig.clock.now())
    expect(rig.venue.listingState(rig.listing('alpha', 'BTC-USD'), rig.clock.now()).reason).toBe('stream silent, prices by REST')
  })
})

test('a stopped venue leaves no timer and no connection', async () => {
  const rig = await new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }]).run()
  for (const venue of rig.venues) venue.stop()
  rig.refresher.stop()
  rig.time.stop()
  await rig.clock.advanceAsync(10 * minute)
  expect([rig.clock.pending, rig.transport.alive]).toEqual([0, []])
})
