import { type MarketState, readObject } from '@trinity/core'
import { type SimulatedTrade, defineSimulator } from '@trinity/core/simulation'
import { gateio } from './index.ts'

const rest = '/api/v4/spot'
const channel = 'spot.trades'

/** Gate.io's WebSocket v4 as its clients hear it. https://www.gate.com/docs/developers/apiv4/ws/en/#public-trades-channel */
export const gateioSimulator = defineSimulator({
  connector: gateio,

  readRequests(frame) {
    const { time, id, channel: asked, event: kind, payload } = readObject(frame) ?? {}
    if (typeof time !== 'number') return []
    const number = typeof id === 'number' ? id : undefined
    if (asked === 'spot.ping') return [{ kind: 'ping', id: number }]
    const symbols = Array.isArray(payload) ? payload.filter((pair) => typeof pair === 'string') : []
    const known = (kind === 'subscribe' || kind === 'unsubscribe') && asked === channel && symbols.length > 0
    return known ? [{ kind, symbols, id: number }] : []
  },

  // One answer per request; what it repeats of it has changed over the years.
  ack({ kind: event, symbols: payload, id }, { now }) {
    const result = { status: 'success' }
    if (event === 'unsubscribe') return [JSON.stringify({ time: seconds(now), id, channel, event, error: null, result })]
    const trace = { conn_id: '5f0c77ab21de9034', trace_id: 'c0ffee12' }
    return [JSON.stringify({ ...times(now), ...trace, id, channel, event, payload, result, requestId: trace.trace_id })]
  },
  reject: ({ kind: event, id }, symbol, { now }) => [
    JSON.stringify({ time: seconds(now), id, channel, event, error: { code: 2, message: `unknown currency pair ${symbol}` }, result: null }),
  ],

  trades: (trades, { now }) => trades.map((trade) => JSON.stringify({ ...times(now), channel, event: 'update', result: tradeRow(trade) })),

  quote: ({ bid: b, ask: a, last: { symbol: s, size, at: t, id: u } }, { now }) => [
    JSON.stringify({ ...times(now), channel: 'spot.book_ticker', event: 'update', result: { t, u, s, b, B: size, a, A: size } }),
  ],

  pong: (_request, { now }) => [JSON.stringify({ ...times(now), channel: 'spot.pong', event: '', error: null, result: null })],

  rest(pathAndQuery, market) {
    if (pathAndQuery === `${rest}/currency_pairs`) return JSON.stringify([...market.listed].flatMap(([symbol, state]) => pair(symbol, state)))
    const [symbol] = [...market.listed.keys()].filter((id) => pathAndQuery === `${rest}/trades?currency_pair=${encodeURIComponent(id)}&limit=1`)
    if (symbol === undefined) return undefined
    const last = market.lastTrade(symbol)
    return JSON.stringify(last === undefined ? [] : [restRow(last)])
  },
})

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

function times(now: number): { readonly time: number; readonly time_ms: number } {
  return { time: seconds(now), time_ms: now }
}

function halves(symbol: string): { readonly base: string; readonly quote: string } {
  const [base = '', quote = ''] = symbol.split('_')
  return { base, quote }
}

function tradeRow(trade: SimulatedTrade): object {
  const { base: stock, quote: money } = halves(trade.symbol)
  const { id, at } = trade
  return { id, id_market: id, create_time: seconds(at), ...fill(trade), range: `${id}-${id}`, stock, money, trade_mode: 0 }
}

/** By REST the numbers are texts. */
function restRow(trade: SimulatedTrade): object {
  const { id, at } = trade
  return { id: String(id), create_time: String(seconds(at)), ...fill(trade), sequence_id: String(id) }
}

function fill({ symbol, price, size, at, id, takerBuys }: SimulatedTrade): object {
  return {
    create_time_ms: `${at}.${String(id % 1000).padStart(3, '0')}000`,
    side: takerBuys ? 'buy' : 'sell',
    currency_pair: symbol,
    amount: size,
    price,
  }
}

/** What is gone for good has no row. */
function pair(symbol: string, state: MarketState): object[] {
  if (state === 'closed') return []
  const trade_status = state === 'trading' ? 'tradable' : 'untradable'
  return [{ id: symbol, ...halves(symbol), fee: '0.2', amount_precision: 8, precision: 8, trade_status, delisting_time: 0 }]
}
