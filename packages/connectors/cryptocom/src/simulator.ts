import { type MarketState, asObject, readObject } from '@trinity/core'
import { type SimulatedMarket, type SimulatedTrade, defineSimulator } from '@trinity/core/simulation'
import { cryptocom } from './index.ts'

/** Crypto.com's market data v1 as its clients hear it. https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#trade-instrument_name */
export const cryptocomSimulator = defineSimulator({
  connector: cryptocom,

  readRequests(frame) {
    const { id, method, params } = readObject(frame) ?? {}
    if (typeof id !== 'number') return []
    if (method === 'public/respond-heartbeat') return [{ kind: 'heartbeat-reply', id }]
    const channels = asObject(params)?.channels
    const symbols = Array.isArray(channels) ? channels.filter((channel) => typeof channel === 'string').flatMap(symbolOf) : []
    return (method === 'subscribe' || method === 'unsubscribe') && symbols.length > 0 ? [{ kind: method, symbols, id }] : []
  },

  ack: ({ kind, id }) => [JSON.stringify({ id, method: kind, code: 0 })],
  // The words repeat the channels, but a client can rely on the id only.
  reject({ kind, id }, symbol) {
    const message = `invalid channel ${JSON.stringify({ channels: [`${prefix}${symbol}`] })}`
    return [JSON.stringify({ id, code: 10_004, method: kind, message })]
  },

  trades(trades) {
    const bySymbol = Map.groupBy(trades, ({ symbol }) => symbol)
    return [...bySymbol].map(([symbol, own]) => tradeFrame(-1, symbol, own))
  },
  quote: ({ bid: b, ask: k, last: { symbol: i, price: a, size, at: t } }) => {
    const data = [{ h: a, l: a, a, c: '0.0000', b, bs: size, k, ks: size, i, v: size, vv: size, oi: '0', t }]
    return [
      JSON.stringify({ id: -1, method: 'subscribe', code: 0, result: { instrument_name: i, subscription: `ticker.${i}`, channel: 'ticker', data } }),
    ]
  },
  // Trades of the past carry the id of the request that they answer.
  snapshot: (symbol, recent, { id = -1 }) => (recent.length === 0 ? [] : [tradeFrame(id, symbol, recent.slice(-100))]),

  // The reply repeats the id, which is the venue's clock.
  heartbeat: { everyMs: 30_000, replyWithinMs: 5000, frame: ({ now }) => JSON.stringify({ id: now, method: 'public/heartbeat', code: 0 }) },

  rest(pathAndQuery, market) {
    const [, method] = /^\/exchange\/v1\/(public\/get-(?:tickers|instruments))$/.exec(pathAndQuery) ?? []
    if (method === undefined) return undefined
    // What is gone for good has no row.
    const listed = [...market.listed].filter(([, state]) => state !== 'closed')
    const data = listed.map(([symbol, state]) => (method.endsWith('tickers') ? ticker(symbol, market) : instrument(symbol, state)))
    return JSON.stringify({ id: -1, method, code: 0, result: { data } })
  },
  restRejection: (pathAndQuery) =>
    JSON.stringify({ id: -1, method: pathAndQuery.replace('/exchange/v1/', ''), code: 42_901, message: 'TOO_MANY_REQUESTS' }),
})

const prefix = 'trade.'

function symbolOf(channel: string): readonly string[] {
  return channel.startsWith(prefix) ? [channel.slice(prefix.length)] : []
}

/** Newest first. */
function tradeFrame(id: number, symbol: string, trades: readonly SimulatedTrade[]): string {
  const data = trades.toReversed().map((trade) => ({
    d: String(trade.id),
    t: trade.at,
    p: trade.price,
    q: trade.size,
    s: trade.takerBuys ? 'BUY' : 'SELL',
    i: symbol,
    m: String(trade.id),
  }))
  const result = { instrument_name: symbol, subscription: `${prefix}${symbol}`, channel: 'trade', data }
  return JSON.stringify({ id, method: 'subscribe', code: 0, result })
}

/** What has never traded has no prices, but may have quotes. */
function ticker(symbol: string, market: SimulatedMarket): object {
  const last = market.lastTrade(symbol)
  const price = last?.price ?? null
  const volume = last?.size ?? '0'
  const change = last === undefined ? null : '0.0000'
  const quote = last?.price ?? '1'
  return { i: symbol, h: price, l: price, a: price, v: volume, vv: volume, oi: null, c: change, b: quote, k: quote, t: market.now }
}

function instrument(symbol: string, state: MarketState): object {
  const [base_ccy, quote_ccy] = symbol.split('_')
  const names = { symbol, inst_type: 'CCY_PAIR', display_name: `${base_ccy}/${quote_ccy}`, base_ccy, quote_ccy }
  return { ...names, quote_decimals: 8, price_tick_size: '0.00000001', tradable: state === 'trading' }
}
