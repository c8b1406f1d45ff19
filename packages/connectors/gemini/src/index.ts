import {
  type FeedEvent,
  type JsonObject,
  type ListedSymbol,
  NumberText,
  type RestRejection,
  type Tick,
  asObject,
  defineConnector,
  frameText,
  readMarketState,
  readJson,
  readObject,
  readTrade,
  readUntimedPrice,
  readUntimedPrices,
  rejectionText,
  restRows,
} from '@trinity/core'

const rest = 'https://api.gemini.com/v1'

/** Gemini, JSON streams. https://developer.gemini.com/websocket/streams */
export const gemini = defineConnector({
  apiVersion: 2,
  name: 'gemini',
  title: 'Gemini',
  wireId: 2,
  sourceTag: 'gemini-ws',
  urls: ['wss://ws.gemini.com'],
  quotes: ['USD'],
  // The venue names none; these are well below what it is known to bear.
  limits: { connects: { count: 1, perMs: 1000 }, frames: { count: 5, perMs: 1000 }, symbolsPerConnection: 200, symbolsPerFrame: 100 },
  // Requests have numbers as ids, so the answer to `ping` is told from an ack.
  heartbeat: { silenceMs: 25_000, ping: { everyMs: 15_000, frame: () => '{"id":"ping","method":"ping"}' }, replyWithinMs: 5000 },
  backfill: 'none',
  toSymbol: ({ base, quote }) => `${base}${quote}`.toLowerCase(),
  subscribe: (symbols, { id }) => [JSON.stringify({ id: String(id), method: 'subscribe', params: symbols.flatMap(streams) })],
  unsubscribe: (symbols, { id }) => [JSON.stringify({ id: String(id), method: 'unsubscribe', params: symbols.flatMap(streams) })],

  decode(frame) {
    const text = frameText(frame)
    const message = readObject(text)
    if (message === undefined) return []
    const { e: type } = message
    // Where no field says what a frame is, its keys do.
    if (type === 'trade' || (type === undefined && message.t !== undefined)) return decodeTrade(text, message)
    if ((type === undefined || type === 'bookTicker') && isQuote(message)) return present(readUntimedPrice(message.s, message.c))
    if (message.status !== undefined) return [decodeAnswer(message)]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 1, perMs: 1000 },
    // The prices have no times, and how old they can be is documented nowhere.
    bodyAgeMs: 5000,
    request: () => [{ url: `${rest}/pricefeed` }],
    decode(body, symbols) {
      const rows = readRows(body)
      if ('rejected' in rows) return rows
      const prices = new Map(rows.map(({ pair, price }) => [typeof pair === 'string' ? pair.toLowerCase() : '', price]))
      return { ticks: readUntimedPrices(symbols, (symbol) => prices.get(symbol)) }
    },
    list: {
      request: () => ({ url: `${rest}/symbols/details/all` }),
      decode(body) {
        const rows = readRows(body)
        return 'rejected' in rows ? rows : rows.flatMap(readDetails)
      },
    },
  },
})

/** Whether a frame is a quote that has the price of the last trade, though not its time; before the first trade it has none. */
function isQuote({ u, a, b, c }: JsonObject): boolean {
  return u !== undefined && typeof a === 'string' && typeof b === 'string' && c !== undefined
}

/** Trades, and quotes for the price of the last trade before the first one is seen. */
function streams(symbol: string): string[] {
  return [`${symbol}@trade`, `${symbol}@bookTicker`]
}

/**
 * The time is in nanoseconds, more than a double holds: it is up to 128 off, which matters only beside a whole millisecond. There the digits of
 * the text are read.
 */
function wholeMsOfNanos(text: string, nanos: unknown): number | undefined {
  if (typeof nanos !== 'number') return undefined
  const ms = Math.floor(nanos / 1e6)
  const past = nanos - ms * 1e6
  return past > 256 && past < 999_744 ? ms : Math.floor(Number(new NumberText(text, 'E').next(nanos)?.slice(0, -6)))
}

/** The time is in nanoseconds, more than a double holds: its text without the last six digits is in milliseconds. */
function decodeTrade(text: string, message: JsonObject): FeedEvent[] {
  const at = wholeMsOfNanos(text, message.E)
  const id = Number.isSafeInteger(message.t) ? message.t : new NumberText(text, 't').next(message.t)
  // `m` says that the buyer was the maker.
  const side = message.m === true ? 'sell' : message.m === false ? 'buy' : undefined
  return present(readTrade({ symbol: message.s, price: message.p, size: message.q, at, id, side }))
}

function present(tick: Tick | undefined): FeedEvent[] {
  return tick === undefined ? [] : [tick]
}

/** Too many requests, and the venue's own fault: they say nothing about the symbols, which are asked for again when mute. */
const notOfSymbols: readonly unknown[] = [429, 500]

function decodeAnswer({ id, status, error }: JsonObject): FeedEvent {
  const request = typeof id === 'string' ? Number(id) : NaN
  if (status === 200) return Number.isInteger(request) ? { kind: 'ack', request } : { kind: 'alive' }
  const reason = rejectionText(asObject(error)?.msg)
  return Number.isInteger(request) && !notOfSymbols.includes(status) ? { kind: 'reject', request, reason } : { kind: 'reject', reason }
}

const stateWords = { trading: ['open', 'limit_only'], halted: ['post_only', 'cancel_only'], closed: ['closed'] }

/** Streams name symbols in lower case, this list in upper case. */
function readDetails({ symbol, status }: JsonObject): ListedSymbol[] {
  return typeof symbol === 'string' && symbol !== '' ? [{ symbol: symbol.toLowerCase(), ...readMarketState(status, stateWords) }] : []
}

/** A refusal is an object where rows stand otherwise. */
function readRows(body: string): readonly JsonObject[] | RestRejection {
  const rows = readJson(body)
  return restRows(rows, rows)
}
