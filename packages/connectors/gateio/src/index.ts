import {
  type FeedEvent,
  type FrameContext,
  type JsonObject,
  type ListedSymbol,
  NumberText,
  type RawTrade,
  type RestRejection,
  asObject,
  defineConnector,
  frameText,
  readMarketState,
  readJson,
  readObject,
  readTrade,
  readTrades,
  rejectionText,
  restRows,
  wholeMs,
} from '@trinity/core'

const rest = 'https://api.gateio.ws/api/v4/spot'

/** Gate.io spot, WebSocket v4. https://www.gate.com/docs/developers/apiv4/ws/en/#public-trades-channel */
export const gateio = defineConnector({
  apiVersion: 2,
  name: 'gateio',
  title: 'Gate.io',
  wireId: 4,
  sourceTag: 'gateio-ws',
  // Without the slash at its end the address is not found.
  urls: ['wss://api.gateio.ws/ws/v4/'],
  quotes: ['USDT'],
  // The venue names none. One pair a frame, since a bad one may void its whole request.
  limits: { connects: { count: 2, perMs: 1000 }, frames: { count: 20, perMs: 1000 }, symbolsPerConnection: 100, symbolsPerFrame: 1 },
  heartbeat: {
    silenceMs: 25_000,
    ping: { everyMs: 12_000, frame: ({ now }) => JSON.stringify({ time: seconds(now), channel: 'spot.ping' }) },
    replyWithinMs: 10_000,
  },
  backfill: 'none',
  toSymbol: ({ base, quote }) => `${base}_${quote}`,
  subscribe: (symbols, context) => [requestFrame('subscribe', symbols, context)],
  unsubscribe: (symbols, context) => [requestFrame('unsubscribe', symbols, context)],

  decode(frame) {
    const text = frameText(frame)
    const message = readObject(text)
    if (message === undefined) return []
    if (message.channel === 'spot.trades' && message.event === 'update') return decodeTrade(text, asObject(message.result))
    const error = asObject(message.error)
    if (error !== undefined) return [decodeError(message, error)]
    const named = message.channel === 'spot.trades' && message.event === 'subscribe' ? namedBy(message) : undefined
    return [named === undefined ? { kind: 'alive' } : { kind: 'ack', ...named }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 180, perMs: 10_000 },
    // The last trade of each pair, since all tickers at once come without times from a cache of 20 s and more. Whether trades are cached too is
    // documented nowhere.
    bodyAgeMs: 3000,
    request: (symbols) => symbols.map((symbol) => ({ url: `${rest}/trades?currency_pair=${encodeURIComponent(symbol)}&limit=1` })),
    // Rows without a trade time, such as tickers, give nothing. Users have met the maker's side here, where the socket has the taker's of the very
    // same trade, so it is left out. https://github.com/gateio/rest-v4/issues/10
    decode(body) {
      const rows = readRows(body)
      return 'rejected' in rows ? rows : { ticks: readTrades(rows, (row) => rawTrade(row, row.id)) }
    },
    list: {
      request: () => ({ url: `${rest}/currency_pairs` }),
      decode(body) {
        const rows = readRows(body)
        return 'rejected' in rows ? rows : rows.flatMap(readPair)
      },
    },
  },
})

function requestFrame(event: 'subscribe' | 'unsubscribe', payload: readonly string[], { id, now }: FrameContext): string {
  return JSON.stringify({ time: seconds(now), id, channel: 'spot.trades', event, payload })
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

function decodeTrade(text: string, row: JsonObject | undefined): FeedEvent[] {
  if (row === undefined) return []
  const id = Number.isSafeInteger(row.id) ? row.id : new NumberText(text, 'id').next(row.id)
  const tick = readTrade(rawTrade(row, id, row.side))
  return tick === undefined ? [] : [tick]
}

function rawTrade(row: JsonObject, id: unknown, side?: unknown): RawTrade {
  return { symbol: row.currency_pair, price: row.price, size: row.amount, at: wholeMs(row.create_time_ms), id, side }
}

/** What an answer is about: the pair that it repeats, else its request. It may name neither. */
function namedBy({ id, payload }: JsonObject): { symbol: string } | { request: number } | undefined {
  const symbol: unknown = Array.isArray(payload) && payload.length === 1 ? payload[0] : undefined
  if (typeof symbol === 'string') return { symbol }
  return typeof id === 'number' ? { request: id } : undefined
}

function decodeError(message: JsonObject, { code, message: words }: JsonObject): FeedEvent {
  const reason = rejectionText(words)
  // A fault of the server says nothing about the pair; it is asked for again when mute.
  if (code === 3 || message.channel !== 'spot.trades') return { kind: 'reject', reason }
  return { kind: 'reject', ...(namedBy(message) ?? namedIn(reason)), reason }
}

/** The pair that ends the words of a refusal: what is left where the answer repeats neither pair nor request. */
function namedIn(reason: string): { symbol: string } | undefined {
  const pair = reason.slice(reason.lastIndexOf(' ') + 1)
  return pair.includes('_') ? { symbol: pair } : undefined
}

/**
 * A pair that only one side may trade still has trades. An untradable one with a delisting time is halted too: the time may lie ahead, and the row
 * leaves the list when it has passed.
 */
const stateWords = { trading: ['tradable', 'buyable', 'sellable'], halted: ['untradable'], closed: [] }

function readPair({ id: symbol, trade_status: status }: JsonObject): ListedSymbol[] {
  return typeof symbol === 'string' && symbol !== '' ? [{ symbol, ...readMarketState(status, stateWords) }] : []
}

/** A refusal is an object where rows stand otherwise. */
function readRows(body: string): readonly JsonObject[] | RestRejection {
  const rows = readJson(body)
  return restRows(rows, rows)
}
