import { describe, expect, test } from 'vitest'
import { type FeedEvent, type Frame, defineConnector } from '../../connector.ts'
import { NumberText } from '../../frame/number-text.ts'
import { asObjects, frameText, readObject } from '../../frame/read-object.ts'
import { readTrades, readUntimedPrices } from '../../frame/trade.ts'
import { type SimulatedTrade, type SimulatorDialect, defineSimulator } from '../../simulation/dialect.ts'
import { plainVenue } from '../fake/plain-venue.ts'
import type { RecordedFrame } from '../recordings.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { simulatorChecks } from './simulator-checks.ts'

const at = 1_790_000_000_000

/** A made-up venue that writes prices as numbers, newest first, and wants its heartbeats answered. */
const acme = defineConnector({
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
    decode: (body, symbols) => readUntimedPrices(symbols, (symbol) => asObjects(readObject(body)?.rows).find(({ s }) => s === symbol)?.last),
    list: {
      request: () => ({ url: 'https://acme.test/symbols' }),
      decode: (body) => asObjects(readObject(body)?.rows).map(({ s, on }) => ({ symbol: String(s), tradable: on === true })),
    },
  },
})

function decodeAcme(frame: Frame): FeedEvent[] {
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
        return { symbol: row.s, price: p, size: q, at: typeof row.at === 'number' ? row.at : undefined, id: i, backfill: message.is === 'past' }
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
const rows = (is: string, trades: readonly SimulatedTrade[]): string => `{"is":"${is}","rows":[${trades.toReversed().map(row).join(',')}]}`

const simulator: SimulatorDialect = defineSimulator({
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
    const body = (list: readonly object[]): string => JSON.stringify({ rows: list })
    if (pathAndQuery === '/symbols') return body([...market.listed].map(([s, on]) => ({ s, on })))
    if (pathAndQuery !== '/prices?all=1') return undefined
    return body([...market.listed.keys()].map((s) => ({ s, last: market.lastTrade(s)?.price ?? '' })))
  },
})

const trade = (side: string, i: number): string => `{"s":"BTC-USD","p":60000.40,"q":0.10,"i":${i},"at":${at},"side":"${side}","lot":"2.5"}`
const frames = [
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
const evidence: SimulatorEvidence = {
  fixtures: {
    fixtures: frames.map((frame, i) => ({ at, dir: 'in', frame, events: decodeAcme(frame), line: i + 1 })),
    rest: {
      symbols: ['BTC-USD'],
      ticker: '{"rows":[{"s":"BTC-USD","last":"60000.40"},{"s":"NEW-USD","last":""}]}',
      ticks: [],
      list: '{"rows":[{"s":"BTC-USD","on":true}]}',
    },
  },
  documented: ['{"is":"hello","version":"1.2","system":"maintenance"}'],
  recordings: recorded(`{"is":"trades","rows":[{"s":"BTC-USD","p":60000.40,"q":0.10,"i":5,"at":${at}}]}`),
}

function recorded(frame: string): readonly RecordedFrame[] {
  return [{ at, dir: 'in', frame, line: 1 }]
}

/** The checks that fail, in few words. */
async function failures(dialect: SimulatorDialect, by: SimulatorEvidence = evidence): Promise<readonly string[]> {
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

test('a faithful simulator passes every check', async () => {
  for (const { name, run } of simulatorChecks(simulator, evidence)) await expect((async () => run())(), name).resolves.toBeUndefined()
})

/** The simulator with its trades said otherwise. */
const trading = (change: (frame: string) => string): Partial<SimulatorDialect> => ({
  trades: (trades, context) => simulator.trades(trades, context).map((frame) => change(frameText(frame))),
})
const oldestFirst: SimulatorDialect['trades'] = (trades, context) => simulator.trades(trades.toReversed(), context)

describe('a drifting simulator fails the check that names the drift', () => {
  test.each<[string, Partial<SimulatorDialect>, readonly string[]]>([
    ['a key is missing', trading((frame) => frame.replaceAll(',"lot":"1"', '')), ['shape of trades']],
    ['a key is new', trading((frame) => frame.replaceAll('"lot"', '"maker":true,"lot"')), ['shape of trades']],
    ['a key has another name', trading((frame) => frame.replaceAll('"lot"', '"lots"')), ['shape of trades']],
    ['a number stands where text does', trading((frame) => frame.replaceAll('"lot":"1"', '"lot":1')), ['shape of trades']],
    ['a word is another', trading((frame) => frame.replaceAll('"buy"', '"bid"')), ['shape of trades']],
    ['an id has a fraction', trading((frame) => frame.replaceAll(/"at":(\d+)/g, '"at":$1.0')), ['shape of trades', 'recordings']],
    ['prices go through a float', trading((frame) => frame.replaceAll(/"p":([\d.]+)/g, (_, p) => `"p":${Number(p)}`)), ['digits']],
    ['trades stand oldest first', { trades: oldestFirst }, ['order']],
    ['a trade is lost', { trades: (trades, context) => simulator.trades(trades.slice(-3), context) }, ['trades', 'digits']],
    ['a trade is said to be past', trading((frame) => frame.replace('"trades"', '"past"')), ['trades', 'digits']],
    [
      'an impossible price is left out',
      {
        trades: (trades, context) =>
          simulator.trades(
            trades.filter(({ price }) => Number(price) > 0),
            context,
          ),
      },
      ['faulty'],
    ],
    ['a snapshot is said to be new', { snapshot: (_symbol, recent) => (recent.length === 0 ? [] : [rows('trades', recent)]) }, ['snapshot']],
    ['a snapshot lacks the newest', { snapshot: (_symbol, recent) => (recent.length === 0 ? [] : [rows('past', recent.slice(0, 2))]) }, ['snapshot']],
    ['a reject names another symbol', { reject: (_request, s) => [JSON.stringify({ is: 'no', s: `X${s}`, why: `X${s} is unknown` })] }, ['reject']],
    ['a reject has other words', { reject: (_request, s) => [JSON.stringify({ is: 'no', s, why: `${s} is not known` })] }, ['names']],
    ['a reject is an ack', { reject: (_request, s) => [JSON.stringify({ is: 'ok', s })] }, ['reject']],
    ['a reject lacks its words', { reject: (_request, s) => [JSON.stringify({ is: 'no', s })] }, ['shape of reject']],
    ['an ack forgets a symbol', { ack: (request, context) => simulator.ack(request, context).slice(0, -1) }, ['ack']],
    ['the end of a subscription is an ack', { ack: ({ symbols }) => symbols.map((s) => JSON.stringify({ is: 'ok', s })) }, ['ack']],
    ['a quote lacks its ask', { quote: (quote, context) => simulator.quote({ ...quote, ask: quote.bid }, context) }, ['quote']],
    ['a quote is a trade', { quote: ({ bid, ask, last }) => [rows('trades', [{ ...last, price: bid, size: ask }])] }, ['quote']],
    [
      'a quote goes through a float',
      { quote: (quote, context) => simulator.quote({ ...quote, bid: String(Number(quote.bid)) }, context) },
      ['quote'],
    ],
    [
      'a key of a quote has another name',
      { quote: (q, c) => simulator.quote(q, c).map((f) => frameText(f).replace('"bid"', '"b"')) },
      ['shape of quote'],
    ],
    ['a hello is a trade', { hello: () => [frames[4] ?? ''] }, ['hello']],
    ['a ping has no answer', { pong: () => [] }, ['pong']],
    ['heartbeats are seldom', { heartbeat: { everyMs: 9000, frame: () => frames[7] ?? '', replyWithinMs: 500 } }, ['heartbeat']],
    ['heartbeats want no answer', { heartbeat: { everyMs: 1000, frame: () => frames[0] ?? '', replyWithinMs: 500 } }, ['heartbeat']],
    ['the goodbye says nothing', { goodbye: () => [frames[0] ?? ''] }, ['goodbye']],
    ['maintenance ends a symbol', { maintenance: () => [frames[3] ?? ''] }, ['maintenance']],
    ['a word of maintenance is made up', { maintenance: () => ['{"is":"hello","version":"1.0","system":"closed"}'] }, ['shape of maintenance']],
    [
      'requests are not understood',
      { readRequests: (frame) => simulator.readRequests(frame).filter(({ kind }) => kind !== 'unsubscribe') },
      ['asked'],
    ],
    [
      'any frame is a ping',
      { readRequests: (frame) => [...simulator.readRequests(frame), { kind: 'ping', id: 1 }] },
      ['asked', 'asked', 'heartbeat'],
    ],
    ['a broken frame throws', { readRequests: (frame) => (JSON.parse(frameText(frame)) === null ? [] : simulator.readRequests(frame)) }, ['asked']],
    ['REST prices go through a float', { rest: (path, market) => simulator.rest(path, market)?.replaceAll(/(\.\d+?)0+"/g, '$1"') }, ['rest']],
    ['REST answers everything', { rest: (path, market) => simulator.rest(path, market) ?? '{}' }, ['rest']],
    ['a listing has numbers', { rest: (path, market) => simulator.rest(path, market)?.replace('"on":false', '"on":0') }, ['shape of REST listing']],
  ])('%s', async (_, drift, expected) => {
    expect(await failures({ ...simulator, ...drift })).toEqual(expected)
  })
})

test('frames that change from call to call are found', async () => {
  let calls = 0
  expect(await failures({ ...simulator, goodbye: () => [`{"is":"bye"${' '.repeat(++calls)}}`] })).toEqual(['pure'])
})

describe('recordings', () => {
  test('those without a trade prove nothing', async () => {
    expect(await failures(simulator, { ...evidence, recordings: recorded('{"is":"hello"}') })).toEqual(['recordings'])
  })

  test('another type in a real frame is found', async () => {
    const real = recorded(`{"is":"trades","rows":[{"s":"BTC-USD","p":"60000.40","q":0.10,"i":5,"at":${at}}]}`)
    expect(await failures(simulator, { ...evidence, recordings: real })).toEqual(['recordings'])
  })

  test('without any the check is left out', () => {
    const { recordings: _, ...without } = evidence
    expect(simulatorChecks(simulator, without)).toHaveLength(simulatorChecks(simulator, evidence).length - 1)
  })
})
