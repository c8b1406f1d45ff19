import { describe, expect, test } from 'vitest'
import type { FeedEvent, Frame, Tick } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'
import type { SimulatedTrade, SimulatorDialect } from '../../simulation/dialect.ts'
import { acme, at, decodeAcme, evidence, failures, frames, recorded, rows, simulator } from './acme-simulator.fixture.ts'
import { simulatorChecks } from './simulator-checks.ts'

test('a faithful simulator passes every check', async () => {
  for (const { name, run } of simulatorChecks(simulator, evidence)) await expect((async () => run())(), name).resolves.toBeUndefined()
})

/** The simulator with its trades said otherwise. */
const trading = (change: (frame: string) => string): Partial<SimulatorDialect> => ({
  trades: (trades, context) => simulator.trades(trades, context).map((frame) => change(frameText(frame))),
})
/** The simulator with something else in its REST bodies. */
const rewriting = (from: string | RegExp, to: string): Partial<SimulatorDialect> => ({
  rest: (path, market) => simulator.rest(path, market)?.replace(from, to),
})
const oldestFirst: SimulatorDialect['trades'] = (trades, context) => simulator.trades(trades.toReversed(), context)

describe('a drifting simulator fails the check that names the drift', () => {
  test.each<[string, Partial<SimulatorDialect>, readonly string[]]>([
    ['a key is missing', trading((frame) => frame.replaceAll(',"lot":"1"', '')), ['shape of trades']],
    ['a key is new', trading((frame) => frame.replaceAll('"lot"', '"maker":true,"lot"')), ['shape of trades']],
    ['a key has another name', trading((frame) => frame.replaceAll('"lot"', '"lots"')), ['shape of trades']],
    ['a number stands where text does', trading((frame) => frame.replaceAll('"lot":"1"', '"lot":1')), ['shape of trades']],
    ['a word is another', trading((frame) => frame.replaceAll('"buy"', '"bid"')), ['side', 'shape of trades']],
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
    ['a listing has numbers', rewriting('"is":"paused"', '"is":0'), ['rest', 'shape of REST listing']],
    ['a halted market trades', rewriting('"is":"paused"', '"is":"on"'), ['rest']],
    ['a halted market has a word that the venue does not use', rewriting('"is":"paused"', '"is":"asleep"'), ['rest', 'shape of REST listing']],
    ['a closed market is halted', rewriting('"is":"off"', '"is":"paused"'), ['rest']],
    ['a body is made in the past', rewriting(/"made":\d+/, `"made":${at}`), ['rest']],
    ['bodies have names that the listing lacks', rewriting(/"s":"(\S+?).old"/, '"s":"$1"'), ['rest']],
    ['a refusal is an empty body', { restRejection: () => '{"rows":[]}' }, ['rest', 'shape of REST refusal']],
    ['a refusal has other words', { restRejection: () => '{"is":"no","why":"too slow"}' }, ['shape of REST refusal']],
    [
      'trades have the side of the maker',
      {
        trades: (trades, context) =>
          simulator.trades(
            trades.map((trade) => ({ ...trade, takerBuys: !trade.takerBuys })),
            context,
          ),
      },
      ['side'],
    ],
  ])('%s', async (_, drift, expected) => {
    expect(await failures({ ...simulator, ...drift })).toEqual(expected)
  })
})

describe('a connector with wrong sides', () => {
  const sided = (side: (side: Tick['side']) => Tick['side']): SimulatorDialect => {
    const decode = (frame: Frame): readonly FeedEvent[] =>
      decodeAcme(frame).map((event) => (event.kind === 'tick' ? { ...event, side: side(event.side) } : event))
    return { ...simulator, connector: { ...acme, decode } }
  }

  test.each<[string, (side: Tick['side']) => Tick['side']]>([
    ['passes on that of the maker', (side) => (side === 'buy' ? 'sell' : 'buy')],
    ['drops it where the frame has it', () => undefined],
    ['says one always', () => 'buy'],
  ])('and %s is found', async (_, side) => {
    expect(await failures(sided(side))).toEqual(['side'])
  })

  test('and makes one up where the frame has none is found too', async () => {
    const sideless = (is: 'trades' | 'past') => (trades: readonly SimulatedTrade[]) =>
      trades.length === 0
        ? []
        : [
            rows(
              is,
              trades.map((trade) => ({ ...trade, takerBuys: true })),
            ),
          ]
    const silent = {
      ...simulator,
      trades: sideless('trades'),
      snapshot: (_symbol: string, recent: readonly SimulatedTrade[]) => sideless('past')(recent),
    }
    expect(await failures(silent)).toEqual(['side'])
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
