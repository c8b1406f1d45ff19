import {
  type FeedEvent,
  type FrameContext,
  type JsonObject,
  asObject,
  asObjects,
  defineConnector,
  frameText,
  readObject,
  readTrades,
  readUntimedPrices,
  wholeMs,
} from '@trinity/core'

const rest = 'https://www.okx.com/api/v5'

/** OKX spot, WebSocket v5. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel */
export const okx = defineConnector({
  apiVersion: 1,
  name: 'okx',
  title: 'OKX',
  wireId: 6,
  sourceTag: 'okx-ws',
  urls: ['wss://ws.okx.com:8443/ws/v5/public'],
  quotes: ['USDT'],
  limits: {
    connects: { count: 3, perMs: 1000 },
    frames: { count: 480, perMs: 3_600_000 },
    symbolsPerConnection: 400,
    symbolsPerFrame: 100,
    frameBytes: 65_536,
  },
  // Plain text, answered by `pong`; the venue cuts a connection without traffic after 30 s.
  heartbeat: { silenceMs: 28_000, ping: { everyMs: 15_000, frame: () => 'ping' }, replyWithinMs: 10_000 },
  backfill: 'first-frame',
  toSymbol: ({ base, quote }) => `${base}-${quote}`,
  subscribe: (symbols, context) => [requestFrame('subscribe', symbols, context)],
  unsubscribe: (symbols, context) => [requestFrame('unsubscribe', symbols, context)],

  decode(frame) {
    const text = frameText(frame)
    if (text === 'pong') return [{ kind: 'alive' }]
    const message = readObject(text)
    if (message === undefined) return []
    const arg = asObject(message.arg)
    if (message.data !== undefined && (arg?.channel === 'trades' || arg?.channel === 'trades-all')) return decodeTrades(message.data)
    if (message.event === 'subscribe' && arg?.channel === 'trades' && typeof arg.instId === 'string') return [{ kind: 'ack', symbol: arg.instId }]
    if (message.event === 'error') return [decodeError(message)]
    if (message.event === 'notice' && message.code === '64008') return [{ kind: 'goingAway', inMs: 30_000 }]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 10, perMs: 2000 },
    request: () => [{ url: `${rest}/market/tickers?instType=SPOT` }],
    decode(body, symbols) {
      const prices = new Map(readRows(body).map((row) => [row.instId, row.last]))
      return readUntimedPrices(symbols, (symbol) => prices.get(symbol))
    },
    list: {
      request: () => ({ url: `${rest}/public/instruments?instType=SPOT` }),
      decode: (body) =>
        readRows(body).flatMap(({ instId: symbol, state }) => (typeof symbol === 'string' ? [{ symbol, tradable: state === 'live' }] : [])),
    },
  },
})

function requestFrame(op: 'subscribe' | 'unsubscribe', symbols: readonly string[], { id }: FrameContext): string {
  return JSON.stringify({ id: String(id), op, args: symbols.map((instId) => ({ channel: 'trades', instId })) })
}

function decodeTrades(data: unknown): FeedEvent[] {
  return readTrades(asObjects(data), (row) => ({ symbol: row.instId, price: row.px, size: row.sz, at: wholeMs(row.ts), id: row.tradeId }))
}

/** An unknown instrument is refused alone and named only in the words; 60014, too many requests, says nothing about the symbols. */
function decodeError({ id, code, msg }: JsonObject): FeedEvent {
  const reason = typeof msg === 'string' ? msg : 'refused'
  const symbol = code === '60018' ? /\btrades,instId:([^\s,]+)/.exec(reason)?.[1] : undefined
  if (symbol !== undefined) return { kind: 'reject', symbol, reason }
  const ofSymbols = typeof id === 'string' && code !== '60018' && code !== '60014'
  const request = ofSymbols ? Number(id) : NaN
  return Number.isInteger(request) ? { kind: 'reject', request, reason } : { kind: 'reject', reason }
}

function readRows(body: string): readonly JsonObject[] {
  return asObjects(readObject(body)?.data)
}
