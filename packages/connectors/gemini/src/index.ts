import {
  type FeedEvent,
  type JsonObject,
  NumberText,
  type Tick,
  asObject,
  defineConnector,
  frameText,
  readArray,
  readObject,
  readObjects,
  readTrade,
  readUntimedPrice,
  readUntimedPrices,
} from '@trinity/core'

/** Gemini, JSON streams. https://developer.gemini.com/websocket/streams */
export const gemini = defineConnector({
  apiVersion: 1,
  name: 'gemini',
  title: 'Gemini',
  wireId: 2,
  sourceTag: 'gemini-ws',
  urls: ['wss://ws.gemini.com'],
  quotes: ['USD'],
  renames: { RNDR: ['RNDR', 'RENDER'], TON: ['GRAM', 'TON'] },
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
    // No field says what a frame is; its keys do, and `e` marks the book.
    if (message.e === undefined && message.t !== undefined) return decodeTrade(text, message)
    // A quote's time is not that of its last trade.
    if (message.c !== undefined) return present(readUntimedPrice(message.s, message.c))
    if (message.status !== undefined) return [decodeAnswer(message)]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 1, perMs: 1000 },
    request: () => [{ url: 'https://api.gemini.com/v1/pricefeed' }],
    decode(body, symbols) {
      const prices = new Map(readObjects(body).map(({ pair, price }) => [typeof pair === 'string' ? pair.toLowerCase() : '', price]))
      return readUntimedPrices(symbols, (symbol) => prices.get(symbol))
    },
    list: {
      request: () => ({ url: 'https://api.gemini.com/v1/symbols' }),
      decode: (body) => readArray(body).flatMap((symbol) => (typeof symbol === 'string' ? [{ symbol: symbol.toLowerCase(), tradable: true }] : [])),
    },
  },
})

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
  return present(readTrade({ symbol: message.s, price: message.p, size: message.q, at, id }))
}

function present(tick: Tick | undefined): FeedEvent[] {
  return tick === undefined ? [] : [tick]
}

/** Too many requests, and the venue's own fault: they say nothing about the symbols, which are asked for again when mute. */
const notOfSymbols: readonly unknown[] = [429, 500]

function decodeAnswer({ id, status, error }: JsonObject): FeedEvent {
  const request = typeof id === 'string' ? Number(id) : NaN
  if (status === 200) return Number.isInteger(request) ? { kind: 'ack', request } : { kind: 'alive' }
  const words = asObject(error)?.msg
  const reason = typeof words === 'string' ? words : 'refused'
  return Number.isInteger(request) && !notOfSymbols.includes(status) ? { kind: 'reject', request, reason } : { kind: 'reject', reason }
}
