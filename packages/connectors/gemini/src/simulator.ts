import { type MarketState, readObject } from '@trinity/core'
import { type ClientRequest, type SimulatedQuote, type SimulatedTrade, defineSimulator } from '@trinity/core/simulation'
import { gemini } from './index.ts'

/** Gemini's JSON streams as their clients hear them. https://developer.gemini.com/websocket/streams */
export const geminiSimulator = defineSimulator({
  connector: gemini,

  readRequests(frame) {
    const { id, method, params } = readObject(frame) ?? {}
    if (typeof id !== 'string') return []
    if (method === 'ping') return [{ kind: 'ping', id }]
    const symbols = Array.isArray(params) ? params.filter((stream) => typeof stream === 'string').flatMap(symbolOf) : []
    const known = (method === 'subscribe' || method === 'unsubscribe') && symbols.length > 0 && /^\d+$/.test(id)
    return known ? [{ kind: method, symbols, id: Number(id) }] : []
  },

  ack: (request) => [JSON.stringify({ ...requestId(request), status: 200 })],
  // The answer names the request and no symbol.
  reject: (request) => [JSON.stringify({ ...requestId(request), status: 400, error: { code: -1013, msg: 'Invalid parameters' } })],

  trades: (trades) => trades.map(tradeFrame),
  quote: (quote, { now }) => [quoteFrame(quote, now)],
  // No trades of the past, but the quote with the price of the last one, at once.
  snapshot: (_symbol, recent, _request, { now }) => recent.slice(-1).map((last) => quoteFrame({ bid: last.price, ask: last.price, last }, now)),
  snapshotFirst: true,

  pong: ({ id }) => [JSON.stringify({ id, status: 200 })],

  rest(pathAndQuery, market) {
    if (pathAndQuery === '/v1/symbols/details/all') return JSON.stringify([...market.listed].map(([symbol, state]) => details(symbol, state)))
    if (pathAndQuery !== '/v1/pricefeed') return undefined
    const last = [...market.listed.keys()].map((symbol) => market.lastTrade(symbol)).filter((trade) => trade !== undefined)
    return JSON.stringify(last.map(({ symbol, price }) => ({ pair: symbol.toUpperCase(), price, percentChange24h: '0.0000' })))
  },
})

const tradeStream = '@trade'

function symbolOf(stream: string): readonly string[] {
  return stream.endsWith(tradeStream) ? [stream.slice(0, -tradeStream.length)] : []
}

/** Numbers come back as the text that they were asked with. */
function requestId({ id }: ClientRequest): { readonly id?: string } {
  return id === undefined ? {} : { id: String(id) }
}

/** Written as text: the nanoseconds are more than a double holds. */
function tradeFrame({ symbol, price, size, at, id, takerBuys }: SimulatedTrade): string {
  const nanos = `${at}${String(id % 1_000_000).padStart(6, '0')}`
  return `{"E":${nanos},"s":${JSON.stringify(symbol)},"t":${id},"p":${JSON.stringify(price)},"q":${JSON.stringify(size)},"m":${!takerBuys}}`
}

function quoteFrame({ bid, ask, last: { symbol, price, size } }: SimulatedQuote, now: number): string {
  const quote = JSON.stringify({ s: symbol, b: bid, B: size, a: ask, A: size, c: price, C: size })
  return `{"u":${now}000,"E":${now}000000,${quote.slice(1)}`
}

const stateWords = { trading: 'open', halted: 'cancel_only', closed: 'closed' }

/** Symbols end in their quote currency, of which the connector knows its own. */
function details(symbol: string, state: MarketState): object {
  const name = symbol.toUpperCase()
  const quote_currency = gemini.quotes.find((quote) => name.endsWith(quote)) ?? ''
  return {
    symbol: name,
    base_currency: name.slice(0, name.length - quote_currency.length),
    quote_currency,
    tick_size: 1e-8,
    quote_increment: 0.01,
    min_order_size: '0.00001',
    status: stateWords[state],
    wrap_enabled: false,
    product_type: 'spot',
    contract_type: 'vanilla',
    contract_price_currency: quote_currency,
  }
}
