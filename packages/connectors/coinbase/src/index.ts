import {
  type FeedEvent,
  type JsonObject,
  type ListedSymbol,
  type RawTrade,
  type Tick,
  asObject,
  asObjects,
  defineConnector,
  readMarketState,
  readObject,
  readTrades,
  rejectionText,
  restRows,
  rfc3339Ms,
} from '@trinity/core'

const products = 'https://api.coinbase.com/api/v3/brokerage/market/products'

/** Coinbase Advanced Trade, public channels. https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels */
export const coinbase = defineConnector({
  apiVersion: 2,
  name: 'coinbase',
  title: 'Coinbase',
  wireId: 1,
  sourceTag: 'coinbase-ws',
  urls: ['wss://advanced-trade-ws.coinbase.com'],
  quotes: ['USD'],
  limits: {
    connects: { count: 4, perMs: 1000 },
    frames: { count: 8, perMs: 1000 },
    symbolsPerConnection: 200,
    symbolsPerFrame: 100,
    subscribeWithinMs: 5000,
  },
  heartbeat: { silenceMs: 5000 },
  backfill: 'marked',
  toSymbol: ({ base, quote }) => `${base}-${quote}`,
  // The heartbeats channel keeps quiet products open and proves the connection each second; asking twice changes nothing.
  subscribe: (symbols) => [
    JSON.stringify({ type: 'subscribe', product_ids: symbols, channel: 'market_trades' }),
    JSON.stringify({ type: 'subscribe', channel: 'heartbeats' }),
  ],
  unsubscribe: (symbols) => [JSON.stringify({ type: 'unsubscribe', product_ids: symbols, channel: 'market_trades' })],

  decode(frame) {
    const message = readObject(frame)
    if (message === undefined) return []
    if (message.channel === 'market_trades') return decodeTrades(asObjects(message.events))
    if (message.channel === 'subscriptions') return asObjects(message.events).flatMap(decodeHeld)
    if (message.type === 'error') return [decodeError(message)]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 8, perMs: 1000 },
    // Public endpoints are cached for a second.
    bodyAgeMs: 1000,
    request: (symbols) => symbols.map((symbol) => ({ url: `${products}/${encodeURIComponent(symbol)}/ticker?limit=1` })),
    decode(body) {
      const message = readObject(body)
      const rows = restRows(message?.trades, message)
      return 'rejected' in rows ? rows : { ticks: readTrades(rows, (row) => rawTrade(row)) }
    },
    list: {
      request: () => ({ url: `${products}?product_type=SPOT` }),
      decode(body) {
        const message = readObject(body)
        const rows = restRows(message?.products, message)
        return 'rejected' in rows ? rows : rows.flatMap(readProduct)
      },
    },
  },
})

function rawTrade(row: JsonObject, backfill = false): RawTrade {
  // The venue gives the maker's side.
  const side = row.side === 'BUY' ? 'sell' : row.side === 'SELL' ? 'buy' : undefined
  return { symbol: row.product_id, price: row.price, size: row.size, at: rfc3339Ms(row.time), id: row.trade_id, backfill, side }
}

function decodeTrades(events: readonly JsonObject[]): FeedEvent[] {
  const ticks: Tick[] = []
  for (const event of events) {
    const backfill = event.type === 'snapshot'
    readTrades(asObjects(event.trades), (row) => rawTrade(row, backfill), ticks)
  }
  return ticks
}

/** An ack lists every product held, so each is acked again each time. */
function decodeHeld(event: JsonObject): FeedEvent[] {
  const held = asObject(event.subscriptions)?.market_trades
  return Array.isArray(held) ? held.filter((symbol) => typeof symbol === 'string').map((symbol) => ({ kind: 'ack', symbol })) : []
}

const stateWords = { trading: ['online'], halted: ['offline'], closed: ['delisted'] }

/** Each of these stops trades although the status still says `online`; `limit_only` does not. */
const haltingFlags = ['trading_disabled', 'is_disabled', 'view_only', 'cancel_only', 'post_only', 'auction_mode']

function readProduct(product: JsonObject): ListedSymbol[] {
  const { product_id: symbol, status } = product
  if (typeof symbol !== 'string' || symbol === '') return []
  const read = readMarketState(status, stateWords)
  return [read.state === 'trading' && haltingFlags.some((flag) => product[flag] === true) ? { symbol, state: 'halted' } : { symbol, ...read }]
}

/** The product stands only in the words, and not always. */
function decodeError({ message, reason: words }: JsonObject): FeedEvent {
  const reason = rejectionText(message, words)
  const symbol = /(\S+-\S+) is not a valid product/.exec(reason)?.[1]
  return symbol === undefined ? { kind: 'reject', reason } : { kind: 'reject', symbol, reason }
}
