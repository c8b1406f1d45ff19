import { asObject, readObject } from '@trinity/core'
import { type SimulatedMarket, type SimulatedQuote, type SimulatedTrade, defineSimulator } from '@trinity/core/simulation'
import { kraken } from './index.ts'

/** Kraken's WebSocket v2 as its clients hear it. https://docs.kraken.com/api/docs/websocket-v2/trade */
export const krakenSimulator = defineSimulator({
  connector: kraken,

  readRequests(frame) {
    const { method: kind, params, req_id: id } = readObject(frame) ?? {}
    const { channel, symbol } = asObject(params) ?? {}
    const symbols = Array.isArray(symbol) ? symbol.filter((name) => typeof name === 'string') : []
    const known = (kind === 'subscribe' || kind === 'unsubscribe') && channel === 'trade' && symbols.length > 0
    return known ? [{ kind, symbols, id: typeof id === 'number' ? id : undefined }] : []
  },

  hello: () => [statusFrame('online')],
  // One answer per symbol; a bad one fails alone.
  ack: ({ kind, symbols, id }, { now }) =>
    symbols.map((symbol) => {
      const result = kind === 'subscribe' ? { channel: 'trade', snapshot: true, symbol } : { channel: 'trade', symbol }
      return JSON.stringify({ method: kind, req_id: id, result, success: true, ...taken(now) })
    }),
  reject: ({ kind, id }, symbol, { now }) => [
    JSON.stringify({ error: `Currency pair not supported ${symbol}`, method: kind, req_id: id, success: false, symbol, ...taken(now) }),
  ],

  trades: (trades) => [tradeFrame('update', trades)],
  quote: (quote, { now }) => [tickerFrame(quote, now)],
  snapshot: (_symbol, recent) => (recent.length === 0 ? [] : [tradeFrame('snapshot', recent.slice(-50))]),

  heartbeat: { everyMs: 1000, frame: () => '{"channel":"heartbeat"}' },
  maintenance: () => [statusFrame('maintenance')],

  rest(pathAndQuery, market) {
    if (pathAndQuery === '/0/public/Ticker') return JSON.stringify({ error: [], result: tickers(market) })
    return pathAndQuery === '/0/public/AssetPairs' ? JSON.stringify({ error: [], result: pairs(market) }) : undefined
  },
})

/** Written as text: the id is more than a double holds. */
function statusFrame(system: string): string {
  return `{"channel":"status","type":"update","data":[{"version":"2.0.11","system":"${system}","api_version":"v2","connection_id":12297829382473034411}]}`
}

/** Oldest first. Prices are numbers, written as text so that they keep their digits. */
function tradeFrame(type: string, trades: readonly SimulatedTrade[]): string {
  const rows = trades.map(
    ({ symbol, price, size, at, id, takerBuys }) =>
      `{"symbol":${JSON.stringify(symbol)},"side":"${takerBuys ? 'buy' : 'sell'}","price":${price},"qty":${size},"ord_type":"limit","trade_id":${id},"timestamp":"${micros(at)}"}`,
  )
  return `{"channel":"trade","type":"${type}","data":[${rows.join(',')}]}`
}

function tickerFrame({ bid, ask, last: { symbol, price, size } }: SimulatedQuote, now: number): string {
  const best = `"bid":${bid},"bid_qty":${size},"ask":${ask},"ask_qty":${size},"last":${price}`
  const day = `"volume":${size},"vwap":${price},"low":${price},"high":${price},"change":0.00,"change_pct":0.00`
  return `{"channel":"ticker","type":"update","data":[{"symbol":${JSON.stringify(symbol)},${best},${day},"timestamp":"${micros(now)}"}]}`
}

function taken(now: number): object {
  return { time_in: micros(now), time_out: micros(now) }
}

function micros(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`
}

const oldNames: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' }

/** Pairs of the first years have marks before their assets. */
const marked: readonly string[] = ['ETC', 'ETH', 'LTC', 'MLN', 'REP', 'XBT', 'XLM', 'XMR', 'XRP', 'ZEC']

/** What REST calls a symbol of the socket, and its two halves. */
function restNames(symbol: string): { readonly key: string; readonly wsname: string; readonly base: string; readonly quote: string } {
  const [ours = '', currency = ''] = symbol.split('/')
  const name = oldNames[ours] ?? ours
  const [base, quote] = [marked.includes(name) ? `X${name}` : name, `Z${currency}`]
  return { key: base === name ? `${name}${currency}` : `${base}${quote}`, wsname: `${name}/${currency}`, base, quote }
}

function tickers(market: SimulatedMarket): object {
  const rows = [...market.listed.keys()].map((symbol): [string, object] => {
    const { price, size } = market.lastTrade(symbol) ?? { price: '0.00000', size: '0.00000000' }
    const both = [price, price]
    const best = [price, '1', '1.000']
    return [restNames(symbol).key, { a: best, b: best, c: [price, size], v: [size, size], p: both, t: [1, 1], l: both, h: both, o: price }]
  })
  return Object.fromEntries<object>(rows)
}

function pairs(market: SimulatedMarket): object {
  const rows = [...market.listed].map(([symbol, tradable]): [string, object] => {
    const { key, wsname, base, quote } = restNames(symbol)
    const status = tradable ? 'online' : 'cancel_only'
    return [key, { altname: wsname.replace('/', ''), wsname, base, quote, tick_size: '0.00001', status }]
  })
  return Object.fromEntries<object>(rows)
}
