import {
  type FeedEvent,
  type FrameContext,
  type JsonObject,
  NumberText,
  asObject,
  defineConnector,
  frameText,
  readObject,
  readObjects,
  readTrade,
  readUntimedPrices,
  wholeMs,
} from '@trinity/core'

const rest = 'https://api.gateio.ws/api/v4/spot'

/** Gate.io spot, WebSocket v4. https://www.gate.com/docs/developers/apiv4/ws/en/#public-trades-channel */
export const gateio = defineConnector({
  apiVersion: 1,
  name: 'gateio',
  title: 'Gate.io',
  wireId: 4,
  sourceTag: 'gateio-ws',
  // Without the slash at its end the address is not found.
  urls: ['wss://api.gateio.ws/ws/v4/'],
  quotes: ['USDT'],
  renames: { TON: ['GRAM', 'TON'] },
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
    limit: { count: 100, perMs: 10_000 },
    request: () => [{ url: `${rest}/tickers` }],
    decode(body, symbols) {
      const prices = new Map(readObjects(body).map((row) => [row.currency_pair, row.last]))
      return readUntimedPrices(symbols, (symbol) => prices.get(symbol))
    },
    list: {
      request: () => ({ url: `${rest}/currency_pairs` }),
      decode: (body) =>
        readObjects(body).flatMap(({ id: symbol, trade_status: status }) =>
          typeof symbol === 'string' ? [{ symbol, tradable: status === 'tradable' }] : [],
        ),
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
  const tick = readTrade({ symbol: row.currency_pair, price: row.price, size: row.amount, at: wholeMs(row.create_time_ms), id })
  return tick === undefined ? [] : [tick]
}

/** What an answer is about: the pair that it repeats, else its request. It may name neither. */
function namedBy({ id, payload }: JsonObject): { symbol: string } | { request: number } | undefined {
  const symbol: unknown = Array.isArray(payload) && payload.length === 1 ? payload[0] : undefined
  if (typeof symbol === 'string') return { symbol }
  return typeof id === 'number' ? { request: id } : undefined
}

function decodeError(message: JsonObject, { code, message: words }: JsonObject): FeedEvent {
  const reason = typeof words === 'string' ? words : 'refused'
  // A fault of the server says nothing about the pair; it is asked for again when mute.
  if (code === 3 || message.channel !== 'spot.trades') return { kind: 'reject', reason }
  const pair = reason.slice(reason.lastIndexOf(' ') + 1)
  return { kind: 'reject', ...(pair.includes('_') ? { symbol: pair } : namedBy(message)), reason }
}
