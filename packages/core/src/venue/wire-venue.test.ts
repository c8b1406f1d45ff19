import { describe, expect, test } from 'vitest'
import type { Tick } from '../connector.ts'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { VenueRig } from './venue-rig.fixture.ts'

const hour = 3_600_000

const untimed = (symbol: string, price: string): Tick => plainTick(symbol, price, { at: undefined })

async function alphaRig(): Promise<VenueRig> {
  const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'ETH'] }])
  rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-USD': 'trading' })
  return rig.run()
}

describe('a tick', () => {
  test('is evidence: a live trade of its own time, a snapshot of when it was asked for', async () => {
    const rig = await alphaRig()
    await rig.pass(5000)
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() - 700 })
    rig.send('alpha', plainTick('ETH-USD', '7', { at: rig.start - hour, id: '1', backfill: true }))
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['5 0.7 s', '7 5 s'])
    rig.send('alpha', plainTick('NEW-USD', '1'))
  })

  test('with a time says that the feed delivers, so that no reading stands against it; a quote says nothing of that', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5')
    rig.send('alpha', untimed('ETH-USD', '7'))
    rig.shown.set('alpha', [untimed('BTC-USD', '6'), untimed('ETH-USD', '8')])
    await rig.pass(1000)
    await rig.refresher.readNow('alpha', ['BTC-USD', 'ETH-USD'])
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['5 1 s', '8 0 s'])
  })

  test('of a live trade tells the time, one of a snapshot or with a moved time does not', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() - 900, backfill: true })
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() - 800, orderAt: 1 })
    rig.send('alpha', untimed('BTC-USD', '5'))
    expect(rig.time.delayMs('alpha')).toBeUndefined()
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() - 300 })
    expect(rig.time.delayMs('alpha')).toBe(300)
  })

  test('from the future is refused, and logged', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() + 60_000 })
    expect(rig.served('BTC')).toBe('price')
    expect(rig.log).toEqual([expect.stringMatching(/^alpha future: trades from the future are refused.*"symbol":"BTC-USD","aheadSeconds":60}$/)])
  })

  test('with a moved time is in the order of the recorded one', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5', { orderAt: 2 })
    await rig.pass(10)
    rig.trade('alpha', 'BTC-USD', '4', { orderAt: 1 })
    expect(rig.served('BTC')).toBe('5 0.01 s')
  })

  test('of a venue whose clock is some seconds behind is newer than a reading from before it', async () => {
    const rig = await alphaRig()
    const behind = { at: rig.clock.now() - 3000 }
    rig.trade('alpha', 'ETH-USD', '1', behind)
    rig.shown.set('alpha', [untimed('BTC-USD', '5')])
    await rig.refresher.readNow('alpha', ['BTC-USD'])
    await rig.pass(500)
    rig.trade('alpha', 'BTC-USD', '6', { at: rig.clock.now() - 3000 })
    expect(rig.served('BTC')).toBe('6 3 s')
    rig.trade('alpha', 'BTC-USD', '4', { at: rig.clock.now() - 4000, id: '0' })
    expect(rig.served('BTC')).toBe('6 3 s')
  })

  test('that is older than a reading without a time does not replace it, however late', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'ETH-USD', '1')
    await rig.pass(10_000)
    rig.shown.set('alpha', [untimed('BTC-USD', '5')])
    await rig.refresher.readNow('alpha', ['BTC-USD'])
    rig.trade('alpha', 'BTC-USD', '4', { at: rig.clock.now() - 1000 })
    expect(rig.served('BTC')).toBe('5 0 s')
  })
})

describe('a connection', () => {
  test('that opens asks for one reading of what it carries', async () => {
    const rig = await alphaRig()
    expect(rig.readings('alpha')).toEqual([0])
    rig.socket('alpha').close(1006, 'gone')
    await rig.pass(250)
    await rig.open()
    expect(rig.readings('alpha')).toEqual([0, 250])
    expect(rig.log.slice(-2)).toEqual([
      'alpha disconnected: feed disconnected {"venue":"alpha","reason":"closed with 1006: gone","retryInMs":250}',
      'alpha disconnected: feed open again',
    ])
  })

  test('that is lost leaves its symbols to readings', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5')
    rig.shown.set('alpha', [untimed('BTC-USD', '6')])
    await rig.pass(1000)
    rig.socket('alpha').close(1006, 'gone')
    await rig.refresher.readNow('alpha', ['BTC-USD'])
    expect(rig.served('BTC')).toBe('6 0 s')
  })

  test('on which a symbol is rejected leaves that symbol to readings, and the others to the feed', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5')
    rig.trade('alpha', 'ETH-USD', '7')
    rig.shown.set('alpha', [untimed('BTC-USD', '6'), untimed('ETH-USD', '8')])
    await rig.pass(1000)
    rig.send('alpha', { kind: 'reject', symbol: 'BTC-USD', reason: 'delisted' })
    await rig.refresher.readNow('alpha', ['BTC-USD', 'ETH-USD'])
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['6 0 s', '7 1 s'])
    expect(rig.log).toContain('alpha rejected BTC-USD: symbol rejected {"venue":"alpha","symbol":"BTC-USD","reason":"delisted"}')
  })

  test.each([
    ['that is lost', (rig: VenueRig) => rig.socket('alpha').close(1012, 'maintenance')],
    ['that rejects a symbol', (rig: VenueRig) => rig.send('alpha', { kind: 'reject', symbol: 'BTC-USD', reason: 'unknown' })],
  ])('%s has the listing read again within minutes', async (_, happen) => {
    const rig = await alphaRig()
    const lively = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await rig.pass(60_000)
        await rig.open()
        for (const symbol of ['BTC-USD', 'ETH-USD']) rig.trade('alpha', symbol, '5')
      }
    }
    await lively()
    expect(rig.listingsRead).toBe(1)
    happen(rig)
    await lively()
    expect(rig.listingsRead).toBe(2)
  })

  test('that has something to complain of is heard', async () => {
    const rig = await alphaRig()
    rig.send('alpha', { kind: 'reject', reason: 'bad request' })
    expect(rig.log).toContain('alpha bad request: feed warning {"venue":"alpha","reason":"bad request"}')
  })
})

describe('a reading that shows what the feed does not', () => {
  async function correctedRig(): Promise<VenueRig> {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5')
    rig.trade('alpha', 'ETH-USD', '7')
    rig.shown.set('alpha', [untimed('BTC-USD', '6'), untimed('ETH-USD', '7')])
    rig.socket('alpha').takeSent()
    await rig.pass(9000)
    expect(rig.served('BTC')).toBe('6 0 s')
    return rig
  }
  const asked = (rig: VenueRig): readonly unknown[] => rig.socket('alpha').takeSent().map(String)

  test('makes the symbol silent after 5 s', async () => {
    const rig = await correctedRig()
    await rig.pass(4900)
    expect([asked(rig), rig.venue.status().why]).toEqual([[], ''])
    await rig.pass(200)
    expect(asked(rig)).toEqual(['{"unsubscribe":["BTC-USD"],"id":2}', '{"subscribe":["BTC-USD"],"id":3}'])
    expect(rig.venue.status().why).toBe('stream silent, prices by REST: BTC-USD')
    expect(rig.log).toContain('alpha silent: stream silent, prices by REST {"venue":"alpha","symbol":"BTC-USD"}')
  })

  test('does not while the stream brings trades that are refused', async () => {
    const rig = await correctedRig()
    await rig.pass(2000)
    rig.trade('alpha', 'BTC-USD', '6', { at: rig.clock.now() + 60_000 })
    await rig.pass(8000)
    expect([asked(rig), rig.venue.status().why]).toEqual([[], ''])
  })

  test('does not when the feed shows it within that time', async () => {
    const rig = await correctedRig()
    await rig.pass(2000)
    rig.trade('alpha', 'BTC-USD', '6')
    await rig.pass(8000)
    expect([asked(rig), rig.venue.status().why]).toEqual([[], ''])
  })

  test('does not while trades come late: what is missing may be on its way', async () => {
    const rig = await correctedRig()
    rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() - 1500 })
    await rig.pass(5100)
    expect(rig.venue.status().why).toBe('')
    await rig.pass(5000)
    expect(rig.venue.status().why).toBe('')
    rig.trade('alpha', 'ETH-USD', '7')
    await rig.pass(5000)
    expect(rig.venue.status().why).toBe('stream silent, prices by REST: BTC-USD')
  })

  test('makes it silent after a minute also while trades come late, with one check under way', async () => {
    const rig = await correctedRig()
    const timers = rig.clock.pending
    let corrections = 0
    rig.refresher.on('corrected', () => corrections++)
    for (let i = 1; i <= 64; i++) {
      rig.shown.set('alpha', [untimed('BTC-USD', String(6 + i))])
      rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() - 2500 })
      await rig.pass(1000)
      await rig.refresher.readNow('alpha', ['BTC-USD'])
    }
    expect([corrections, rig.clock.pending, rig.venue.status().why]).toEqual([7, timers, ''])
    await rig.pass(2000)
    expect(rig.venue.status().why).toBe('stream silent, prices by REST: BTC-USD')
  })

  test('is not waited for by a feed that is stopped', async () => {
    const rig = await correctedRig()
    for (const venue of rig.venues) venue.stop()
    rig.refresher.stop()
    rig.time.stop()
    await rig.clock.advanceAsync(0)
    expect(rig.clock.pending).toBe(0)
  })

  test('does not when its trade can be older than the subscription', async () => {
    const rig = await alphaRig()
    rig.trade('alpha', 'BTC-USD', '5')
    await rig.pass(1000)
    rig.socket('alpha').close(1006, 'gone')
    await rig.pass(250)
    await rig.open()
    await rig.pass(12_000)
    rig.shown.set('alpha', [untimed('BTC-USD', '6')])
    await rig.refresher.readNow('alpha', ['BTC-USD'])
    expect(rig.served('BTC')).toBe('6 0 s')
    rig.socket('alpha').takeSent()
    await rig.pass(6000)
    expect([asked(rig), rig.venue.status().why]).toEqual([[], ''])
  })
})

describe('a halted market', () => {
  async function haltedRig(): Promise<VenueRig> {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'ETH'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'halted', 'ETH-USD': 'trading' })
    await rig.run()
    await rig.pass(1000)
    return rig
  }

  test('is open again with its first trade', async () => {
    const rig = await haltedRig()
    rig.trade('alpha', 'BTC-USD', '5')
    expect(rig.served('BTC')).toBe('5 0 s')
    expect(rig.listing('alpha', 'BTC-USD').halted).toBe(false)
  })

  test.each([
    ['a trade from before the listing was read', { ageMs: 1000 }],
    ['a snapshot', { ageMs: 0, backfill: true }],
    ['a trade from the future', { ageMs: -5001 }],
  ])('is not by %s', async (_, { ageMs, ...more }) => {
    const rig = await haltedRig()
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() - ageMs, ...more })
    expect(rig.listing('alpha', 'BTC-USD').halted).toBe(true)
  })

  test('keeps what else is known of it', async () => {
    const rig = await haltedRig()
    rig.directory.update(rig.listing('alpha', 'BTC-USD'), { apart: true })
    rig.trade('alpha', 'BTC-USD', '5')
    expect(rig.listing('alpha', 'BTC-USD')).toMatchObject({ halted: false, apart: true })
  })
})
