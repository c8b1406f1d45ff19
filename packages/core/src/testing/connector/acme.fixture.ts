import { expect } from 'vitest'
import { type Connector, type FeedEvent, type Frame, type ListedSymbol, type RestNames, type RestPrices, defineConnector } from '../../connector.ts'
import { pricesMadeAt } from '../../frame/body-prices.ts'
import { asObject, asObjects, readObject } from '../../frame/read-object.ts'
import { rfc3339Ms } from '../../frame/time.ts'
import { readTrade, readTrades, readUntimedPrices } from '../../frame/trade.ts'
import { readMarketState } from '../../market-state.ts'
import { connectorChecks } from '../connector-checks.ts'
import { plainVenue } from '../fake/plain-venue.ts'
import type { ConnectorFixtures, RestFixture } from '../fixtures.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown')

/** A made-up venue, as a careful author would write it. */
export const acme = defineConnector({
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
    bodyAgeMs: 500,
    decode: (body, symbols, restName) => readRejection(body) ?? readTickers(body, symbols, restName),
    list: { request: () => ({ url: 'https://acme.test/symbols' }), decode: (body) => readRejection(body) ?? readSymbols(body) },
  },
  regions: { moon: { urls: ['wss://moon.acme.test/'], restHosts: { 'acme.test': 'moon.acme.test' } } },
})

export function readRejection(body: string): { readonly rejected: string } | undefined {
  const why = readObject(body)?.refused
  return why === undefined ? undefined : { rejected: text(why) }
}

function readTickers(body: string, symbols: readonly string[], restName: RestNames): RestPrices {
  const { tickers, at: madeAt } = readObject(body) ?? {}
  const prices = new Map(asObjects(tickers).map(({ s, p }) => [s, p]))
  return pricesMadeAt(
    readUntimedPrices(symbols, (symbol) => prices.get(restName(symbol))),
    [madeAt],
  )
}

const words = { trading: ['on'], halted: ['paused'], closed: ['off'] }

function readSymbols(body: string): ListedSymbol[] {
  return asObjects(readObject(body)?.symbols).flatMap(({ s, is, old }) => {
    if (typeof s !== 'string' || s === '') return []
    const state = readMarketState(is, words)
    return [typeof old === 'string' && old !== '' ? { symbol: s, ...state, restName: old } : { symbol: s, ...state }]
  })
}

export function decodeAcme(frame: Frame): FeedEvent[] {
  const message = readObject(frame)
  switch (message?.t) {
    case 'trade': {
      const tick = readTrade({ symbol: message.s, price: message.p, size: message.q, at: rfc3339Ms(message.at), id: message.i, side: message.side })
      return tick === undefined ? [] : [tick]
    }
    case 'past':
      return readTrades(asObjects(message.rows), (row) => ({
        symbol: row.s,
        price: row.p,
        size: row.q,
        at: rfc3339Ms(row.at),
        id: row.i,
        backfill: true,
      }))
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

export const at = 1_790_000_000_000
export const frames: readonly (readonly [frame: string, events: readonly unknown[]])[] = [
  ['{"t":"pong"}', [{ kind: 'alive' }]],
  ['{"t":"ok","s":"BTC-USD"}', [{ kind: 'ack', symbol: 'BTC-USD' }]],
  [
    '{"t":"trade","s":"BTC-USD","p":"60000.40","q":"0.10","i":7,"at":"2026-09-21T14:13:20.000999Z","side":"sell"}',
    [{ kind: 'tick', symbol: 'BTC-USD', price: '60000.40', size: '0.10', at, id: '7', backfill: false, side: 'sell' }],
  ],
  [
    '{"t":"past","sent":"2026-09-21T14:13:25.400Z","rows":[{"s":"BTC-USD","p":"60001.50","q":"0.20","i":6,"at":"2026-09-21T14:13:18.250Z"}]}',
    [{ kind: 'tick', symbol: 'BTC-USD', price: '60001.50', size: '0.20', at: at - 1750, id: '6', backfill: true }],
  ],
  ['{"t":"no","s":"FOO-USD","why":"unknown symbol"}', [{ kind: 'reject', symbol: 'FOO-USD', reason: 'unknown symbol' }]],
  ['{"t":"no","n":4,"why":"bad request"}', [{ kind: 'reject', request: 4, reason: 'bad request' }]],
  ['{"t":"hb","k":"x"}', [{ kind: 'reply', frame: '{"t":"hb","k":"x"}' }]],
  ['{"t":"bye"}', [{ kind: 'goingAway', inMs: 60_000 }]],
  ['{"t":"down"}', [{ kind: 'fail', reason: 'down' }]],
]

const rest: RestFixture = {
  symbols: ['BTC-USD'],
  ticker: `{"at":${at},"tickers":[{"s":"XBT","p":"60000.40"},{"s":"ETH-USD","p":"1900"}]}`,
  ticks: [{ kind: 'tick', symbol: 'BTC-USD', price: '60000.40', backfill: false }],
  madeAt: at,
  list: '{"symbols":[{"s":"BTC-USD","is":"on","old":"XBT"},{"s":"OLD-USD","is":"off"},{"s":"ODD-USD","is":"asleep"},{"s":"SLOW-USD","is":"paused"}]}',
  listed: [
    { symbol: 'BTC-USD', state: 'trading', restName: 'XBT' },
    { symbol: 'OLD-USD', state: 'closed' },
    { symbol: 'ODD-USD', state: 'halted', unknownState: 'asleep' },
    { symbol: 'SLOW-USD', state: 'halted' },
  ],
  rejections: [{ body: '{"refused":"too many requests"}', rejected: 'too many requests' }],
}

export const fixtures: ConnectorFixtures = {
  fixtures: frames.map(([frame, events], i) => ({ at, dir: 'in' as const, frame, events: events as FeedEvent[], line: i + 1 })),
  rest,
}

/** The names of the checks that fail. */
export async function failures(connector: Connector, with_: ConnectorFixtures = fixtures): Promise<readonly string[]> {
  const failed: string[] = []
  for (const { name, run } of connectorChecks(connector, with_)) {
    try {
      await run()
    } catch (error) {
      expect(String(error).length).toBeGreaterThan(20)
      failed.push(name)
    }
  }
  return failed
}

/** Demands that just these checks fail, each named by its beginning. */
export function expectFailed(failed: readonly string[], ...names: readonly string[]): void {
  expect(failed.map((name, i) => name.slice(0, names[i]?.length))).toEqual(names)
}
