import { describe, expect, test } from 'vitest'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { type FakeSocket, FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { FeedSupervisor } from './supervisor.ts'

const why = 'stream silent, prices by REST'

/** A venue that acks whatever is asked for and brings no trade of its own accord. */
class Rig {
  readonly clock = new FakeClock()
  readonly transport = new FakeTransport(this.clock)
  readonly log: string[] = []
  readonly feed = new FeedSupervisor(plainVenue(), { transport: this.transport, clock: this.clock, random: () => 0.5 })
  readonly #symbols: readonly string[]

  constructor(symbols: readonly string[]) {
    this.#symbols = symbols
    this.feed.on('tick', ({ symbol, price }) => this.log.push(`tick ${symbol} ${price}`))
    this.feed.on('open', (opened) => this.log.push(`open ${opened.join('')}`))
    this.feed.on('cut', (lost, reason) => this.log.push(`cut ${lost.join('')} ${reason}`))
    this.feed.on('silent', (symbol, isReplaced) => this.log.push(`silent ${symbol}${isReplaced ? ', replaced' : ''}`))
    this.feed.setSymbols(symbols)
  }

  open(): this {
    for (const socket of this.transport.sockets) if (socket.state === 'connecting') socket.open()
    this.clock.advance(0)
    return this
  }

  /** Lets time pass; some symbols trade each second. */
  live(ms: number, lively: readonly string[] = []): void {
    const acks = this.#symbols.map((symbol) => ({ kind: 'ack', symbol }) as const)
    for (const end = this.clock.now() + ms; this.clock.now() < end;) {
      this.clock.advance(Math.min(1000, end - this.clock.now()))
      const frame = plainFrame(...acks, ...lively.map((symbol) => plainTick(symbol, '1')))
      for (const socket of this.transport.sockets) if (socket.state === 'open') socket.deliver(frame)
    }
  }

  /** As REST reads a venue: every 20 s it shows a trade that the stream did not, made since the reading before. */
  reportEvery20s(symbol: string, times: number, lively: readonly string[] = []): void {
    for (let i = 0; i < times; i++) {
      const before = this.clock.now()
      this.live(20_000, lively)
      this.feed.reportSilent(symbol, before)
    }
  }

  asks(socket: FakeSocket = this.transport.last): string[] {
    return socket.takeSent().map((frame) => {
      const { subscribe, unsubscribe } = readPlainRequest(frame)
      return `${subscribe === undefined ? '-' : '+'}${(subscribe ?? unsubscribe ?? []).join('')}`
    })
  }

  /** Requests to subscribe anew since this was last asked, on all connections. */
  get askedAgain(): number {
    return this.transport.sockets.flatMap((socket) => this.asks(socket)).filter((ask) => ask.startsWith('-')).length
  }
}

describe('a silent stream', () => {
  test('is asked for again twice, then another connection takes over, with overlap', () => {
    const rig = new Rig(['a']).open()
    const [deaf] = rig.transport.sockets
    rig.asks()
    rig.reportEvery20s('a', 2)
    expect([rig.askedAgain, rig.transport.sockets.length]).toEqual([2, 1])
    rig.reportEvery20s('a', 1)
    expect([rig.askedAgain, rig.transport.sockets.map(({ state }) => state)]).toEqual([0, ['open', 'connecting']])
    rig.open()
    expect(rig.asks()).toEqual(['+a'])
    expect(deaf?.state).toBe('open')
    rig.transport.last.deliver(plainFrame(plainTick('a', '1')))
    expect(deaf?.state).not.toBe('open')
    expect(rig.log).toEqual(['open a', 'silent a', 'silent a', 'silent a, replaced', 'tick a 1'])
  })

  test('says so until it brings a trade; a snapshot is none', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.transport.last.deliver(plainFrame(plainTick('a', '1'), plainTick('b', '1')))
    expect([rig.feed.status().why, rig.feed.symbolReason('a')]).toEqual(['', ''])
    rig.reportEvery20s('a', 1)
    expect(rig.feed.status()).toMatchObject({ state: 'degraded', why: `${why}: a` })
    expect([rig.feed.symbolReason('a'), rig.feed.symbolReason('b')]).toEqual([why, ''])
    rig.transport.last.deliver(plainFrame(plainTick('a', '2', { backfill: true })))
    expect(rig.feed.status().why).toBe(`${why}: a`)
    rig.reportEvery20s('b', 1)
    expect(rig.feed.status().why).toBe(why)
    rig.transport.last.deliver(plainFrame(plainTick('a', '2'), plainTick('b', '2')))
    expect(rig.feed.status()).toMatchObject({ state: 'ok', why: '' })
    expect(rig.feed.symbolReason('a')).toBe('')
  })

  test('that answers each request with a snapshot is replaced all the same', () => {
    const rig = new Rig(['a']).open()
    for (let i = 0; i < 3; i++) {
      rig.reportEvery20s('a', 1)
      rig.transport.sockets[0]?.deliver(plainFrame({ kind: 'ack', symbol: 'a' }, plainTick('a', String(i + 1), { backfill: true })))
    }
    expect(rig.transport.sockets).toHaveLength(2)
  })

  test('of one symbol beside lively ones does not cost them their connection within 3 minutes', () => {
    const rig = new Rig(['a', 'b']).open()
    rig.reportEvery20s('a', 9, ['b'])
    expect([rig.askedAgain, rig.transport.sockets.length]).toEqual([2, 1])
    rig.reportEvery20s('a', 1, ['b'])
    expect(rig.transport.sockets).toHaveLength(2)
  })

  test('is replaced ever more rarely while that is in vain, with two more requests on each connection', () => {
    const rig = new Rig(['a']).open()
    const connectedAfter: number[] = []
    for (let readings = 1; readings <= 80; readings++) {
      const before = rig.transport.sockets.length
      rig.reportEvery20s('a', 1)
      if (rig.transport.sockets.length > before) connectedAfter.push(readings)
      rig.open()
    }
    const pauses = connectedAfter.map((readings, i) => readings - (connectedAfter[i - 1] ?? 0))
    expect(pauses).toEqual([3, 5, 9, 17, 33])
    expect(rig.askedAgain).toBe(2 * 6)
    expect(rig.feed.status().why).toBe(why)
  })

  test('a trade from before the subscription need not be in it', () => {
    const rig = new Rig(['a']).open()
    const subscribedAt = rig.clock.now()
    rig.asks()
    rig.live(20_000)
    rig.feed.reportSilent('a', subscribedAt - 1)
    expect([rig.asks(), rig.feed.status().why]).toEqual([[], ''])
    rig.feed.reportSilent('a', subscribedAt)
    expect(rig.asks()).toEqual(['-a', '+a'])
  })

  test('has ten seconds to answer a request', () => {
    const rig = new Rig(['a']).open()
    rig.asks()
    const since = rig.clock.now()
    rig.live(9999)
    rig.feed.reportSilent('a', since)
    expect(rig.asks()).toEqual([])
    rig.live(1)
    rig.feed.reportSilent('a', since)
    rig.feed.reportSilent('a', since)
    expect(rig.asks()).toEqual(['-a', '+a'])
  })

  test('is nothing to a symbol that is not on a connection, or on none that is open', () => {
    const rig = new Rig(['a']).open()
    rig.feed.reportSilent('z', 0)
    rig.transport.last.close()
    rig.live(20_000)
    rig.feed.reportSilent('a', rig.clock.now())
    expect(rig.feed.symbolReason('a')).toBe('')
  })
})
