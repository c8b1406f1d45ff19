import { describe, expect, test } from 'vitest'
import type { Listing } from '../board/directory.ts'
import type { RestRequest } from '../connector.ts'
import { RefresherRig as Rig, rest, untimed } from './refresher-rig.fixture.ts'

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

  test('by a clock that is ahead was made before that', async () => {
    const rig = new Rig([], { rest: { ...rest, everyMs: 1e9 } })
    rig.trade(rig.a, '0.5')
    rig.answer = [untimed('a', '0.5')]
    await rig.clock.advanceAsync(30_000)
    rig.time.observe('plain', rig.clock.now() + 400, rig.clock.now())
    rig.madeAt = rig.clock.now() - 1000
    await rig.refresher.readNow('plain', ['a'])
    expect(rowOf(rig)).toEqual({ price: '0.5', provedAt: 28_600 })
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
