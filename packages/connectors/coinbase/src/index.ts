import {
  type FeedEvent,
  type JsonObject,
  type RawTrade,
  type Tick,
  asObject,
  asObjects,
  defineConnector,
  readObject,
  readTrades,
  rfc3339Ms,
} from '@trinity/core'

const products = 'https://api.coinbase.com/api/v3/brokerage/market/products'

/** Coinbase Advanced Trade, public channels. https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels */
export const coinbase = defineConnector({
  apiVersion: 1,
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
    if (message.type === 'error') return [{ kind: 'reject', reason: typeof message.message === 'string' ? message.message : 'refused' }]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 8, perMs: 1000 },
    request: (symbols) => symbols.map((symbol) => ({ url: `${products}/${encodeURIComponent(symbol)}/ticker?limit=1` })),
    decode: (body) => readTrades(asObjects(readObject(body)?.trades), (row) => rawTrade(row)),
    list: {
      request: () => ({ url: `${products}?product_type=SPOT` }),
      decode: (body) =>
        asObjects(readObject(body)?.products).flatMap(({ product_id: symbol, status, trading_disabled: disabled, is_disabled: off }) =>
          typeof symbol === 'string' ? [{ symbol, tradable: status === 'online' && disabled !== true && off !== true }] : [],
        ),
    },
  },
})

function rawTrade(row: JsonObject, backfill = false): RawTrade {
  return { symbol: row.product_id, price: row.price, size: row.size, at: rfc3339Ms(row.time), id: row.trade_id, backfill }
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
