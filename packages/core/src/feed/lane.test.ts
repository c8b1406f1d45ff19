import { describe, expect, test } from 'vitest'
import type { Connector, ConnectorLimits } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { type FakeSocket, FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { FeedSupervisor } from './supervisor.ts'
import { defaultBackoff } from './backoff.ts'

const tick = (price: string): string => plainFrame(plainTick('a', price))

interface Rig {
  readonly clock: FakeClock
  readonly transport: FakeTransport
  readonly feed: FeedSupervisor
  readonly prices: string[]
}

function makeFeed(limits: Partial<ConnectorLimits> = {}, more: Partial<Connector> = {}, random: () => number = () => 0.5): Rig {
  const clock = new FakeClock()
  const transport = new FakeTransport(clock)
  const connector = plainVenue({ ...more, limits: { ...plainVenue().limits, ...limits } })
  const feed = new FeedSupervisor(connector, { transport, clock, random })
  const prices: string[] = []
  feed.on('tick', ({ price }) => prices.push(price))
  feed.setSymbols(['a'])
  return { clock, transport, feed, prices }
}

const asked = (socket: FakeSocket): string[] => socket.sent.flatMap(({ what }) => readPlainRequest(what).subscribe ?? [])

/** Lets time pass while a connection, when it is open, shows a trade each second. */
function live({ clock }: Rig, socket: FakeSocket, ms: number): void {
  for (const end = clock.now() + ms; clock.now() < end;) {
    clock.advance(Math.min(1000, end - clock.now()))
    if (socket.state === 'open') socket.deliver(tick('1'))
  }
}

describe('after a cut', () => {
  test('the next address is tried, and everything is asked for again', () => {
    const { clock, transport } = makeFeed()
    transport.last.open()
    transport.last.close()
    clock.advance(250)
    transport.last.open()
    clock.advance(0)
    expect(transport.sockets.map(({ url }) => url)).toEqual(['wss://plain.test/one', 'wss://plain.test/two'])
    expect(asked(transport.last)).toEqual(['a'])
  })

  test('the waits grow while nothing succeeds, and only data makes them short again', () => {
    const { clock, transport } = makeFeed()
    const waits: number[] = []
    const failOnce = (prepare: (socket: FakeSocket) => void = () => undefined): void => {
      const socket = transport.last
      prepare(socket)
      socket.close()
      const closedAt = clock.now()
      while (transport.last === socket) clock.advance(50)
      waits.push(clock.now() - closedAt)
    }
    for (let i = 0; i < 4; i++) failOnce()
    failOnce((socket) => {
      socket.open()
      socket.deliver(plainFrame({ kind: 'alive' }, { kind: 'ack', symbol: 'a' }))
    })
    failOnce((socket) => {
      socket.open()
      socket.deliver(tick('1'))
    })
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 250])
  })

  test('what a server asks for in Retry-After is waited', () => {
    const { clock, transport } = makeFeed()
    transport.last.close(1006, 'Too Many Requests', { status: 429, retryAfterMs: 20_000 })
    clock.advance(20_249)
    expect(transport.sockets).toHaveLength(1)
    clock.advance(1)
    expect(transport.sockets).toHaveLength(2)
  })

  test('a refusal for too many connections is waited out also without Retry-After', () => {
    const { clock, transport } = makeFeed()
    transport.last.close(1006, 'Too Many Requests', { status: 429 })
    clock.advance(15_000)
    expect(transport.sockets).toHaveLength(1)
    clock.advance(250)
    expect(transport.sockets).toHaveLength(2)
  })

  test('it never gives up', () => {
    const { clock, transport } = makeFeed()
    for (let i = 0; i < 500; i++) {
      transport.last.close()
      clock.advance(defaultBackoff.capMs)
    }
    expect(transport.sockets).toHaveLength(501)
    transport.last.open()
    clock.advance(0)
    expect(asked(transport.last)).toEqual(['a'])
  })

  test('the pace of connecting is kept, whatever happens', () => {
    const { clock, transport } = makeFeed({ connects: { count: 3, perMs: 60_000 }, symbolsPerConnection: 1 }, {}, seededRandom(7))
    for (let i = 0; i < 20_000; i++) {
      if (transport.last.state === 'connecting' && i % 3 === 0) transport.last.close()
      clock.advance(50)
    }
    const times = transport.sockets.map(({ connectedAt }) => connectedAt)
    expect(times.length).toBeGreaterThan(30)
    for (const [i, at] of times.entries()) expect(at - (times[i - 3] ?? -Infinity)).toBeGreaterThanOrEqual(60_000)
  })

  test('late callbacks of an old socket do nothing', () => {
    const { clock, transport, prices } = makeFeed()
    const old = transport.last
    old.open()
    old.close()
    clock.advance(250)
    old.handlers.onFrame(tick('666'))
    old.handlers.onClose({ code: 1006, reason: 'late' })
    old.handlers.onOpen()
    clock.advance(60_000)
    expect(prices).toEqual([])
    expect(transport.sockets).toHaveLength(2)
  })
})

describe('a planned end', () => {
  const sessionMs = 600_000

  test('the next connection is opened before, and the old one serves until it brings data', () => {
    const rig = makeFeed({ sessionMs })
    const { clock, transport, prices } = rig
    const old = transport.last
    old.open()
    live(rig, old, sessionMs - 61_000)
    expect(transport.sockets).toHaveLength(1)
    live(rig, old, 1000)
    expect(transport.sockets).toHaveLength(2)
    const next = transport.last
    next.open()
    clock.advance(0)
    expect(asked(next)).toEqual(['a'])
    prices.length = 0
    old.deliver(tick('2'))
    expect(old.state).toBe('open')
    next.deliver(tick('3'))
    expect(old.state).not.toBe('open')
    old.deliver(tick('4'))
    expect(prices).toEqual(['2', '3'])
  })

  test('no cut is told, and the one after the next is planned too', () => {
    const rig = makeFeed({ sessionMs })
    const cuts: string[] = []
    rig.feed.on('cut', (_, reason) => cuts.push(reason))
    for (let round = 1; round <= 3; round++) {
      rig.transport.last.open()
      live(rig, rig.transport.last, sessionMs - 60_000)
      expect(rig.transport.sockets).toHaveLength(round + 1)
    }
    expect(cuts).toEqual([])
    expect(rig.feed.status()).toMatchObject({ state: 'ok', reconnects: 2 })
  })

  test('a quiet successor takes over after ten seconds anyway', () => {
    const rig = makeFeed({ sessionMs })
    const old = rig.transport.last
    old.open()
    live(rig, old, sessionMs - 60_000)
    const next = rig.transport.last
    next.open()
    for (let i = 0; i < 10; i++) {
      rig.clock.advance(1000)
      next.deliver(plainFrame({ kind: 'alive' }))
      old.deliver(tick('1'))
    }
    expect(old.state).not.toBe('open')
    expect(next.state).toBe('open')
  })

  test('when the old one is cut first, the successor takes over without a pause', () => {
    const rig = makeFeed({ sessionMs })
    const old = rig.transport.last
    old.open()
    live(rig, old, sessionMs - 60_000)
    const next = rig.transport.last
    next.open()
    old.close(1001, 'bye')
    next.deliver(tick('5'))
    expect(rig.prices.at(-1)).toBe('5')
    expect(rig.feed.status()).toMatchObject({ state: 'ok' })
    expect(rig.transport.sockets).toHaveLength(2)
  })

  test('a successor that fails leaves the old one alone', () => {
    const rig = makeFeed({ sessionMs })
    const old = rig.transport.last
    old.open()
    live(rig, old, sessionMs - 60_000)
    rig.transport.last.close(1006, '', { status: 503 })
    old.deliver(tick('6'))
    expect(rig.prices.at(-1)).toBe('6')
    expect(rig.feed.status().state).toBe('ok')
  })

  test('a successor that fails is tried again before the venue cuts', () => {
    const rig = makeFeed({ sessionMs })
    const old = rig.transport.last
    old.open()
    live(rig, old, sessionMs - 60_000)
    rig.transport.last.close(1006, '', { status: 503 })
    live(rig, old, 50_000)
    expect(rig.transport.sockets.length).toBeGreaterThan(2)
  })

  test('a successor whose one request is refused asks for each symbol by itself, and the old one is left alone', () => {
    const rig = makeFeed()
    rig.feed.setSymbols(['a', 'b'])
    const old = rig.transport.last
    old.open()
    old.deliver(plainFrame({ kind: 'goingAway', inMs: 30_000 }))
    const next = rig.transport.last
    next.open()
    rig.clock.advance(0)
    for (const socket of [old, next]) socket.takeSent()
    next.deliver(plainFrame({ kind: 'reject', request: 1, reason: 'one of them is unknown' }))
    rig.clock.advance(1000)
    expect([old, next].map((socket) => socket.takeSent().flatMap((frame) => readPlainRequest(frame).subscribe ?? []))).toEqual([[], ['a', 'b']])
    next.deliver(plainFrame(plainTick('b', '2')), plainFrame({ kind: 'reject', symbol: 'a', reason: 'unknown' }))
    expect([old.state, next.state, rig.feed.symbolState('a'), rig.feed.symbolState('b')]).toEqual(['closing', 'open', 'rejected', 'live'])
  })

  test('an announced cut opens the next connection at once', () => {
    const rig = makeFeed()
    rig.transport.last.open()
    rig.transport.last.deliver(plainFrame({ kind: 'goingAway', inMs: 30_000 }))
    expect(rig.transport.sockets).toHaveLength(2)
    expect(rig.transport.sockets[0]?.state).toBe('open')
  })

  test('symbols that change during the overlap change on both connections', () => {
    const rig = makeFeed()
    rig.transport.last.open()
    rig.transport.last.deliver(plainFrame({ kind: 'goingAway', inMs: 30_000 }))
    rig.transport.last.open()
    rig.clock.advance(0)
    for (const socket of rig.transport.sockets) socket.takeSent()
    rig.feed.setSymbols(['a', 'b'])
    expect(rig.transport.sockets.map((socket) => socket.takeSent().flatMap((frame) => readPlainRequest(frame).subscribe))).toEqual([['b'], ['b']])
  })
})
