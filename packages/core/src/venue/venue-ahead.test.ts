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

  test('stays ahead after a burst of late trades', () => {
    const rig = trades(new NodeTimeRig(1), 20)
    rig.clock.advance(91 * second)
    for (let i = 0; i < 50; i++) rig.trade('venue 1', second)
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

/** One venue that is in use for a moment, without REST. */
async function alphaRig(...assets: readonly string[]): Promise<VenueRig> {
  const rig = new VenueRig([{ name: 'alpha', prewarmed: assets }])
  rig.listed.set('alpha', Object.fromEntries(assets.map((asset) => [`${asset}-USD`, 'trading' as const])))
  await rig.run()
  await rig.pass(5000)
  return rig
}

describe('a price of such a venue', () => {
  test('is older by as much, also where that is known only later', async () => {
    const rig = await alphaRig('BTC', 'ETH', 'SOL')
    rig.shown.set('alpha', [plainTick('SOL-USD', '9', { at: undefined })])
    await rig.refresher.readNow('alpha', ['SOL-USD'])
    // One that comes 3 s late seems to come in time.
    rig.trade('alpha', 'BTC-USD', '5')
    expect([rig.served('BTC'), rig.served('SOL')]).toEqual(['5 0 s', '9 0 s'])
    rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() + aheadMs })
    // A reading without times is true as of when it was asked for, by the node's own clock.
    expect([rig.served('BTC'), rig.served('ETH'), rig.served('SOL')]).toEqual(['5 3 s', '7 0 s', '9 0 s'])
  })

  test('is older also where that is found little by little', async () => {
    const rig = await alphaRig('BTC', 'ETH')
    rig.trade('alpha', 'BTC-USD', '5')
    for (let leadMs = 200; leadMs <= aheadMs; leadMs += 400) rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() + leadMs })
    expect(rig.served('BTC')).toBe('5 3 s')
  })

  test('is made older once, however often that is forgotten and found again', async () => {
    const rig = await alphaRig('BTC', 'ETH')
    rig.trade('alpha', 'BTC-USD', '5')
    for (let round = 1; round <= 3; round++) {
      rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() + aheadMs })
      expect(rig.served('BTC')).toBe(`5 ${3 + (round - 1) * 100} s`)
      await rig.clock.advanceAsync(90_000)
      for (let i = 0; i < 20; i++) {
        await rig.clock.advanceAsync(500)
        rig.trade('alpha', 'ETH-USD', '7', { at: rig.clock.now() - 200 })
      }
    }
  })

  test('is shown in the order of the lead, but not of a time that is refused', async () => {
    const rig = await alphaRig('BTC', 'ETH')
    for (let i = 0; i < 20; i++) {
      rig.trade('alpha', 'BTC-USD', '5')
      await rig.pass(500)
    }
    rig.trade('alpha', 'ETH-USD', '9', { at: rig.clock.now() + 365 * 24 * hour })
    rig.send('alpha', plainTick('ETH-USD', '9', { at: rig.clock.now() + hour, backfill: true }))
    await rig.pass(15_000)
    rig.shown.set('alpha', [plainTick('BTC-USD', '5', { at: undefined })])
    await rig.refresher.readNow('alpha', ['BTC-USD'])
    await rig.pass(2000)
    rig.trade('alpha', 'BTC-USD', '6')
    expect([rig.served('BTC'), rig.time.delayMs('alpha')]).toEqual(['6 0 s', 0])
  })
})
