import { expect } from 'vitest'
import { type FeedEvent, type Frame, defineConnector } from '../../connector.ts'
import { NumberText } from '../../frame/number-text.ts'
import { asObjects, frameText, readObject } from '../../frame/read-object.ts'
import { pricesMadeAt } from '../../frame/body-prices.ts'
import { readTrades, readUntimedPrices } from '../../frame/trade.ts'
import { readMarketState } from '../../market-state.ts'
import { type SimulatedTrade, type SimulatorDialect, defineSimulator } from '../../simulation/dialect.ts'
import { plainVenue } from '../fake/plain-venue.ts'
import type { RecordedFrame } from '../recordings.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { simulatorChecks } from './simulator-checks.ts'

export const at = 1_790_000_000_000

/** A made-up venue that writes prices as numbers, newest first, and wants its heartbeats answered. */
export const acme = defineConnector({
  ...plainVenue(),
  name: 'acme',
  heartbeat: { silenceMs: 5000, ping: { everyMs: 2000, frame: ({ id }) => JSON.stringify({ do: 'ping', n: id }) }, replyWithinMs: 1500 },
  subscribe: (symbols, { id }) => [JSON.stringify({ do: 'sub', n: id, list: symbols })],
  unsubscribe: (symbols, { id }) => [JSON.stringify({ do: 'unsub', n: id, list: symbols })],
  decode: decodeAcme,
  rest: {
    everyMs: 20_000,
    limit: { count: 1, perMs: 1000 },
    request: () => [{ url: 'https://acme.test/prices?all=1' }],
    decode(body, symbols, restName) {
      const message = readObject(body)
      if (typeof message?.why === 'string') return { rejected: message.why }
      const rows_ = asObjects(message?.rows)
      const ticks = readUntimedPrices(symbols, (symbol) => rows_.find(({ s }) => s === restName(symbol))?.last)
      return pricesMadeAt(ticks, [message?.made])
    },
    list: {
      request: () => ({ url: 'https://acme.test/symbols' }),
      decode(body) {
        const message = readObject(body)
        if (typeof message?.why === 'string') return { rejected: message.why }
        return asObjects(message?.rows).map(({ s, is }) => ({ symbol: String(s), ...readMarketState(is, stateWords), restName: `${String(s)}.old` }))
      },
    },
  },
})

const stateWords = { trading: ['on'], halted: ['paused'], closed: ['off'] }

export function decodeAcme(frame: Frame): FeedEvent[] {
  const text = frameText(frame)
  const message = readObject(text)
  const [symbol, why] = [String(message?.s), String(message?.why)]
  switch (message?.is) {
    case 'past':
    case 'trades': {
      const [price, size, id] = ['p', 'q', 'i'].map((key) => new NumberText(text, key))
      const read = (row: Record<string, unknown>): readonly unknown[] => [price?.next(row.p), size?.next(row.q), id?.next(row.i)]
      return readTrades(asObjects(message.rows), (row) => {
        const [p, q, i] = read(row)
        return {
          symbol: row.s,
          price: p,
          size: q,
          at: typeof row.at === 'number' ? row.at : undefined,
          id: i,
          backfill: message.is === 'past',
          side: row.side,
        }
      })
    }
    case 'ok':
      return [{ kind: 'ack', symbol }]
    case 'no':
      return [{ kind: 'reject', symbol, reason: why }]
    case 'beat':
      return [{ kind: 'reply', frame: JSON.stringify({ do: 'beat', n: message.n }) }]
    case 'bye':
      return [{ kind: 'goingAway', inMs: 60_000 }]
    default:
      return message === undefined ? [] : [{ kind: 'alive' }]
  }
}

const row = ({ symbol, price, size, at: time, id, takerBuys }: SimulatedTrade): string =>
  `{"s":"${symbol}","p":${price},"q":${size},"i":${id},"at":${time},"side":"${takerBuys ? 'buy' : 'sell'}","lot":"1"}`
export const rows = (is: string, trades: readonly SimulatedTrade[]): string => `{"is":"${is}","rows":[${trades.toReversed().map(row).join(',')}]}`

export const simulator: SimulatorDialect = defineSimulator({
  connector: acme,
  readRequests(frame) {
    const { do: what, n, list } = readObject(frame) ?? {}
    const id = typeof n === 'number' ? n : undefined
    if (what === 'ping') return [{ kind: 'ping', id }]
    if (what === 'beat') return [{ kind: 'heartbeat-reply', id }]
    const symbols = Array.isArray(list) ? list.filter((symbol) => typeof symbol === 'string') : []
    if (what !== 'sub' && what !== 'unsub') return []
    return [{ kind: what === 'sub' ? 'subscribe' : 'unsubscribe', symbols, id }]
  },
  hello: () => ['{"is":"hello","version":"1.0"}'],
  ack: ({ kind, symbols }) => symbols.map((s) => JSON.stringify(kind === 'subscribe' ? { is: 'ok', s } : { is: 'gone', s })),
  reject: (_request, s) => [JSON.stringify({ is: 'no', s, why: `${s} is unknown` })],
  trades: (trades) => (trades.length === 0 ? [] : [rows('trades', trades)]),
  quote: ({ bid, ask, last: { symbol: s, price: p } }) => [`{"is":"quote","s":"${s}","bid":${bid},"ask":${ask},"p":${p}}`],
  snapshot: (_symbol, recent) => (recent.length === 0 ? [] : [rows('past', recent)]),
  pong: ({ id }) => [JSON.stringify({ is: 'pong', n: id })],
  heartbeat: { everyMs: 1000, replyWithinMs: 500, frame: ({ now }) => JSON.stringify({ is: 'beat', n: now }) },
  goodbye: () => ['{"is":"bye"}'],
  maintenance: () => ['{"is":"hello","version":"1.0","system":"maintenance"}'],
  rest(pathAndQuery, market) {
    const listed = [...market.listed]
    if (pathAndQuery === '/symbols') return JSON.stringify({ rows: listed.map(([s, state]) => ({ s, is: stateWords[state][0] })) })
    if (pathAndQuery !== '/prices?all=1') return undefined
    return JSON.stringify({ made: market.now, rows: listed.map(([s]) => ({ s: `${s}.old`, last: market.lastTrade(s)?.price ?? '' })) })
  },
  restRejection: () => '{"is":"no","why":"too fast"}',
})

const trade = (side: string, i: number): string => `{"s":"BTC-USD","p":60000.40,"q":0.10,"i":${i},"at":${at},"side":"${side}","lot":"2.5"}`
export const frames = [
  '{"is":"hello","version":"1.2"}',
  '{"is":"ok","s":"BTC-USD"}',
  '{"is":"gone","s":"BTC-USD"}',
  '{"is":"no","s":"FOO-USD","why":"FOO-USD is unknown"}',
  `{"is":"trades","rows":[${trade('buy', 8)},${trade('sell', 7)}]}`,
  `{"is":"past","rows":[${trade('buy', 6)}]}`,
  '{"is":"pong","n":3}',
  '{"is":"beat","n":1790000000000}',
  '{"is":"bye"}',
  '{"is":"quote","s":"BTC-USD","bid":60000.30,"ask":60000.50,"p":60000.40}',
]
export const evidence: SimulatorEvidence = {
  fixtures: {
    fixtures: frames.map((frame, i) => ({ at, dir: 'in', frame, events: decodeAcme(frame), line: i + 1 })),
    rest: {
      symbols: ['BTC-USD'],
      ticker: `{"made":${at},"rows":[{"s":"BTC-USD.old","last":"60000.40"},{"s":"NEW-USD.old","last":""}]}`,
      ticks: [],
      list: '{"rows":[{"s":"BTC-USD","is":"on"},{"s":"SLOW-USD","is":"paused"},{"s":"OLD-USD","is":"off"}]}',
      rejections: [{ body: '{"is":"no","why":"too fast"}', rejected: 'too fast' }],
    },
  },
  documented: ['{"is":"hello","version":"1.2","system":"maintenance"}'],
  recordings: recorded(`{"is":"trades","rows":[{"s":"BTC-USD","p":60000.40,"q":0.10,"i":5,"at":${at}}]}`),
}

export function recorded(frame: string): readonly RecordedFrame[] {
  return [{ at, dir: 'in', frame, line: 1 }]
}

/** The checks that fail, in few words. */
export async function failures(dialect: SimulatorDialect, by: SimulatorEvidence = evidence): Promise<readonly string[]> {
  const failed: string[] = []
  for (const { name, run } of simulatorChecks(dialect, by)) {
    try {
      await run()
    } catch (error) {
      expect(String(error).length).toBeGreaterThan(20)
      failed.push(name.replace(/^shape: the keys, types and words of (.*) are those.*/, 'shape of $1').replace(/:.*/, ''))
    }
  }
  return failed
}
