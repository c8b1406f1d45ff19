import {
  type FeedEvent,
  type FrameContext,
  type JsonObject,
  type ListedSymbol,
  type RestRejection,
  asObject,
  asObjects,
  datedPrices,
  defineConnector,
  frameText,
  isSuccessCode,
  readMarketState,
  readObject,
  readTrades,
  rejectionText,
  restRejection,
  restRows,
  wholeMs,
} from '@trinity/core'

const rest = 'https://www.okx.com/api/v5'

/** How far busy rows of one body were seen to be behind the newest one. */
const rowLagMs = 250

/** OKX spot, WebSocket v5. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel */
export const okx = defineConnector({
  apiVersion: 2,
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
    if (message.data !== undefined && (arg?.channel === 'trades' || arg?.channel === 'trades-all')) return decodeTrades(message.data, arg.instId)
    if (message.event === 'subscribe' && arg?.channel === 'trades' && typeof arg.instId === 'string') return [{ kind: 'ack', symbol: arg.instId }]
    if (message.event === 'error') return [decodeError(message)]
    if (message.event === 'notice' && message.code === '64008') return [{ kind: 'goingAway', inMs: 30_000 }]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 10, perMs: 2000 },
    // For bodies whose times can't be read: every good one has them.
    bodyAgeMs: 60_000,
    request: () => [{ url: `${rest}/market/tickers?instType=SPOT` }],
    decode(body, symbols) {
      const rows = readRows(body)
      if ('rejected' in rows) return rows
      // A row's time is when the venue made the row, not when its last trade was.
      return datedPrices(
        symbols,
        rows.map(({ instId: symbol, last: price, ts: madeAt }) => ({ symbol, price, madeAt })),
        rowLagMs,
      )
    },
    list: {
      request: () => ({ url: `${rest}/public/instruments?instType=SPOT` }),
      decode(body) {
        const rows = readRows(body)
        return 'rejected' in rows ? rows : rows.flatMap(readInstrument)
      },
    },
  },

  // Two entities with hosts and listings of their own; the European one has no pairs in USDT.
  regions: {
    eea: { urls: ['wss://wseea.okx.com:8443/ws/v5/public'], restHosts: { 'www.okx.com': 'eea.okx.com' }, quotes: ['USDC', 'EUR'] },
    us: { urls: ['wss://wsus.okx.com:8443/ws/v5/public'], restHosts: { 'www.okx.com': 'us.okx.com' }, quotes: ['USD', 'USDT', 'USDC'] },
  },
})

function requestFrame(op: 'subscribe' | 'unsubscribe', symbols: readonly string[], { id }: FrameContext): string {
  return JSON.stringify({ id: String(id), op, args: symbols.map((instId) => ({ channel: 'trades', instId })) })
}

/** A row that does not name its instrument is of the subscribed one. */
function decodeTrades(data: unknown, instId: unknown): FeedEvent[] {
  return readTrades(asObjects(data), (row) => ({
    symbol: row.instId ?? instId,
    price: row.px,
    size: row.sz,
    at: wholeMs(row.ts),
    id: row.tradeId,
    side: row.side,
  }))
}

/** An unknown instrument is refused alone and named only in the words; 60014, too many requests, says nothing about the symbols. */
function decodeError({ id, code, msg }: JsonObject): FeedEvent {
  const reason = rejectionText(msg)
  const symbol = code === '60018' ? /\btrades,instId:([^\s,]+)/.exec(reason)?.[1] : undefined
  if (symbol !== undefined) return { kind: 'reject', symbol, reason }
  const ofSymbols = typeof id === 'string' && code !== '60018' && code !== '60014'
  const request = ofSymbols ? Number(id) : NaN
  return Number.isInteger(request) ? { kind: 'reject', request, reason } : { kind: 'reject', reason }
}

/** A body without a code has one of another shape or is a refusal of whatever stands before the venue. */
function readRows(body: string): readonly JsonObject[] | RestRejection {
  const message = readObject(body)
  return isSuccessCode(message?.code) ? restRows(message?.data, message) : restRejection(message)
}

const stateWords = { trading: ['live'], halted: ['suspend', 'preopen', 'post_only', 'rebase'], closed: ['test', 'expired'] }

function readInstrument({ instId: symbol, state }: JsonObject): ListedSymbol[] {
  return typeof symbol === 'string' && symbol !== '' ? [{ symbol, ...readMarketState(state, stateWords) }] : []
}
