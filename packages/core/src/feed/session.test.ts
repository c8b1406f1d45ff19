import { describe, expect, test } from 'vitest'
import type { Connector, FeedEvent, Frame } from '../connector.ts'
import type { SocketClose } from '../transport.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { type FakeSocket, FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { Pacer } from './pacer.ts'
import { Session } from './session.ts'

interface Rig {
  readonly clock: FakeClock
  readonly session: Session
  readonly socket: FakeSocket
  /** What the session told, in words. */
  readonly log: string[]
  readonly start: number
}

function makeSession(overrides: Partial<Connector> = {}, symbols: readonly string[] = ['a', 'b']): Rig {
  const clock = new FakeClock()
  const start = clock.now()
  const transport = new FakeTransport(clock)
  const connector = plainVenue(overrides)
  const log: string[] = []
  const session = new Session(
    'wss://plain.test',
    symbols,
    { connector, transport, clock, framePacer: new Pacer(connector.limits.frames), utcNow: () => clock.now() + 7 },
    {
      onOpen: () => log.push('open'),
      onTick: ({ symbol, price, backfill }, receivedAt, askedAt) =>
        log.push(`tick ${symbol} ${price}${backfill ? '*' : ''} at ${receivedAt - start}${askedAt === undefined ? '' : ` asked ${askedAt - start}`}`),
      onAck: (symbol) => log.push(`ack ${symbol}`),
      onReject: (symbol, reason, alone) => log.push(`reject ${symbol} ${alone ? 'alone ' : ''}${reason}`),
      onTrouble: (reason) => log.push(`trouble ${reason}`),
      onGoingAway: (inMs) => log.push(`going in ${inMs}`),
      onEnd: ({ reason, status, retryAfterMs }) =>
        log.push(`end ${reason}${status === undefined ? '' : ` ${status}`}${retryAfterMs === undefined ? '' : ` after ${retryAfterMs}`}`),
    },
  )
  return { clock, session, socket: transport.last, log, start }
}

function makeOpen(overrides: Partial<Connector> = {}, symbols?: readonly string[]): Rig {
  const rig = makeSession(overrides, symbols)
  rig.socket.open()
  rig.clock.advance(0)
  rig.log.length = 0
  return rig
}

const asks = (socket: FakeSocket): string[] =>
  socket.takeSent().map((frame: Frame) => {
    const { subscribe, unsubscribe, id } = readPlainRequest(frame)
    return `${subscribe === undefined ? '-' : '+'}${(subscribe ?? unsubscribe ?? []).join('')}#${id}`
  })

describe('subscribing', () => {
  test('happens once the socket is open', () => {
    const { clock, socket, log } = makeSession()
    clock.advance(60_000)
    expect(asks(socket)).toEqual([])
    socket.open()
    clock.advance(0)
    expect(asks(socket)).toEqual(['+ab#1'])
    expect(log).toEqual(['open'])
  })

  test('changes send only the difference', () => {
    const { session, socket } = makeOpen()
    asks(socket)
    session.subscribe(['c'])
    session.unsubscribe(['a'])
    expect(asks(socket)).toEqual(['+c#2', '-a#3'])
  })

  test('asking again goes one symbol a request', () => {
    const { session, socket } = makeOpen()
    asks(socket)
    session.resubscribe(['a', 'b'])
    expect(asks(socket)).toEqual(['-a#2', '+a#3', '-b#4', '+b#5'])
  })

  test('what shows a trade before its turn is not asked for again; what has been let go is', () => {
    const { session, socket, clock } = makeOpen({ limits: { ...plainVenue().limits, frames: { count: 2, perMs: 1000 } } })
    asks(socket)
    session.resubscribe(['a', 'b'])
    expect(asks(socket)).toEqual(['-a#2'])
    socket.deliver(plainFrame(plainTick('a', '1'), plainTick('b', '2')))
    clock.advance(1000)
    expect(asks(socket)).toEqual(['+a#3'])
    session.resubscribe(['b'])
    socket.deliver(plainFrame(plainTick('b', '3', { backfill: true })))
    clock.advance(1000)
    expect(asks(socket)).toEqual(['-b#4', '+b#5'])
  })

  test('what the venue refuses by itself before its turn is not asked for again; what it refuses beside others is', () => {
    const { session, socket, clock } = makeOpen({ limits: { ...plainVenue().limits, frames: { count: 1, perMs: 1000 } } })
    asks(socket)
    session.resubscribe(['a', 'b'])
    socket.deliver(plainFrame({ kind: 'reject', request: 1, reason: 'no' }))
    socket.deliver(plainFrame({ kind: 'reject', symbol: 'a', reason: 'unknown' }))
    clock.advance(10_000)
    expect(asks(socket)).toEqual(['-b#2', '+b#3'])
  })
})

describe('events', () => {
  test('a live trade proves its own time, a snapshot and an untimed price the time they were asked for', () => {
    const { clock, socket, log } = makeOpen()
    clock.advance(700)
    socket.deliver(
      plainFrame(
        plainTick('a', '1'),
        plainTick('a', '2', { backfill: true }),
        plainTick('b', '3', { at: undefined }),
        plainTick('z', '4', { backfill: true }),
      ),
    )
    expect(log).toEqual(['tick a 1 at 700', 'tick a 2* at 700 asked 0', 'tick b 3 at 700 asked 0', 'tick z 4* at 700'])
  })

  test('acks and rejects may name a symbol or the request', () => {
    const { session, socket, log } = makeOpen()
    session.subscribe(['c'])
    socket.deliver(plainFrame({ kind: 'ack', symbol: 'a' }, { kind: 'ack', request: 1 }, { kind: 'ack', request: 99 }, { kind: 'ack' }))
    socket.deliver(
      plainFrame(
        { kind: 'reject', symbol: 'b', reason: 'no' },
        { kind: 'reject', request: 1, reason: 'no' },
        { kind: 'reject', request: 2, reason: 'no' },
      ),
    )
    expect(log).toEqual(['ack a', 'ack a', 'ack b', 'reject b alone no', 'reject a no', 'reject b no', 'reject c alone no'])
  })

  test('a request is refused once, however often the venue says so', () => {
    const { session, socket, log } = makeOpen()
    const refusal = plainFrame({ kind: 'reject', request: 1, reason: 'no' })
    socket.deliver(refusal, refusal)
    expect(log).toEqual(['reject a no', 'reject b no', 'trouble no'])
    log.length = 0
    session.subscribe(['c'])
    socket.deliver(plainFrame({ kind: 'reject', symbol: 'c', reason: 'no' }), plainFrame({ kind: 'ack', request: 2 }))
    expect(log).toEqual(['reject c alone no', 'ack c'])
  })

  test('a reject of nothing in particular is trouble', () => {
    const { socket, log } = makeOpen()
    socket.deliver(plainFrame({ kind: 'reject', reason: 'bad request' }, { kind: 'reject', request: 99, reason: 'unknown' }))
    expect(log).toEqual(['trouble bad request', 'trouble unknown'])
    expect(socket.state).toBe('open')
  })

  test('a reply goes out at once, also while requests wait for their pace', () => {
    const { limits } = plainVenue()
    const { session, socket } = makeOpen({ limits: { ...limits, frames: { count: 1, perMs: 60_000 } } })
    session.subscribe(['c'])
    socket.takeSent()
    socket.deliver(plainFrame({ kind: 'reply', frame: 'pong' }))
    expect(socket.takeSent()).toEqual(['pong'])
  })

  test('fail ends the connection, and nothing of the frame behind it counts', () => {
    const { clock, socket, log } = makeOpen()
    socket.deliver(plainFrame({ kind: 'fail', reason: 'maintenance' }, plainTick('a', '1')))
    expect(log).toEqual(['end maintenance'])
    socket.deliver(plainFrame(plainTick('a', '2')))
    clock.advance(60_000)
    expect(log).toEqual(['end maintenance'])
    expect(socket.state).toBe('closed')
  })

  test('a planned cut is told', () => {
    const { socket, log } = makeOpen()
    socket.deliver(plainFrame({ kind: 'goingAway', inMs: 60_000 }))
    expect(log).toEqual(['going in 60000'])
  })

  test('a decoder that throws is trouble, not the end', () => {
    const { socket, log } = makeOpen()
    socket.deliver('no json')
    socket.deliver(plainFrame(plainTick('a', '1')))
    expect(log[0]).toMatch(/^trouble decode threw: SyntaxError/)
    expect(log[1]).toBe('tick a 1 at 0')
  })

  test('a trade time that is none counts as absent, and is trouble once', () => {
    const decode = (): FeedEvent[] => [plainTick('a', '1', { at: Number.NaN }), plainTick('b', '2')]
    const { socket, log } = makeOpen({ decode })
    socket.deliver('')
    socket.deliver('')
    const ticks = ['tick a 1 at 0 asked 0', 'tick b 2 at 0']
    expect(log).toEqual(['trouble decode gave a trade time or id that is none; it counts as absent', ...ticks, ...ticks])
  })

  test('a decoder that gives no events is trouble', () => {
    const { socket, log } = makeOpen({ decode: () => [null] as unknown as FeedEvent[] })
    socket.deliver('')
    expect(log).toEqual([expect.stringMatching(/^trouble decode threw: TypeError/)])
  })

  test('the first frame of a symbol is a snapshot where the venue does not say so, also when it was asked for anew', () => {
    const { session, socket, log } = makeOpen({ backfill: 'first-frame' })
    socket.deliver(plainFrame(plainTick('a', '1')), plainFrame(plainTick('a', '2')))
    session.resubscribe(['a'])
    socket.deliver(plainFrame(plainTick('a', '3')), plainFrame(plainTick('a', '4')))
    expect(log).toEqual(['tick a 1* at 0 asked 0', 'tick a 2 at 0', 'tick a 3* at 0 asked 0', 'tick a 4 at 0'])
  })
})

describe('the end', () => {
  test.each<[string, boolean, [number, string, Pick<SocketClose, 'status' | 'retryAfterMs'>?], string]>([
    ['a cut', true, [1006, ''], 'end closed with 1006'],
    ['a close with a reason', true, [1012, 'restart'], 'end closed with 1012: restart'],
    ['no connection at all', false, [1006, 'ECONNREFUSED'], 'end could not connect: ECONNREFUSED'],
    [
      'a refused upgrade',
      false,
      [1006, 'Too Many Requests', { status: 429, retryAfterMs: 7000 }],
      'end refused with HTTP 429: Too Many Requests 429 after 7000',
    ],
  ])('%s is told once, with its reason', (_, opened, close, expected) => {
    const { clock, socket, log } = opened ? makeOpen() : makeSession()
    socket.close(...close)
    socket.handlers.onClose({ code: 1000, reason: 'again' })
    socket.handlers.onFrame(plainFrame(plainTick('a', '1')))
    clock.advance(600_000)
    expect(log).toEqual([expected])
    expect(clock.pending).toBe(0)
  })

  test('silence ends it and the socket is torn down', () => {
    const { clock, socket, log } = makeOpen()
    clock.advance(5000)
    expect(log).toEqual(['end silent for 5000 ms'])
    expect(socket.state).not.toBe('open')
  })

  test('stopping is quiet and leaves no timer', () => {
    const { clock, session, socket, log } = makeOpen()
    session.stop()
    session.stop()
    clock.advance(60_000)
    socket.handlers.onFrame(plainFrame(plainTick('a', '1')))
    expect(log).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('an old socket that opens late does nothing', () => {
    const { clock, session, socket, log } = makeSession()
    session.stop()
    socket.handlers.onOpen()
    clock.advance(60_000)
    expect(log).toEqual([])
    expect(session.opened).toBe(false)
    expect(socket.sent).toEqual([])
  })
})

test('pings go out with ids of their own and the time at the venue', () => {
  const { clock, socket } = makeOpen({
    heartbeat: { silenceMs: 60_000, ping: { everyMs: 1000, frame: ({ id, now }) => JSON.stringify({ id, now }) } },
  })
  socket.takeSent()
  clock.advance(2000)
  expect(socket.takeSent()).toEqual([`{"id":2,"now":${clock.now() - 993}}`, `{"id":3,"now":${clock.now() + 7}}`])
})
