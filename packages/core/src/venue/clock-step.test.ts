import { describe, expect, test } from 'vitest'
import { unseenSleepMs } from '../board/unseen-sleep.ts'
import type { Tick } from '../connector.ts'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { VenueRig } from './venue-rig.fixture.ts'

const hour = 3_600_000

const untimed = (symbol: string, price: string): Tick => plainTick(symbol, price, { at: undefined })

describe('a step of the wall clock', () => {
  async function twoVenues(): Promise<VenueRig> {
    const rig = new VenueRig([
      { name: 'alpha', prewarmed: ['BTC'] },
      { name: 'beta', prewarmed: ['ETH'] },
    ])
    for (const venue of ['alpha', 'beta']) rig.listed.set(venue, { 'BTC-USD': 'trading', 'ETH-USD': 'trading' })
    await rig.run()
    await rig.pass(2000)
    rig.trade('alpha', 'BTC-USD', '5')
    rig.trade('beta', 'ETH-USD', '7')
    return rig
  }

  test.each([3000, -3000, hour, -hour, 3652 * 24 * hour, -3652 * 24 * hour])('by %i ms leaves all stale and asks each venue at once', async (ms) => {
    const rig = await twoVenues()
    const before = ['alpha', 'beta'].map((venue) => rig.readings(venue).length)
    rig.clock.stepWall(ms)
    // Just this once the venues don't answer.
    const { answer } = rig.transport
    rig.transport.answer = () => ({ status: 500, body: '' })
    await rig.pass(250)
    const ages = ['BTC', 'ETH'].map((asset) => Number(rig.served(asset).split(' ')[1]))
    expect(Math.min(...ages)).toBeGreaterThan(30)
    expect(['alpha', 'beta'].map((venue) => rig.readings(venue).length)).toEqual(before.map((count) => count + 1))
    rig.transport.answer = answer
    rig.shown.set('alpha', [untimed('BTC-USD', '5')])
    await rig.refresher.readNow('alpha', ['BTC-USD'])
    expect(rig.served('BTC')).toBe('5 0 s')
    expect(rig.served('ETH')).not.toMatch(/ 0 s/)
  })

  test('or a sleep shows at once, before anybody has looked at the clocks', async () => {
    const rig = await twoVenues()
    await rig.pass(1)
    expect(rig.served('BTC')).toBe('5 0.001 s')
    rig.clock.stepWall(hour)
    rig.clock.advance(1)
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['5 3600.002 s', '7 3600.002 s'])
    await rig.pass(250)
    expect(rig.served('BTC')).toBe('5 3600.252 s')
    rig.clock.stepWall(-hour)
    await rig.pass(1)
    expect(rig.served('BTC')).toBe('5 3600.253 s')
  })

  test.each([700, 1100, 1900])('or a sleep of %i ms shows once, before and after somebody has looked', async (ms) => {
    const rig = await twoVenues()
    rig.clock.stepWall(ms)
    rig.clock.advance(1)
    expect(rig.served('BTC')).toBe(`5 ${(ms + 1) / 1000} s`)
    await rig.pass(250)
    expect(rig.served('BTC')).toBe(`5 ${(ms + 251) / 1000} s`)
  })

  test('or a sleep of 3 s leaves all stale at once', async () => {
    const rig = await twoVenues()
    rig.clock.stepWall(3000)
    rig.clock.advance(1)
    expect([rig.served('BTC'), rig.served('ETH')]).toEqual(['5 30.001 s', '7 30.001 s'])
    await rig.pass(250)
    expect(rig.served('BTC')).toMatch(/^5 30\.00/)
  })

  test('is unseen until every price is as old as it has made it', async () => {
    const rig = await twoVenues()
    const unseen: number[] = []
    rig.writer.on('price', () => void unseen.push(unseenSleepMs(rig.board, rig.clock)))
    rig.clock.stepWall(hour)
    await rig.pass(250)
    expect([unseen, unseenSleepMs(rig.board, rig.clock)]).toEqual([[hour, hour], 0])
  })

  test('by less than two seconds makes all older by as much, and nothing else', async () => {
    const rig = await twoVenues()
    const asked = rig.readings('alpha').length
    rig.clock.stepWall(-1900)
    await rig.pass(250)
    expect(rig.served('BTC')).toBe('5 0.25 s')
    rig.clock.stepWall(1900)
    await rig.pass(250)
    expect([rig.served('BTC'), rig.time.clockErrorMs, rig.readings('alpha').length]).toEqual(['5 2.4 s', 0, asked])
    rig.trade('alpha', 'BTC-USD', '5')
    expect(rig.served('BTC')).toBe('5 0 s')
  })

  test('after a small one the other way within two checks is seen as what it is', async () => {
    const rig = await twoVenues()
    rig.clock.stepWall(-1900)
    await rig.pass(250)
    rig.clock.stepWall(3000)
    await rig.pass(250)
    expect(rig.served('BTC')).toBe('5 30.001 s')
    rig.shown.set('alpha', [untimed('BTC-USD', '5')])
    expect(rig.time.ageMs(rig.clock.now(), rig.clock.now())).toBe(3000)
  })

  test('back is over with the next trade', async () => {
    const rig = await twoVenues()
    rig.clock.stepWall(-hour)
    await rig.pass(250)
    rig.trade('alpha', 'BTC-USD', '6')
    expect(rig.served('BTC')).toBe('6 0 s')
  })

  test('ahead is over with the next trades once it is known that the machine did not sleep', async () => {
    const rig = await twoVenues()
    rig.clock.stepWall(hour)
    await rig.pass(250)
    rig.trade('alpha', 'BTC-USD', '6')
    expect(rig.served('BTC')).toBe('6 3600 s')
    await rig.pass(2000)
    rig.shown.set('alpha', [untimed('BTC-USD', '6')])
    const readings = rig.readings('alpha').length
    rig.trade('beta', 'ETH-USD', '9')
    await rig.pass(250)
    rig.trade('beta', 'ETH-USD', '8')
    await rig.clock.advanceAsync(0)
    expect([rig.served('ETH'), rig.served('BTC')]).toEqual(['8 0 s', '6 0 s'])
    expect(rig.readings('alpha')).toHaveLength(readings + 1)
  })

  test('leaves open, until it is understood, which trades are older than a reading; then they are placed anew', async () => {
    const rig = await twoVenues()
    rig.clock.stepWall(60_000)
    await rig.pass(250)
    rig.shown.set('alpha', [untimed('BTC-USD', '9')])
    rig.socket('alpha').close(1006, 'gone')
    await rig.pass(250)
    await rig.open()
    expect(rig.served('BTC')).toMatch(/^9 /)
    // A frame that waited through a sleep, made 20 s before its end.
    rig.trade('alpha', 'BTC-USD', '8', { at: rig.clock.now() + 40_000 })
    rig.shown.set('alpha', [])
    rig.trade('beta', 'ETH-USD', '8', { at: rig.clock.now() + 60_000 })
    expect(rig.time.offsetMs).toBe(60_000)
    rig.trade('alpha', 'BTC-USD', '8.5', { at: rig.clock.now() + 50_000 })
    expect(rig.served('BTC')).toBe('8.5 10 s')
  })

  test('is seen before a tick is judged, even the first one after a sleep', async () => {
    const rig = await twoVenues()
    rig.clock.stepWall(hour)
    rig.send('alpha', plainTick('BTC-USD', '6', { at: rig.clock.now() - 100, id: '1', backfill: true }))
    expect(rig.served('ETH')).toMatch(/ 36\d\d s/)
    rig.trade('beta', 'ETH-USD', '8', { at: rig.clock.now() + hour })
    expect(rig.served('ETH')).toBe('8 0 s')
  })

  test('that three venues prove is made up for, and what seemed young is made older', async () => {
    const names = ['alpha', 'beta', 'gamma']
    const rig = new VenueRig(names.map((name) => ({ name, prewarmed: ['BTC'] })))
    for (const name of names) rig.listed.set(name, { 'BTC-USD': 'trading' })
    await rig.run()
    const ahead = 3000
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() + ahead })
    expect(rig.served('BTC', 'alpha')).toBe('5 0 s')
    for (let i = 0; i < 13; i++) {
      for (const name of names.slice(1)) rig.trade(name, 'BTC-USD', '5', { at: rig.clock.now() + ahead })
      await rig.pass(250)
    }
    rig.trade('alpha', 'BTC-USD', '5', { at: rig.clock.now() + ahead })
    const readings = rig.readings('alpha').length
    await rig.pass(250)
    expect(rig.time.offsetMs).toBe(ahead)
    expect(rig.served('BTC', 'alpha')).toBe('5 3.25 s')
    expect(rig.readings('alpha')).toHaveLength(readings + 1)
  })
})
