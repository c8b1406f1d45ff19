import { describe, expect, test } from 'vitest'
import { memoryTier } from '../cache/memory.ts'
import type { CacheTier } from '../cache/tier.ts'
import type { RestRequest } from '../connector.ts'
import type { Quote } from '../price.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { quoteKey } from './refresher.ts'
import { RefresherRig as Rig, rest, untimed } from './refresher-rig.fixture.ts'

describe('by REST', () => {
  test('an idle listing stays confirmed at the pace of the venue, and nothing else is asked', async () => {
    const rig = new Rig()
    rig.answer = [untimed('a', '1.50'), untimed('b', '2')]
    for (const listing of rig.listings) rig.trade(listing, listing === rig.a ? '1.5' : '2.0')
    for (let minute = 0; minute < 10; minute++) {
      await rig.clock.advanceAsync(60_000)
      expect(rig.clock.now() - (rig.read()?.confirmedAt ?? 0)).toBeLessThanOrEqual(rest.everyMs + 1000)
    }
    expect(rig.read()).toMatchObject({ price: '1.5', tier: 'L3_REST' })
    expect(rig.requestTimes.length).toBe(30)
    for (const [i, at] of rig.requestTimes.entries()) expect(at - (rig.requestTimes[i - 1] ?? -Infinity)).toBeGreaterThanOrEqual(rest.everyMs)
    expect(rig.log).toEqual([])
  })

  test('a listing that the feed keeps confirmed is not asked for', async () => {
    const rig = new Rig()
    for (let i = 0; i < 20; i++) {
      for (const listing of rig.listings) rig.trade(listing, String(i + 1))
      await rig.clock.advanceAsync(5000)
    }
    expect(rig.requestTimes).toEqual([])
  })

  test('only unconfirmed listings are asked for where each costs a request', async () => {
    const request = (symbols: readonly string[]): readonly RestRequest[] => symbols.map((symbol) => ({ url: `https://plain.test/?${symbol}` }))
    const rig = new Rig([], { rest: { ...rest, request } })
    rig.trade(rig.a, '1')
    await rig.clock.advanceAsync(1000)
    expect(rig.transport.requests.map(({ what }) => what.url)).toEqual(['https://plain.test/?b'])
  })

  test('a new listing is read at once, and takes nobody the turn', async () => {
    const request = (symbols: readonly string[]): readonly RestRequest[] => symbols.map((symbol) => ({ url: `https://plain.test/?${symbol}` }))
    const rig = new Rig([], { rest: { ...rest, request } })
    await rig.clock.advanceAsync(15_000)
    rig.directory.add({ venue: 'plain', asset: 'c', symbol: 'c', currency: 'USD', onDemand: false, freshnessLimitMs: 30_000 })
    await rig.clock.advanceAsync(10_000)
    const asked = rig.transport.requests.map(({ what, at }) => `${what.url.at(-1)} ${(at - rig.start) / 1000}`)
    expect(asked).toEqual(['a 1', 'b 1', 'c 16', 'a 21', 'b 21', 'c 21'])
  })

  test('all listings are read along where one request brings them all, so that none waits for the reading after', async () => {
    const rig = new Rig()
    rig.trade(rig.a, '1')
    await rig.clock.advanceAsync(1000)
    expect(rig.transport.requests.map(({ what }) => what.url)).toEqual(['https://plain.test/?a+b'])
  })

  test('a reading that shows another trade than the silent feed corrects the board, and that is told', async () => {
    const rig = new Rig()
    for (const listing of rig.listings) rig.trade(listing, '1')
    rig.answer = [untimed('a', '7'), untimed('b', '1'), untimed('unlisted', '9')]
    await rig.clock.advanceAsync(10_000)
    expect(rig.read()).toMatchObject({ price: '7', at: null, tier: 'L3_REST' })
    expect(rig.log).toEqual(['corrected a since 0'])
  })

  test('a reading that names the trade of the shown price is no correction', async () => {
    const rig = new Rig()
    rig.answer = [untimed('a', '7')]
    await rig.clock.advanceAsync(1000)
    rig.answer = [plainTick('a', '7.0', { at: rig.clock.now(), id: '5' })]
    await rig.refresher.readNow('plain', ['a'])
    expect([rig.read()?.id, rig.log]).toEqual(['5', []])
    rig.answer = [plainTick('a', '8', { at: rig.clock.now() + 1, id: '6' })]
    await rig.refresher.readNow('plain', ['a'])
    expect(rig.log).toEqual(['corrected a since 1000'])
  })

  test('a reading that shows the trade of the silent feed with another price has it shown, and says nothing of the feed', async () => {
    const rig = new Rig()
    for (const listing of rig.listings) rig.trade(listing, '1')
    rig.answer = [plainTick('a', '7', { at: rig.start, id: String(rig.start) }), untimed('b', '1')]
    await rig.clock.advanceAsync(10_000)
    expect(rig.read()).toMatchObject({ price: '7', at: rig.start, tier: 'L3_REST' })
    expect(rig.log).toEqual([])
  })

  test('an older timed trade corrects nothing', async () => {
    const rig = new Rig()
    rig.trade(rig.a, '5')
    rig.answer = [plainTick('a', '4', { at: rig.start - 1, id: '1' })]
    await rig.clock.advanceAsync(30_000)
    expect([rig.read()?.price, rig.read()?.confirmedAt, rig.log]).toEqual(['5', rig.start, []])
  })

  test('a first price is no correction', async () => {
    const rig = new Rig()
    rig.answer = [untimed('a', '7')]
    await rig.clock.advanceAsync(1000)
    expect([rig.read()?.price, rig.log]).toEqual(['7', []])
  })

  test('a venue that does not answer is told and asked again at its pace', async () => {
    const rig = new Rig()
    rig.transport.answer = () => Promise.reject(new Error('time-out'))
    await rig.clock.advanceAsync(61_000)
    expect(rig.requestTimes).toEqual([1000, 21_000, 41_000, 61_000])
    expect(new Set(rig.log)).toEqual(new Set(['trouble plain: Error: time-out']))
  })

  test('with REST off nothing goes out', async () => {
    const rig = new Rig([], { rest: undefined } as object)
    await rig.clock.advanceAsync(60_000)
    await rig.refresher.readNow('plain', ['a'])
    expect(rig.transport.outgoing.requests).toBe(0)
  })

  test('a reading asked for at once shows on the board when it is done', async () => {
    const rig = new Rig()
    rig.answer = [untimed('a', '7')]
    await rig.refresher.readNow('plain', ['a'])
    expect(rig.read()?.price).toBe('7')
    await rig.refresher.readNow('nowhere', ['a'])
    expect(rig.requestTimes).toEqual([0])
  })

  test('everything is read at once when it must be, one request a venue, and then at the usual pace again', async () => {
    const rig = new Rig()
    for (const listing of rig.listings) rig.trade(listing, '1')
    rig.answer = [untimed('a', '1'), untimed('b', '1')]
    rig.refresher.readAllNow()
    await rig.clock.advanceAsync(30_000)
    expect(rig.requestTimes).toEqual([0, 20_000])
  })

  test('what is unconfirmed is read at once, all else is not', async () => {
    const rig = new Rig()
    for (const listing of rig.listings) rig.trade(listing, '1')
    rig.refresher.readDueNow()
    await rig.clock.advanceAsync(0)
    expect(rig.requestTimes).toEqual([])
    rig.writer.unconfirmAll(0, rig.start)
    rig.refresher.readDueNow()
    await rig.clock.advanceAsync(5000)
    expect(rig.requestTimes).toEqual([0])
  })

  test('a rejection in a good response is told once for its pause', async () => {
    const rig = new Rig([], { rest: { ...rest, everyMs: 5000, decode: () => ({ rejected: 'EAPI:Rate limit exceeded' }) } })
    await rig.clock.advanceAsync(31_000)
    expect(rig.requestTimes).toEqual([1000, 31_000])
    expect(rig.log).toHaveLength(2)
    expect(rig.log[0]).toContain('rejected the request: EAPI:Rate limit exceeded')
  })

  test('a stopped refresher leaves no timer', async () => {
    const rig = new Rig()
    await rig.clock.advanceAsync(5000)
    rig.refresher.stop()
    await rig.clock.advanceAsync(60_000)
    expect([rig.clock.pending, rig.requestTimes]).toEqual([0, [1000]])
  })
})

describe('by a cache tier', () => {
  const quoteAt = (now: number): Quote => ({ price: '5.00', at: now - 2000, id: '7', confirmedAt: now - 500, tier: 'L1_MEMORY' })

  test('is read first, and what it proves is not asked of the venue', async () => {
    const clock = new FakeClock()
    const tier = memoryTier({ ttlMs: 1e9, maxEntries: 10, clock })
    const rig = new Rig([tier])
    const now = rig.clock.now() + 1000
    await tier.write(new Map(rig.listings.map((listing) => [quoteKey(listing), quoteAt(now)])))
    await rig.clock.advanceAsync(1000)
    expect(rig.read()).toMatchObject({ price: '5.00', id: '7', tier: 'L2_VALKEY', confirmedAt: now - 500, at: now - 2000 })
    expect(rig.requestTimes).toEqual([])
  })

  test('what another node proved long ago does not keep the venue from being asked', async () => {
    const clock = new FakeClock()
    const tier = memoryTier({ ttlMs: 1e9, maxEntries: 10, clock })
    const rig = new Rig([tier])
    await tier.write(new Map([[quoteKey(rig.a), { ...quoteAt(rig.start), confirmedAt: rig.start - 60_000, at: rig.start - 60_000 }]]))
    await rig.clock.advanceAsync(1000)
    expect(rig.read()?.confirmedAt).toBe(rig.start - 60_000)
    expect(rig.requestTimes).toEqual([1000])
  })

  test('that fails is told, and the venue is asked', async () => {
    const broken: CacheTier = { name: 'broken', read: () => Promise.reject(new Error('down')) }
    const rig = new Rig([broken])
    rig.answer = [untimed('a', '7')]
    await rig.clock.advanceAsync(1000)
    expect(rig.log).toEqual(['trouble broken: Error: down'])
    expect(rig.read()?.price).toBe('7')
  })

  test.each([
    ['confirmedAt', { confirmedAt: Number.NaN }],
    ['at', { at: Number.NaN }],
    ['confirmedAt an hour ahead', { confirmedAt: new FakeClock().now() + 3_600_000 }],
    ['confirmedAt that is none at all', { confirmedAt: undefined as unknown as number }],
    ['at that is text', { at: '2026-09-21' as unknown as number }],
  ])('that gives a quote with a wrong %s is told once; the quote is left out, others count, and trades show', async (_, wrong) => {
    const read = (): Promise<ReadonlyMap<string, Quote>> => {
      const [a, b] = rig.listings.map(quoteKey) as [string, string]
      const quote = quoteAt(rig.clock.now())
      return Promise.resolve(new Map([a, b].map((key) => [key, key === a ? { ...quote, ...wrong } : quote])))
    }
    const rig: Rig = new Rig([{ name: 'odd', read }])
    await rig.clock.advanceAsync(5000)
    expect([rig.read()?.price, rig.read(rig.listings[1])?.price]).toEqual([undefined, '5.00'])
    expect(rig.log).toEqual(['trouble odd: read gave times that are none, or in the future; such quotes are left out'])
    rig.trade(rig.a, '6')
    expect(rig.read()).toMatchObject({ price: '6', confirmedAt: rig.clock.now() })
  })

  test('that never answers does not keep the venue from being asked', async () => {
    const hung: CacheTier = { name: 'hung', read: () => new Promise(() => undefined) }
    const rig = new Rig([hung])
    rig.answer = [untimed('a', '7')]
    await rig.clock.advanceAsync(30_000)
    expect(rig.read()?.price).toBe('7')
  })
})
