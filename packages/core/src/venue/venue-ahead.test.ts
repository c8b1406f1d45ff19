import { describe, expect, test } from 'vitest'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { NodeTimeRig, hour, second, wayMs } from './node-time-rig.fixture.ts'
import { VenueRig } from './venue-rig.fixture.ts'

const aheadMs = 3 * second

/** A venue whose clock is ahead trades twice a second. */
function trades(rig: NodeTimeRig, count: number): NodeTimeRig {
  for (let i = 0; i < count; i++) {
    rig.clock.advance(500)
    rig.trade('venue 1', wayMs - aheadMs)
  }
  return rig
}

describe('a venue whose clock is ahead', () => {
  test('is known by its earliest trade, and by any other time that it gives', () => {
    const rig = new NodeTimeRig(1)
    rig.time.observeAnyTime('venue 1', rig.trueUtc + second, rig.clock.now())
    expect(rig.time.delayMs('venue 1')).toBe(-second)
    trades(rig, 1)
    expect(rig.time.delayMs('venue 1')).toBe(wayMs - aheadMs)
    // Bodies may be old: they say that it is ahead by so much at least.
    rig.clock.advance(61 * second)
    for (let i = 0; i < 20; i++) rig.time.observeAnyTime('venue 1', rig.trueUtc + second - i, rig.clock.now())
    expect(rig.time.delayMs('venue 1')).toBe(wayMs - aheadMs)
  })

  test('stays ahead while its last ten trades were late', () => {
    const rig = trades(new NodeTimeRig(1), 1)
    rig.clock.advance(61 * second)
    for (let i = 0; i < 10; i++) rig.trade('venue 1', 2 * second)
    expect(rig.time.delayMs('venue 1')).toBe(wayMs - aheadMs)
  })

  test('does not make a set clock a sleep, before enough is known of it', () => {
    for (const count of [0, 1, 9, 10, 11]) {
      const rig = trades(new NodeTimeRig(1), count).setWall(aheadMs)
      expect(trades(rig, 20).time.offsetMs, `after ${count} trades`).toBe(0)
    }
  })

  test('leaves open what a short jump was, but not what a long one was', () => {
    const set = new NodeTimeRig(1).setWall(aheadMs).run(second, []).setWall(hour).run(second, [])
    expect([trades(set, 1).ageErrorMs, set.log]).toEqual([aheadMs, [`step ${aheadMs}`, `step ${hour}`, 'no sleep']])
    const slept = new NodeTimeRig(1).setWall(aheadMs).run(second, []).sleep(hour).run(second, [])
    expect([trades(slept, 1).ageErrorMs, slept.log.at(-1)]).toEqual([aheadMs, 'shift 0'])
  })
})

describe('a price of such a venue', () => {
  test('is older by as much, also where that is known only later', async () => {
    const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC', 'ETH', 'SOL'] }])
    rig.listed.set('alpha', { 'BTC-USD': 'trading', 'ETH-USD': 'trading', 'SOL-USD': 'trading' })
    await rig.run()
    await rig.pass(5000)
    rig.shown.set('alpha', [plainTick('SOL-USD', '9', { at: undefined })])
    await rig.refresher.readNow('alpha', ['SOL-USD'])
    // One that comes 3 s late seems to come in time.
    rig.trade('alpha', 'BTC-USD', '5')
    expect([rig.served('BTC'), rig.served('SOL')]).toEqual(['5 0 s', '9 0 s'])
    rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() + aheadMs })
    // A reading without times is true as of when it was asked for, by the node's own clock.
    expect([rig.served('BTC'), rig.served('ETH'), rig.served('SOL')]).toEqual(['5 3 s', '7 0 s', '9 0 s'])
  })
})
