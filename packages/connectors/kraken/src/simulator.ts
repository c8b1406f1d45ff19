import { type MarketState, asObject, readObject } from '@trinity/core'
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
    const [, method, isNew] = /^\/0\/public\/(Ticker|AssetPairs)(\?assetVersion=1)?$/.exec(pathAndQuery) ?? []
    const namesOf = isNew === undefined ? oldNames : newNames
    if (method === 'Ticker') return answer(market, (symbol) => [namesOf(symbol).key, tickerRow(symbol, market)])
    if (method !== 'AssetPairs') return undefined
    return answer(market, (symbol, state) => {
      const { key, row } = namesOf(symbol)
      return [key, { ...row, tick_size: '0.00001', status: stateWords[state] }]
    })
  },
  restRejection: () => JSON.stringify({ error: ['EAPI:Rate limit exceeded'] }),
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

/** What REST calls a pair, and what its row of the listing says of its names. */
interface PairNames {
  readonly key: string
  readonly row: object
}

function newNames(symbol: string): PairNames {
  const [base = '', quote = ''] = symbol.split('/')
  return { key: symbol, row: { wsname: symbol, base, quote } }
}

const namesOfVersion1: ReadonlyMap<string, string> = new Map([
  ['BTC', 'XBT'],
  ['DOGE', 'XDG'],
])

/** Assets of the first years have a mark before their names, and then their pairs have it too; fiat has one only there and beside Tether. */
const marked: readonly string[] = ['ETC', 'ETH', 'LTC', 'MLN', 'REP', 'XBT', 'XLM', 'XMR', 'XRP', 'ZEC']
const fiat: readonly string[] = ['EUR', 'GBP', 'USD']

function oldNames(symbol: string): PairNames {
  const [ours = '', currency = ''] = symbol.split('/')
  const name = namesOfVersion1.get(ours) ?? ours
  const base = marked.includes(name) ? `X${name}` : fiat.includes(name) ? `Z${name}` : name
  const quote = fiat.includes(currency) ? `Z${currency}` : currency
  const key = base !== name || name === 'USDT' ? `${base}${quote}` : `${name}${currency}`
  return { key, row: { altname: `${name}${currency}`, wsname: `${name}/${currency}`, base, quote } }
}

function tickerRow(symbol: string, market: SimulatedMarket): object {
  const { price, size } = market.lastTrade(symbol) ?? { price: '0.00000', size: '0.00000000' }
  const both = [price, price]
  const best = [price, '1', '1.000']
  return { a: best, b: best, c: [price, size], v: [size, size], p: both, t: [1, 1], l: both, h: both, o: price }
}

const stateWords = { trading: 'online', halted: 'cancel_only', closed: 'delisted' }

function answer(market: SimulatedMarket, entry: (symbol: string, state: MarketState) => readonly [key: string, row: object]): string {
  return JSON.stringify({ error: [], result: Object.fromEntries([...market.listed].map(([symbol, state]) => entry(symbol, state))) })
}
