import {
  type FeedEvent,
  type JsonObject,
  type ListedSymbol,
  asObject,
  defineConnector,
  pricesMadeAt,
  readMarketState,
  readObject,
  readObjects,
  readTrade,
  readUntimedPrices,
  rejectionText,
  wholeMs,
} from '@trinity/core'

/** Kept hot here. Coinbase lists BTC, ETH and XRP too and is asked first; nobody else lists ADA. */
export const assets = ['BTC', 'ETH', 'XRP', 'ADA']

const rest = 'https://www.bitstamp.net/api/v2'

/** Bitstamp spot, public channels of WebSocket v2. https://www.bitstamp.net/websocket/v2/ */
export const bitstamp = defineConnector({
  apiVersion: 2,
  name: 'bitstamp',
  title: 'Bitstamp',
  wireId: 128,
  sourceTag: 'bitstamp-ws',
  urls: ['wss://ws.bitstamp.net'],
  quotes: ['USD'],
  limits: {
    // The venue names no pace; these are well below what it is known to bear. It closes a connection at the 1,025th channel, without a word.
    connects: { count: 1, perMs: 1000 },
    frames: { count: 10, perMs: 1000 },
    symbolsPerConnection: 100,
    symbolsPerFrame: 1,
    sessionMs: 90 * 86_400_000,
  },
  heartbeat: { silenceMs: 25_000, ping: { everyMs: 15_000, frame: () => '{"event":"bts:heartbeat"}' }, replyWithinMs: 5000 },
  backfill: 'none',
  toSymbol: ({ base, quote }) => `${base}${quote}`.toLowerCase(),
  subscribe: (symbols) => symbols.map((symbol) => requestFrame('bts:subscribe', symbol)),
  unsubscribe: (symbols) => symbols.map((symbol) => requestFrame('bts:unsubscribe', symbol)),

  decode(frame) {
    const message = readObject(frame)
    if (message === undefined) return []
    const symbol = typeof message.channel === 'string' ? /^live_trades_(.+)$/.exec(message.channel)?.[1] : undefined
    const data = asObject(message.data) ?? {}
    if (message.event === 'trade') return decodeTrade(symbol, data)
    // A market that does not exist is acked like any other: only its trades show that a subscription is worth something.
    if (message.event === 'bts:subscription_succeeded' && symbol !== undefined) return [{ kind: 'ack', symbol }]
    if (message.event === 'bts:error') return [decodeError(symbol, data)]
    // Before maintenance; the venue leaves a few seconds to move to another of its servers.
    if (message.event === 'bts:request_reconnect') return [{ kind: 'goingAway', inMs: 5000 }]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 10, perMs: 1000 },
    request: () => [{ url: `${rest}/ticker/` }],
    decode(body, symbols, restName) {
      const rows = readObjects(body)
      const prices = new Map(rows.map(({ pair, last }) => [pair, last]))
      const ticks = readUntimedPrices(symbols, (symbol) => prices.get(restName(symbol)))
      // The time of a row is when it was made, in seconds, and not when its last trade was.
      return pricesMadeAt(
        ticks,
        rows.map(({ timestamp }) => (wholeMs(timestamp) ?? NaN) * 1000),
      )
    },
    list: {
      request: () => ({ url: `${rest}/markets/` }),
      decode: (body) => readObjects(body).flatMap(readMarket),
    },
  },
})

function requestFrame(event: 'bts:subscribe' | 'bts:unsubscribe', symbol: string): string {
  return JSON.stringify({ event, data: { channel: `live_trades_${symbol}` } })
}

/** `price` and `amount` have been through a double; their `_str` twins have the venue's digits. */
function decodeTrade(symbol: string | undefined, data: JsonObject): FeedEvent[] {
  const at = Math.floor((wholeMs(data.microtimestamp) ?? NaN) / 1000)
  const side = data.type === 0 ? 'buy' : data.type === 1 ? 'sell' : undefined
  const tick = readTrade({ symbol, price: data.price_str, size: data.amount_str, at, id: data.id, side })
  return tick === undefined ? [] : [tick]
}

function decodeError(symbol: string | undefined, { message }: JsonObject): FeedEvent {
  const reason = rejectionText(message)
  return symbol === undefined ? { kind: 'reject', reason } : { kind: 'reject', symbol, reason }
}

const stateWords = { trading: ['Enabled'], halted: ['Disabled'], closed: [] }

/** Tickers call a market by its `name`. */
function readMarket({ market_symbol: symbol, name: restName, trading }: JsonObject): ListedSymbol[] {
  if (typeof symbol !== 'string' || symbol === '' || typeof restName !== 'string' || restName === '') return []
  return [{ symbol, restName, ...readMarketState(trading, stateWords) }]
}
