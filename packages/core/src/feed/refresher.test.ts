import { describe, expect, test } from 'vitest'
import { createBoard } from '../board/board.ts'
import { Directory, type Listing } from '../board/directory.ts'
import { BoardReading, readSlot } from '../board/reader.ts'
import { BoardWriter } from '../board/writer.ts'
import { memoryTier } from '../cache/memory.ts'
import type { CacheTier } from '../cache/tier.ts'
import type { Connector, ConnectorRest, RestPrices, RestRequest, Tick } from '../connector.ts'
import type { Quote } from '../price.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainTick, plainVenue } from '../testing/fake/plain-venue.ts'
import { VenueTime } from '../venue/venue-time.ts'
import { Refresher, quoteKey } from './refresher.ts'
import { RestReader } from './rest-reader.ts'

const unconfirmedMs = 9000

const rest: ConnectorRest = {
  everyMs: 20_000,
  limit: { count: 10, perMs: 1000 },
  request: (symbols) => [{ url: `https://plain.test/?${symbols.join('+')}` }],
  decode: (body) => JSON.parse(body) as RestPrices,
}

/** Two listings of a venue, its REST answers as text, and a tier before them. */
class Rig {
  readonly clock = new FakeClock()
  readonly start = this.clock.now()
  readonly transport = new FakeTransport(this.clock, () => ({ status: 200, body: JSON.stringify({ ticks: this.answer, madeAt: this.madeAt }) }))
  readonly time = new VenueTime(this.clock)
  readonly #board = createBoard(4)
  readonly writer = new BoardWriter(this.#board, unconfirmedMs, this.time)
  readonly directory = new Directory(this.writer, 4, () => 0)
  readonly listings = ['a', 'b'].map((symbol) =>
    this.directory.add({ venue: 'plain', asset: symbol, symbol, currency: 'USD', onDemand: false, freshnessLimitMs: 30_000 }),
  )
  readonly refresher: Refresher
  readonly log: string[] = []
  answer: Tick[] = []
  /** When the venue says that it made its bodies. */
  madeAt: number | undefined

  constructor(tiers: readonly CacheTier[] = [], more: Partial<Connector> = {}) {
    const connector = plainVenue({ rest, ...more })
    const reader = connector.rest === undefined ? undefined : new RestReader(connector.rest, this.transport, this.clock)
    this.refresher = new Refresher({
      venues: [{ connector, reader }],
      directory: this.directory,
      writer: this.writer,
      clock: this.clock,
      time: this.time,
      tiers: tiers.map((tier) => ({ tier, evidence: 'L2_VALKEY' as const })),
      unconfirmedMs,
    })
    this.refresher.on('corrected', ({ symbol }, since) => this.log.push(`corrected ${symbol} since ${since - this.start}`))
    this.refresher.on('trouble', (source, error) => this.log.push(`trouble ${source}: ${String(error)}`))
    this.refresher.start()
  }

  get a(): Listing {
    return this.listings[0] as Listing
  }

  read(listing: Listing = this.a): BoardReading | undefined {
    const reading = new BoardReading()
    return readSlot(this.#board, listing.slot, listing.generation, reading) ? reading : undefined
  }

  trade(listing: Listing, price: string): void {
    const now = this.clock.now()
    this.writer.apply(listing.slot, { price, at: now, id: String(now), tier: 'L1_MEMORY' }, now, true)
  }

  get requestTimes(): number[] {
    return this.transport.requests.map(({ at }) => at - this.start)
  }
}

const untimed = (symbol: string, price: string): Tick => plainTick(symbol, price, { at: undefined })

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

describe('a body that is older than the moment at which it was asked for', () => {
  const rowOf = (rig: Rig): object => ({ price: rig.read()?.price, provedAt: (rig.read()?.confirmedAt ?? 0) - rig.start })

  test('does not replace what the feed has shown since it can have been made', async () => {
    const rig = new Rig([], { rest: { ...rest, bodyAgeMs: 20_000 } })
    rig.trade(rig.a, '0.5')
    await rig.clock.advanceAsync(4000)
    rig.trade(rig.a, '0.54')
    rig.answer = [untimed('a', '0.5')]
    await rig.clock.advanceAsync(19_999)
    expect(rowOf(rig)).toEqual({ price: '0.54', provedAt: 4000 })
    expect(rig.requestTimes.length).toBeGreaterThan(0)
    expect(rig.log).toEqual([])
  })

  test('replaces what the feed has shown before that', async () => {
    const rig = new Rig([], { rest: { ...rest, bodyAgeMs: 20_000 } })
    rig.trade(rig.a, '0.54')
    rig.answer = [untimed('a', '0.5')]
    await rig.clock.advanceAsync(20_000)
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.54', provedAt: 0 })
    await rig.clock.advanceAsync(1)
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt: 1 })
  })

  test('confirms as of when it can have been made at the earliest', async () => {
    const rig = new Rig([], { rest: { ...rest, bodyAgeMs: 15_000 } })
    rig.trade(rig.a, '0.5')
    rig.answer = [untimed('a', '0.50')]
    await rig.clock.advanceAsync(29_000)
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt: 14_000 })
  })

  test('says itself when it was made, whatever the connector declares', async () => {
    const rig = new Rig([], { rest: { ...rest, bodyAgeMs: 20_000 } })
    rig.trade(rig.a, '0.5')
    rig.answer = [untimed('a', '0.5')]
    await rig.clock.advanceAsync(25_000)
    rig.madeAt = rig.clock.now() - 300
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt: 24_700 })
    rig.madeAt = rig.clock.now() - 10_000
    await rig.clock.advanceAsync(5000)
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt: 24_700 })
  })

  test.each([
    ['a little ahead of us was made just now', 5000, 30_000],
    ['far ahead of us says nothing', 5001, 1000],
  ])('and %s', async (_, aheadMs, provedAt) => {
    const rig = new Rig([], { rest: { ...rest, everyMs: 1e9 } })
    rig.trade(rig.a, '0.5')
    rig.answer = [untimed('a', '0.5'), untimed('b', '2')]
    await rig.clock.advanceAsync(30_000)
    rig.madeAt = rig.clock.now() + aheadMs
    await rig.refresher.readNow('plain', ['a', 'b'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt })
    rig.answer = [untimed('a', '0.6')]
    rig.madeAt = rig.clock.now() + aheadMs
    await rig.refresher.readNow('plain', ['a'])
    expect(rig.read()?.price).toBe('0.5')
  })

  test('is judged by the time at the venues, and with a sleep that nobody has seen yet', async () => {
    const rig = new Rig([], { rest: { ...rest, everyMs: 1e9 } })
    rig.trade(rig.a, '0.5')
    rig.answer = [untimed('a', '0.5')]
    await rig.clock.advanceAsync(500)
    rig.clock.stepWall(60_000)
    rig.madeAt = rig.clock.now()
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt: 0 })
  })
})

describe('a halted market', () => {
  test('is not read, beside others or alone', async () => {
    const request = (symbols: readonly string[]): readonly RestRequest[] => symbols.map((symbol) => ({ url: `https://plain.test/?${symbol}` }))
    const rig = new Rig([], { rest: { ...rest, request } })
    rig.directory.update(rig.a, { halted: true })
    rig.refresher.readAllNow()
    await rig.clock.advanceAsync(30_000)
    expect(new Set(rig.transport.requests.map(({ what }) => what.url))).toEqual(new Set(['https://plain.test/?b']))
    rig.directory.update(rig.directory.ofSymbol('plain', 'b') as Listing, { halted: true })
    const before = rig.requestTimes.length
    await rig.clock.advanceAsync(60_000)
    rig.refresher.readAllNow()
    expect(rig.requestTimes).toHaveLength(before)
  })

  test('is read along where that costs nothing, and ages all the same', async () => {
    const rig = new Rig()
    rig.trade(rig.a, '1')
    rig.directory.update(rig.a, { halted: true })
    rig.answer = [untimed('a', '1'), untimed('b', '2')]
    await rig.clock.advanceAsync(30_000)
    expect(rig.transport.requests[0]?.what.url).toBe('https://plain.test/?a+b')
    expect(rig.writer.confirmedAt(rig.a.slot)).toBe(rig.start)
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

  test('that never answers does not keep the venue from being asked', async () => {
    const hung: CacheTier = { name: 'hung', read: () => new Promise(() => undefined) }
    const rig = new Rig([hung])
    rig.answer = [untimed('a', '7')]
    await rig.clock.advanceAsync(30_000)
    expect(rig.read()?.price).toBe('7')
  })
})
