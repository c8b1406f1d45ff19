import { beforeEach, describe, expect, test } from 'vitest'
import type { Frame } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import type { Socket, SocketClose } from '../transport.ts'
import { findFault } from './fault/fault-table.ts'
import { plainExchange, plainSimulator } from './run/plain-simulator.ts'
import { simulatedTransport } from './transport.ts'
import { SimulatedVenue } from './venue.ts'

const url = plainExchange.urls[0] ?? ''

let clock: FakeClock
let venue: SimulatedVenue

beforeEach(() => {
  clock = new FakeClock()
  venue = new SimulatedVenue({ dialect: plainSimulator, symbols: ['A', 'B'], halted: ['H'], clock, seed: 3 })
})

interface Message {
  readonly kind: string
  readonly [field: string]: unknown
}

function connect(answersBeats = true) {
  const messages: Message[] = []
  const frames: Frame[] = []
  const closes: SocketClose[] = []
  const socket: Socket = simulatedTransport([venue], clock).connect(url, {
    onOpen: () => undefined,
    onFrame(frame) {
      frames.push(frame)
      const message = parse(frame)
      messages.push(message)
      if (answersBeats && message.kind === 'beat') socket.send(JSON.stringify({ op: 'beat', id: message.id }))
    },
    onClose: (close) => closes.push(close),
  })
  clock.advance(100)
  const ask = (op: string, ...symbols: string[]): void => {
    socket.send(JSON.stringify({ op, symbols, id: 9 }))
    clock.advance(100)
  }
  return { socket, messages, frames, closes, ask, kinds: () => messages.map(({ kind }) => kind) }
}

function parse(frame: Frame): Message {
  try {
    return JSON.parse(String(frame)) as Message
  } catch {
    return { kind: 'broken' }
  }
}

describe('a simulated venue', () => {
  test('greets, acknowledges, gives a snapshot, and tells trades of what is held only', () => {
    const client = connect()
    client.ask('subscribe', 'A')
    expect(client.kinds()).toEqual(['hello', 'ack', 'snapshot'])
    venue.market.trade('A')
    venue.market.trade('B')
    clock.advance(100)
    expect(client.messages.slice(3)).toEqual([
      { kind: 'trades', sequence: 3, trades: [expect.objectContaining({ symbol: 'A', price: venue.market.lastTrade('A')?.price })] },
    ])
    client.ask('unsubscribe', 'A')
    venue.market.trade('A')
    clock.advance(100)
    expect(client.kinds().slice(4)).toEqual(['ack'])
  })

  test('refuses unknown symbols alone, and grants halted ones', () => {
    const client = connect()
    client.ask('subscribe', 'A', 'X', 'H')
    expect(client.messages.filter(({ kind }) => kind === 'reject').map(({ symbol }) => symbol)).toEqual(['X'])
    expect(client.messages.filter(({ kind }) => kind === 'ack').map(({ symbols }) => symbols)).toEqual([['A', 'H']])
  })

  test('answers pings, and cuts who does not answer its heartbeat', () => {
    const client = connect()
    client.socket.send(JSON.stringify({ op: 'ping', id: 4 }))
    client.ask('subscribe', 'A')
    expect(client.messages).toContainEqual({ kind: 'pong', id: 4 })
    clock.advance(60_000)
    expect(client.closes).toEqual([])
    const rude = connect(false)
    rude.ask('subscribe', 'A')
    clock.advance(4500)
    expect(rude.closes).toEqual([{ code: 1008, reason: 'no answer to a heartbeat' }])
  })

  test('cuts who has not subscribed in time', () => {
    const client = connect()
    clock.advance(4800)
    expect(client.closes).toEqual([])
    clock.advance(200)
    expect(client.closes).toEqual([{ code: 1008, reason: 'no subscription' }])
  })

  test('counts connections, frames and requests with their times', async () => {
    const client = connect()
    client.ask('subscribe', 'A')
    const asked = simulatedTransport([venue], clock).request({ url: 'https://rest.plain-exchange.test/prices?all=1' })
    await clock.advanceAsync(100)
    expect(await asked).toMatchObject({ status: 200 })
    const { connects, frames, restRequests } = venue.log
    expect([connects.length, frames.length, restRequests.length]).toEqual([1, 1, 1])
    expect(frames[0]).toMatchObject({ ageMs: 100, requests: [{ kind: 'subscribe', symbols: ['A'], id: 9 }] })
  })

  test.each([
    ['ack-lost', ['hello', 'snapshot', 'snapshot'], 2],
    ['ack-duplicate', ['hello', 'ack', 'ack', 'snapshot', 'snapshot'], 2],
    ['ack-partial', ['hello', 'ack', 'snapshot'], 1],
    ['ack-error', ['hello', 'reject', 'reject'], 0],
    ['no-subscribe-cut', ['hello'], 0],
    ['accept-then-silence', [], 2],
    ['mute', [], 2],
    ['deaf-again', ['hello', 'ack', 'snapshot', 'snapshot'], 2],
  ])('%s: what a subscription is answered, and how many symbols are held', (fault, kinds, held) => {
    venue.setFault(findFault(fault))
    const client = connect()
    client.ask('subscribe', 'A', 'B')
    expect(client.kinds()).toEqual(kinds)
    expect(venue.connections[0]?.held.size).toBe(held)
  })

  test('mute: heartbeats and pongs still come', () => {
    venue.setFault(findFault('mute'))
    const client = connect()
    client.ask('subscribe', 'A')
    client.ask('ping')
    venue.market.trade('A')
    clock.advance(2000)
    expect(new Set(client.kinds())).toEqual(new Set(['pong', 'beat']))
  })

  test('symbol-mute: only the first symbol is missing', () => {
    venue.setFault(findFault('symbol-mute'))
    const client = connect()
    client.ask('subscribe', 'A', 'B')
    venue.market.trade('A')
    venue.market.trade('B')
    clock.advance(100)
    expect(client.messages.filter(({ kind }) => kind === 'trades')).toHaveLength(1)
  })

  test('deaf: connections that are open get no trades any more, also after the fault; new ones do', () => {
    const open = connect()
    open.ask('subscribe', 'A')
    venue.setFault(findFault('deaf'), 10_000)
    clock.advance(20_000)
    const opened = connect()
    opened.ask('subscribe', 'A')
    open.ask('subscribe', 'A')
    venue.market.trade('A')
    clock.advance(100)
    expect([open.kinds().includes('trades'), opened.kinds().includes('trades')]).toEqual([false, true])
    expect(open.kinds().filter((kind) => kind === 'snapshot')).toHaveLength(2)
  })

  test('a symbol that is asked for anew after an answer is noted, unless one of its trades was not sent', () => {
    const client = connect()
    client.ask('subscribe', 'A', 'B')
    clock.advance(51)
    client.ask('subscribe', 'B')
    expect(venue.log.needlessRequests).toEqual([expect.stringMatching(/^B at \d+$/)])
    venue.market.trade('A')
    venue.setFault(findFault('mute'))
    venue.market.trade('A')
    clock.advance(51)
    client.ask('subscribe', 'A')
    expect(venue.log.needlessRequests).toHaveLength(1)
  })

  test('crossed-book: each trade is followed by a quote with its bid above its ask, of what is held only', () => {
    const client = connect()
    client.ask('subscribe', 'A')
    venue.setFault(findFault('crossed-book'))
    venue.market.trade('A')
    venue.market.trade('B')
    clock.advance(100)
    const [trades, quote, ...others] = client.messages.slice(3)
    expect([trades?.kind, quote, others]).toEqual(['trades', expect.objectContaining({ kind: 'quote', symbol: 'A' }), []])
    const price = Number(venue.market.lastTrade('A')?.price)
    expect(Number(quote?.bid) / price).toBeCloseTo(10)
    expect(Number(quote?.ask) / price).toBeCloseTo(0.1)
  })

  test('announced-close: the announcement comes half a minute before the cut', () => {
    const client = connect()
    client.ask('subscribe', 'A')
    venue.setFault(findFault('announced-close'))
    clock.advance(29_900)
    expect([client.kinds().includes('goodbye'), client.closes]).toEqual([true, []])
    clock.advance(200)
    expect(client.closes).toEqual([{ code: 1001, reason: 'service upgrade' }])
  })

  test.each(['late', 'lost'] as const)('late trades: heartbeats come at once, trades after 45 s, answers %s', (answers) => {
    venue.setFault({ ...findFault('late'), behaviour: { late: { ms: 45_000, answers } } })
    const client = connect()
    client.ask('subscribe', 'A')
    venue.market.trade('A')
    clock.advance(44_900)
    expect(new Set(client.kinds())).toEqual(new Set(answers === 'late' ? ['hello', 'beat'] : ['beat']))
    clock.advance(200)
    const found = new Set(client.kinds())
    expect([found.has('trades'), found.has('ack'), found.has('snapshot')]).toEqual([true, answers === 'late', answers === 'late'])
  })

  test('drip: a byte a second, and the rest at once when it is over', () => {
    venue.setFault(findFault('drip'))
    const client = connect()
    client.ask('subscribe', 'A')
    const bytes = JSON.stringify({ kind: 'hello' }).length + 2
    clock.advance(bytes * 1000 - 300)
    expect(client.messages).toEqual([])
    clock.advance(500)
    expect(client.kinds()).toEqual(['hello'])
    venue.setFault(undefined)
    clock.advance(100)
    expect(client.kinds().slice(1, 4).toSorted()).toEqual(['ack', 'beat', 'snapshot'])
  })

  test('a fault begins when it is told and ends by itself', () => {
    const first = connect()
    first.ask('subscribe', 'A')
    venue.setFault(findFault('upgrade-503-retry-after'), 10_000)
    expect(connect().closes).toEqual([{ code: 1006, reason: '', status: 503, retryAfterMs: 20_000 }])
    expect(first.closes).toHaveLength(1)
    clock.advance(10_000)
    expect([venue.fault, connect().closes]).toEqual([undefined, []])
  })

  test('leaves no timer behind when it stops', () => {
    venue.start()
    venue.setFault(findFault('drip'))
    const client = connect()
    client.ask('subscribe', 'A')
    client.socket.terminate()
    clock.advance(100)
    connect().ask('subscribe', 'A')
    venue.stop()
    clock.advance(1000)
    expect(clock.pending).toBe(0)
  })
})
