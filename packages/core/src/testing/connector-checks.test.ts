import { describe, expect, test } from 'vitest'
import { type Connector, type ConnectorRest, type FeedEvent, type Frame, defineConnector } from '../connector.ts'
import { asObject, asObjects, readObject } from '../frame/read-object.ts'
import { rfc3339Ms } from '../frame/time.ts'
import { readTrade, readUntimedPrice } from '../frame/trade.ts'
import { connectorChecks } from './connector-checks.ts'
import type { ConnectorFixtures, RestFixture } from './fixtures.ts'
import { fuzzConnector } from './fuzz/fuzz-connector.ts'
import { plainVenue } from './fake/plain-venue.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown')

/** A made-up venue, as a careful author would write it. */
const acme = defineConnector({
  ...plainVenue(),
  name: 'acme',
  limits: {
    connects: { count: 5, perMs: 1000 },
    frames: { count: 20, perMs: 1000 },
    symbolsPerConnection: 30,
    symbolsPerFrame: 5,
    frameBytes: 120,
    afterOpenMs: 100,
    subscribeWithinMs: 5000,
  },
  heartbeat: { silenceMs: 5000, ping: { everyMs: 2000, frame: ({ id }) => JSON.stringify({ t: 'ping', n: id }) }, replyWithinMs: 1500 },
  subscribe: (symbols, { id }) => [JSON.stringify({ t: 'sub', n: id, s: symbols })],
  unsubscribe: (symbols, { id }) => [JSON.stringify({ t: 'unsub', n: id, s: symbols })],
  decode: decodeAcme,
  rest: {
    everyMs: 20_000,
    limit: { count: 1, perMs: 1000 },
    request: () => [{ url: 'https://acme.test/tickers' }],
    decode: (body, symbols) =>
      asObjects(readObject(body)?.tickers).flatMap(({ s, p }) => {
        const tick = readUntimedPrice(s, p)
        return tick !== undefined && symbols.includes(tick.symbol) ? [tick] : []
      }),
    list: {
      request: () => ({ url: 'https://acme.test/symbols' }),
      decode: (body) =>
        asObjects(readObject(body)?.symbols).flatMap(({ s, on }) => (typeof s === 'string' ? [{ symbol: s, tradable: on === true }] : [])),
    },
  },
})

function decodeAcme(frame: Frame): FeedEvent[] {
  const message = readObject(frame)
  switch (message?.t) {
    case 'trade': {
      const tick = readTrade({ symbol: message.s, price: message.p, size: message.q, at: rfc3339Ms(message.at), id: message.i })
      return tick === undefined ? [] : [tick]
    }
    case 'ok':
      return [{ kind: 'ack', symbol: text(message.s) }]
    case 'no': {
      const request = asObject(message)?.n
      return [
        typeof request === 'number'
          ? { kind: 'reject', request, reason: text(message.why) }
          : { kind: 'reject', symbol: text(message.s), reason: text(message.why) },
      ]
    }
    case 'hb':
      return [{ kind: 'reply', frame: JSON.stringify({ t: 'hb', k: text(message.k) }) }]
    case 'bye':
      return [{ kind: 'goingAway', inMs: 60_000 }]
    case 'down':
      return [{ kind: 'fail', reason: 'down' }]
    default:
      return message === undefined ? [] : [{ kind: 'alive' }]
  }
}

const at = 1_790_000_000_000
const frames: readonly (readonly [frame: string, events: readonly unknown[]])[] = [
  ['{"t":"pong"}', [{ kind: 'alive' }]],
  ['{"t":"ok","s":"BTC-USD"}', [{ kind: 'ack', symbol: 'BTC-USD' }]],
  [
    '{"t":"trade","s":"BTC-USD","p":"60000.40","q":"0.10","i":7,"at":"2026-09-21T14:13:20.000999Z"}',
    [{ kind: 'tick', symbol: 'BTC-USD', price: '60000.40', size: '0.10', at, id: '7', backfill: false }],
  ],
  ['{"t":"no","s":"FOO-USD","why":"unknown symbol"}', [{ kind: 'reject', symbol: 'FOO-USD', reason: 'unknown symbol' }]],
  ['{"t":"no","n":4,"why":"bad request"}', [{ kind: 'reject', request: 4, reason: 'bad request' }]],
  ['{"t":"hb","k":"x"}', [{ kind: 'reply', frame: '{"t":"hb","k":"x"}' }]],
  ['{"t":"bye"}', [{ kind: 'goingAway', inMs: 60_000 }]],
  ['{"t":"down"}', [{ kind: 'fail', reason: 'down' }]],
]

const rest: RestFixture = {
  symbols: ['BTC-USD'],
  ticker: '{"tickers":[{"s":"BTC-USD","p":"60000.40"},{"s":"ETH-USD","p":"1900"}]}',
  ticks: [{ kind: 'tick', symbol: 'BTC-USD', price: '60000.40', backfill: false }],
  list: '{"symbols":[{"s":"BTC-USD","on":true},{"s":"OLD-USD"}]}',
  listed: [
    { symbol: 'BTC-USD', tradable: true },
    { symbol: 'OLD-USD', tradable: false },
  ],
}

const fixtures: ConnectorFixtures = {
  fixtures: frames.map(([frame, events], i) => ({ at, dir: 'in' as const, frame, events: events as FeedEvent[], line: i + 1 })),
  rest,
}

/** The names of the checks that fail, cut to their first word. */
async function failures(connector: Connector, with_: ConnectorFixtures = fixtures): Promise<string> {
  const failed = new Set<string>()
  for (const { name, run } of connectorChecks(connector, with_)) {
    try {
      await run()
    } catch (error) {
      expect(String(error).length).toBeGreaterThan(20)
      failed.add(name.split(':')[0] ?? '')
    }
  }
  return [...failed].join(' ')
}

/** The literal with one fault in what it decodes. */
const decoding = (change: (events: readonly FeedEvent[], frame: Frame) => readonly FeedEvent[]): Partial<Connector> => ({
  decode: (frame) => change(decodeAcme(frame), frame),
})
const ticking = (change: object | ((tick: Extract<FeedEvent, { kind: 'tick' }>) => object)): Partial<Connector> =>
  decoding((events) =>
    events.map((event) => (event.kind === 'tick' ? { ...event, ...(typeof change === 'function' ? change(event) : change) } : event)),
  )

test('a careful connector passes every check', async () => {
  for (const { name, run } of connectorChecks(acme, fixtures)) await expect((async () => run())(), name).resolves.toBeUndefined()
})

describe('a faulty connector fails', () => {
  let count = 0
  const { limits, heartbeat } = acme
  test.each<[string, Partial<Connector>, string]>([
    ['prices go through a float', ticking(({ price }) => ({ price: String(Number(price)) })), 'golden exact hostile session'],
    ['sizes lose zeros', ticking(({ size }) => ({ size: size === undefined ? undefined : String(Number(size)) })), 'golden exact hostile'],
    ['times are seconds', ticking(({ at: time }) => ({ at: (time ?? 0) / 1000 })), 'golden times hostile'],
    ['times have fractions', ticking(({ at: time }) => ({ at: (time ?? 0) + 0.5 })), 'golden times hostile'],
    ['state between frames', decoding((events) => (++count % 3 === 0 ? [] : events)), 'golden pure'],
    ['broken JSON throws', { decode: (frame) => (JSON.parse(String(frame)) === null ? [] : decodeAcme(frame)) }, 'hostile'],
    [
      'half a frame is guessed',
      decoding((events, frame) =>
        String(frame).includes('"p":"6') && events.length === 0
          ? [{ kind: 'tick', symbol: 'BTC-USD', price: '6', size: undefined, at, id: undefined, backfill: false }]
          : events,
      ),
      'hostile',
    ],
    [
      'prices are believed unseen',
      {
        decode: (frame) =>
          readObject(frame)?.t === 'trade' ? [{ ...decodeAcme(frames[2]?.[0] ?? '')[0], price: readObject(frame)?.p } as never] : decodeAcme(frame),
      },
      'hostile',
    ],
    [
      'a text is made of anything',
      decoding((events, frame) => (events[0]?.kind === 'ack' ? [{ kind: 'ack', symbol: String(readObject(frame)?.s) }] : events)),
      'hostile',
    ],
    ['all pairs have one symbol', { toSymbol: ({ quote }) => `X-${quote}` }, 'symbols limits'],
    ['symbols are not named', { subscribe: (symbols) => [JSON.stringify({ t: 'sub', s: symbols.length })] }, 'symbols limits session'],
    [
      'a symbol is named only as part of another',
      { subscribe: (symbols) => [JSON.stringify({ t: 'sub', s: symbols.map((symbol) => `${symbol}T`) })] },
      'symbols limits session',
    ],
    ['unsubscribing says nothing', { unsubscribe: () => [] }, 'symbols limits session'],
    ['every frame names everything ever asked for', rememberingAll(), 'limits session'],
    ['a request is longer than the venue takes', { limits: { ...limits, frameBytes: 20 } }, 'limits'],
    ['a heartbeat gets no answer', { decode: (frame) => decodeAcme(frame).filter(({ kind }) => kind !== 'reply') }, 'golden'],
    [
      'a reject ends the connection',
      decoding((events) => events.map((event) => (event.kind === 'reject' ? { kind: 'fail', reason: event.reason } : event))),
      'golden session',
    ],
    [
      'a reject names nobody',
      decoding((events) => events.map((event) => (event.kind === 'reject' ? { kind: 'reject', reason: event.reason } : event))),
      'golden session',
    ],
    ['pings are missing', { heartbeat: { ...heartbeat, ping: { everyMs: 2000, frame: () => '"BTC-USD FOO-USD"' } } }, 'session'],
    ['a subscription comes after the venue has cut', { limits: { ...limits, afterOpenMs: 6000 } }, 'session'],
  ])('%s: %s', async (_, fault, expected) => {
    const failed = await failures({ ...acme, ...fault })
    for (const name of expected.split(' ')) expect(failed.split(' ')).toContain(name)
  })

  function rememberingAll(): Partial<Connector> {
    const all = new Set<string>()
    return {
      subscribe: (symbols, { id }) => {
        for (const symbol of symbols) all.add(symbol)
        return [JSON.stringify({ t: 'sub', n: id, s: [...all] })]
      },
    }
  }
})

describe('faulty REST', () => {
  const { rest: good } = acme
  test.each<[string, Partial<ConnectorRest>]>([
    [
      'prices go through a float',
      { decode: (body, symbols) => good.decode(body, symbols).map((tick) => ({ ...tick, price: String(Number(tick.price)) })) },
    ],
    ['broken bodies throw', { decode: (body) => JSON.parse(body) as never }],
    ['symbols that nobody asked for', { decode: (body) => good.decode(body, ['BTC-USD', 'ETH-USD']) }],
    ['no address', { request: () => [{ url: 'tickers' }] }],
    ['nothing is asked', { request: () => [] }],
    ['broken listings throw', { list: { ...good.list, decode: (body) => (JSON.parse(body) as { symbols: never }).symbols } }],
    ['all is tradable', { list: { ...good.list, decode: (body) => good.list.decode(body).map(({ symbol }) => ({ symbol, tradable: true })) } }],
  ])('%s', async (_, fault) => {
    expect(await failures({ ...acme, rest: { ...good, ...fault } })).toBe('rest')
  })
})

describe('faulty fixtures', () => {
  const without = (...kinds: string[]): ConnectorFixtures => ({
    ...fixtures,
    fixtures: fixtures.fixtures.filter(({ events = [] }) => !events.some(({ kind }) => kinds.includes(kind))),
  })
  test('what they must cover is demanded', async () => {
    expect(await failures(acme, without('tick'))).toContain('coverage')
    expect(await failures(acme, without('reject'))).toContain('coverage')
    expect(await failures(acme, without('ack', 'alive'))).toContain('coverage')
    expect(await failures(acme, { fixtures: fixtures.fixtures })).toBe('rest')
    expect(() => connectorChecks(acme, { ...fixtures, fixtures: [{ at, dir: 'in', frame: '{}', line: 3 }] })).toThrow('line 3')
  })
})

describe('fuzzing', () => {
  const seed = 42
  test('a careful connector neither crashes nor shows a wrong price, and real trades come through', () => {
    const report = fuzzConnector(acme, fixtures, { frames: 5000, seed })
    expect(report).toMatchObject({ frames: 5000, crashes: [], badPrices: [] })
    expect(report.shown).toBeGreaterThan(80)
  })

  test('a careless one is found out', () => {
    const careless: Connector = { ...acme, decode: (frame) => decodeAcme(JSON.parse(String(frame)) === null ? '' : frame) }
    expect(fuzzConnector(careless, fixtures, { frames: 1000, seed }).crashes.length).toBeGreaterThan(0)
  })

  test('the same seed gives the same run', () => {
    const run = (from: number): unknown => fuzzConnector(acme, fixtures, { frames: 1000, seed: from })
    expect(run(7)).toEqual(run(7))
    expect(run(7)).not.toEqual(run(8))
  })
})
