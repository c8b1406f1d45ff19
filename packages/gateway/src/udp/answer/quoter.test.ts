import { describe, expect, test } from 'vitest'
import { RigClient } from '../../../test-support/udp/udp-client.fixture.ts'
import { UdpRig } from '../../../test-support/udp/udp-rig.fixture.ts'

const apiKey = 'quoter-test-key'

function createPair() {
  const rig = new UdpRig()
  const row = rig.keys.add(apiKey)
  const client = new RigClient(rig, apiKey).open()
  const ask = (...assets: string[]) => client.quote(rig.send(client.query(...assets))[0], ...assets)
  return { rig, row, client, ask }
}

describe('QUERY', () => {
  test('is answered with the digits of the venue, its number, currency, tier, trade time and age', () => {
    const { rig, row, ask } = createPair()
    rig.price(rig.list('BTC', { wireId: 2, currency: 'USDT', currencyCode: 1 }), '83421.5700')
    const tradedAt = rig.clock.nowMs
    rig.pass(420)
    const answer = ask('btc')
    expect(answer?.serverTimeMs).toBe(rig.clock.nowMs)
    expect(answer?.quotes).toEqual([
      { asset: 'BTC', status: 'fresh', price: '83421.5700', currency: 'USDT', source: 2, cacheTier: 'L1_MEMORY', tradedAt, ageMs: 420 },
    ])
    expect(rig.usage).toEqual([{ keyRow: row, asset: rig.reader.entryOf('BTC'), wireId: 2, tier: 1, protocol: 1, status: 200 }])
  })

  test('shows an unknown trade time as such, and a currency without number as other', () => {
    const { rig, ask } = createPair()
    rig.price(rig.list('XYZ', { currency: 'BRL', currencyCode: 255 }), '1e-7', null)
    expect(ask('XYZ')?.quotes).toMatchObject([{ price: '1e-7', currency: 'other', cacheTier: 'L3_REST', tradedAt: null, ageMs: 0 }])
  })

  test('age counts from the last confirmation: stale past the limit, unavailable past the last', () => {
    const { rig, ask } = createPair()
    const listing = rig.list('BTC')
    rig.price(listing, '5')
    rig.pass(20_000)
    rig.writer.confirm(listing.slot, rig.clock.nowMs, 'L3_REST', rig.clock.nowMs)
    rig.pass(30_000)
    expect(ask('BTC')?.quotes).toMatchObject([{ status: 'fresh', ageMs: 30_000, cacheTier: 'L3_REST' }])
    rig.pass(1)
    expect(ask('BTC')?.quotes).toMatchObject([{ status: 'stale', ageMs: 30_001 }])
    rig.pass(269_999)
    expect(ask('BTC')?.quotes).toMatchObject([{ status: 'stale', ageMs: 300_000 }])
    expect([rig.stale, rig.misses]).toEqual([2, 0])
    rig.pass(1)
    expect(ask('BTC')?.quotes).toEqual([{ asset: 'BTC', status: 'unavailable' }])
    expect([rig.stale, rig.misses]).toEqual([2, 1])
  })

  test('of several assets is answered in the order asked, as one request', () => {
    const { rig, row, ask } = createPair()
    rig.price(rig.list('BTC'), '1')
    rig.price(rig.list('ETH'), '2')
    rig.list('NEW')
    const answer = ask('ETH', 'nope', 'BTC', 'new', 'eth')
    expect(answer?.quotes.map((quote) => ('price' in quote ? quote.price : quote.status))).toEqual(['2', 'unknown', '1', 'unavailable', '2'])
    expect([rig.stale, rig.misses]).toEqual([0, 2])
    expect(rig.usage).toEqual([{ keyRow: row, asset: -1, wireId: 255, tier: 0, protocol: 1, status: 200 }])
  })

  test('thirty assets with the longest prices fit into one datagram', () => {
    const { rig, client } = createPair()
    const assets = Array.from({ length: 30 }, (_, i) => `LONGESTSYMBOL${10 + i}`)
    for (const asset of assets) rig.price(rig.list(asset), '12345678901234567890.123')
    const [answer] = rig.send(client.query(...assets))
    expect(answer).toHaveLength(1194)
    expect(client.quote(answer, ...assets)?.quotes.map(({ asset }) => asset)).toEqual(assets)
  })

  test('of an asset that some venue trades passes the wish on, once a second', () => {
    const { rig, ask } = createPair()
    for (const asset of ['DOGE', 'PEPE', 'GONE']) rig.table.setReach(asset, { listed: true, elsewhere: false })
    rig.table.setReach('GONE', { listed: false, elsewhere: false })
    const [doge, pepe] = ['DOGE', 'PEPE'].map((asset) => rig.reader.entryOf(asset))
    expect(ask('doge', 'DOGE', 'PEPE', 'GONE')?.quotes.map(({ status }) => status)).toEqual(['unavailable', 'unavailable', 'unavailable', 'unknown'])
    for (let i = 0; i < 5; i++) ask('DOGE')
    expect(rig.wanted).toEqual([doge, pepe])
    rig.pass(1000)
    ask('DOGE')
    expect(rig.wanted).toEqual([doge, pepe, doge])
  })

  test('keeps an asset that was fetched on demand', () => {
    const { rig, ask } = createPair()
    rig.price(rig.list('DOGE', { onDemand: true }), '0.1')
    expect(ask('DOGE')?.quotes).toMatchObject([{ status: 'fresh', price: '0.1' }])
    expect(rig.wanted).toEqual([rig.reader.entryOf('DOGE')])
  })

  test('a stale price, a halted one and a missing one are asked for where another venue could stand in, and answered at once', () => {
    const { rig, ask } = createPair()
    const [btc, eth, sol] = ['BTC', 'ETH', 'SOL'].map((asset) => {
      rig.table.setReach(asset, { listed: true, elsewhere: true })
      return rig.reader.entryOf(asset)
    })
    const listing = rig.list('BTC')
    rig.price(listing, '5')
    rig.price(rig.list('ETH', { halted: true }), '2')
    rig.list('SOL')
    const first = ask('BTC', 'ETH', 'SOL')?.quotes
    expect(first?.map(({ status }) => status)).toEqual(['fresh', 'fresh', 'unavailable'])
    expect(rig.fetched).toEqual([eth, sol])
    rig.pass(30_001)
    expect(ask('BTC')?.quotes).toMatchObject([{ status: 'stale', price: '5', ageMs: 30_001 }])
    expect(rig.fetched).toEqual([eth, sol, btc])
    rig.pass(270_000)
    expect(ask('BTC')?.quotes).toEqual([{ asset: 'BTC', status: 'unavailable' }])
    expect(rig.fetched).toEqual([eth, sol, btc, btc])
  })

  test('the main thread hears nothing of healthy prices, and of stale ones that nobody else has', () => {
    const { rig, ask } = createPair()
    rig.table.setReach('BTC', { listed: true, elsewhere: true })
    rig.table.setReach('ETH', { listed: true, elsewhere: false })
    rig.price(rig.list('ETH'), '2')
    rig.pass(31_000)
    rig.price(rig.list('BTC'), '5')
    for (let i = 0; i < 1000; i++) ask('BTC', 'ETH')
    expect(ask('BTC', 'ETH')?.quotes.map(({ status }) => status)).toEqual(['fresh', 'stale'])
    expect(rig.wanted).toEqual([])
  })

  test('while a listing is unread an asset that nobody lists is unavailable, later it is unknown', () => {
    const { rig, ask } = createPair()
    rig.price(rig.list('OLD'), '9')
    rig.table.setListings('OLD', [])
    const statuses = (): unknown => ask('NOSUCH', 'OLD')?.quotes.map(({ status }) => status)
    rig.table.setAwaitsListings(true)
    expect(statuses()).toEqual(['unavailable', 'unavailable'])
    rig.table.setAwaitsListings(false)
    expect(statuses()).toEqual(['unknown', 'unknown'])
  })

  test('shows the machine’s own time, and an age that does not follow it', () => {
    const { rig, ask } = createPair()
    rig.price(rig.list('BTC'), '5')
    rig.pass(420)
    for (const utcLeadMs of [0, 3_600_000, -3_600_000]) {
      rig.clock.utcLeadMs = utcLeadMs
      const answer = ask('BTC')
      expect(answer?.serverTimeMs).toBe(rig.clock.nowMs + utcLeadMs)
      expect(answer?.quotes).toMatchObject([{ status: 'fresh', ageMs: 420 }])
    }
  })

  test('an asset that lost its listings and is traded nowhere is unknown', () => {
    const { rig, ask } = createPair()
    rig.price(rig.list('OLD'), '9')
    rig.table.setListings('OLD', [])
    expect(ask('OLD')?.quotes).toEqual([{ asset: 'OLD', status: 'unknown' }])
  })
})
