import { describe, expect, test } from 'vitest'
import type { Connector, ConnectorLimits } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { type FakeSocket, FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { FeedSupervisor } from './supervisor.ts'

const alive = plainFrame({ kind: 'alive' })

/** A feed of the plain venue; chance is always one half. */
class Rig {
  readonly clock = new FakeClock()
  readonly transport = new FakeTransport(this.clock)
  readonly log: string[] = []
  readonly feed: FeedSupervisor

  constructor(symbols: readonly string[], limits: Partial<ConnectorLimits> = {}, more: Partial<Connector> = {}) {
    const connector = plainVenue({ ...more, limits: { ...plainVenue().limits, ...limits } })
    this.feed = new FeedSupervisor(connector, { transport: this.transport, clock: this.clock, random: () => 0.5 })
    this.feed.on('tick', ({ symbol, price }) => this.log.push(`tick ${symbol} ${price}`))
    this.feed.on('open', (opened) => this.log.push(`open ${opened.join('')}`))
    this.feed.on('cut', (lost, reason, retryInMs) => this.log.push(`cut ${lost.join('')} ${reason}, again in ${retryInMs}`))
    this.feed.on('reject', (symbol, reason) => this.log.push(`reject ${symbol} ${reason}`))
    this.feed.on('trouble', (reason) => this.log.push(`trouble ${reason}`))
    this.feed.setSymbols(symbols)
  }

  /** Opens what connects and lets the first requests go out. */
  open(): this {
    for (const socket of this.transport.sockets) if (socket.state === 'connecting') socket.open()
    this.clock.advance(0)
    return this
  }

  /** Lets time pass with a sign of life each second on every open connection. */
  live(ms: number): void {
    for (const end = this.clock.now() + ms; this.clock.now() < end;) {
      this.clock.advance(Math.min(1000, end - this.clock.now()))
      for (const socket of this.transport.sockets) if (socket.state === 'open') socket.deliver(alive)
    }
  }

  asks(socket: FakeSocket = this.transport.last): string[] {
    return socket.takeSent().map((frame) => {
      const { subscribe, unsubscribe } = readPlainRequest(frame)
      return `${subscribe === undefined ? '-' : '+'}${(subscribe ?? unsubscribe ?? []).join('')}`
    })
  }

  takeLog(): string[] {
    return this.log.splice(0)
  }
}

describe('live changes of symbols', () => {
  test('only the difference is sent, on the same connection', () => {
    const rig = new Rig(['a', 'b', 'c']).open()
    expect(rig.asks()).toEqual(['+abc'])
    rig.feed.setSymbols(['c', 'b', 'd'])
    expect(rig.asks()).toEqual(['-a', '+d'])
    rig.feed.setSymbols(['d', 'c', 'b'])
    expect(rig.asks()).toEqual([])
    expect(rig.transport.outgoing.connects).toBe(1)
  })

  test('more symbols than a connection takes open another, a place that gets free is used, an empty connection is closed', () => {
    const rig = new Rig([...'abcde'], { symbolsPerConnection: 2 }).open()
    const asksOfAll = (): string[][] => rig.transport.sockets.map((socket) => rig.asks(socket))
    expect(asksOfAll()).toEqual([['+ab'], ['+cd'], ['+e']])
    rig.feed.setSymbols([...'abcef'])
    expect(asksOfAll()).toEqual([[], ['-d', '+f'], []])
    rig.feed.setSymbols([...'abe'])
    expect(rig.transport.sockets.map(({ state }) => state)).toEqual(['open', 'closing', 'open'])
    rig.feed.setSymbols([...'abeg'])
    expect(asksOfAll().map((asks) => asks.filter((ask) => ask.startsWith('+')))).toEqual([[], [], ['+g']])
  })

  test('a symbol removed while nothing is connected is not asked for afterwards', () => {
    const rig = new Rig(['a', 'b'])
    rig.feed.setSymbols(['b', 'c'])
    rig.open()
    expect(rig.asks()).toEqual(['+b', '+c'])
  })

  test('stopping closes everything, is quiet, leaves no timer, and the feed may start again', () => {
    const rig = new Rig(['a', 'b'], { symbolsPerConnection: 1 }).open()
    rig.takeLog()
    rig.feed.stop()
    rig.clock.advance(60_000)
    expect(rig.log).toEqual([])
    expect(rig.clock.pending).toBe(0)
    expect(rig.transport.alive).toEqual([])
    rig.feed.setSymbols(['a'])
    rig.open()
    expect(rig.asks()).toEqual(['+a'])
  })
})

describe('rejects', () => {
  test('a refused symbol leaves the others subscribed, and the refused one is told', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.takeLog()
    rig.asks()
    rig.transport.last.deliver(plainFrame({ kind: 'reject', symbol: 'a', reason: 'unknown' }))
    expect(rig.takeLog()).toEqual(['reject a unknown'])
    expect(rig.asks()).toEqual([])
    expect([rig.feed.symbolState('a'), rig.feed.symbolReason('a'), rig.feed.symbolState('b')]).toEqual(['rejected', 'unknown', 'pending'])
    expect(rig.feed.status()).toMatchObject({ state: 'degraded', why: 'refused by the venue: a' })
  })

  test('a refused request of several symbols is taken apart, so that only the bad one is refused', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.asks()
    rig.transport.last.deliver(plainFrame({ kind: 'reject', request: 1, reason: 'bad' }))
    expect(rig.asks()).toEqual(['-a', '+a', '-b', '+b'])
    rig.transport.last.deliver(plainFrame({ kind: 'reject', request: 3, reason: 'bad' }, { kind: 'ack', request: 5 }))
    expect([rig.feed.symbolState('a'), rig.feed.symbolState('b')]).toEqual(['rejected', 'pending'])
  })

  test('a refused symbol is tried again slowly, alone', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.transport.last.deliver(plainFrame(plainTick('b', '1'), { kind: 'reject', symbol: 'a', reason: 'unknown' }))
    rig.asks()
    rig.live(220_000)
    expect(rig.asks()).toEqual([])
    rig.live(10_000)
    expect(rig.asks()).toEqual(['+a'])
    expect(rig.feed.symbolState('a')).toBe('pending')
    rig.transport.last.deliver(plainFrame(plainTick('a', '1')))
    expect(rig.feed.status()).toMatchObject({ state: 'ok', why: '' })
  })

  test('with its only symbol refused a connection is given up, and opened again for the next try', () => {
    const rig = new Rig(['a']).open()
    rig.transport.last.deliver(plainFrame({ kind: 'reject', symbol: 'a', reason: 'unknown' }))
    expect(rig.transport.alive).toEqual([])
    rig.clock.advance(230_000)
    expect(rig.transport.alive).toHaveLength(1)
  })

  test('a refusal of a symbol that nobody wants means nothing', () => {
    const rig = new Rig(['a']).open()
    rig.takeLog()
    rig.transport.last.deliver(plainFrame({ kind: 'reject', symbol: 'z', reason: 'unknown' }))
    expect(rig.takeLog()).toEqual([])
  })
})

describe('mute symbols', () => {
  test('are asked for again on the same socket, while the others are left alone', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.transport.last.deliver(plainFrame({ kind: 'ack', symbol: 'a' }, { kind: 'ack', symbol: 'b' }, plainTick('b', '1')))
    rig.asks()
    rig.live(59_000)
    expect(rig.asks()).toEqual([])
    rig.live(6000)
    expect(rig.asks()).toEqual(['-a', '+a'])
    expect(rig.transport.outgoing.connects).toBe(1)
  })

  test('without ack they are asked for again sooner', () => {
    const rig = new Rig(['a']).open()
    rig.asks()
    rig.live(15_000)
    expect(rig.asks()).toEqual(['-a', '+a'])
  })

  test('a quote without a trade time is told, but makes no symbol live', () => {
    const rig = new Rig(['a']).open()
    rig.transport.last.deliver(plainFrame(plainTick('a', '1', { at: undefined })))
    expect(rig.takeLog()).toContain('tick a 1')
    expect(rig.feed.symbolState('a')).toBe('pending')
  })
})

describe('how the feed stands', () => {
  test('down without a connection, degraded with some, ok with all', () => {
    const rig = new Rig(['a', 'b'], { symbolsPerConnection: 1 })
    expect(rig.feed.status()).toMatchObject({ state: 'down', why: 'connecting', lastFrameAt: 0 })
    rig.open()
    expect(rig.feed.status().state).toBe('ok')
    rig.transport.sockets[0]?.close(1006, 'gone')
    expect(rig.feed.status()).toMatchObject({ state: 'degraded', why: '1 of 2 connections down: closed with 1006: gone', reconnects: 1 })
    rig.transport.sockets[1]?.close(1006, 'gone')
    expect(rig.feed.status().state).toBe('down')
  })

  test('knows when the last frame came, also after that connection is gone', () => {
    const rig = new Rig(['a']).open()
    rig.live(3000)
    const at = rig.clock.now()
    rig.transport.last.close()
    rig.clock.advance(60_000)
    expect(rig.feed.status().lastFrameAt).toBe(at)
  })

  test('tells which symbols are cut, why, and when they are tried again', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.takeLog()
    rig.transport.last.close(1012, 'restart')
    rig.clock.advance(250)
    rig.open()
    expect(rig.takeLog()).toEqual(['cut ab closed with 1012: restart, again in 250', 'open ab'])
  })
})
