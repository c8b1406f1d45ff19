import {
  type FeedEvent,
  type JsonObject,
  type ListedSymbol,
  NumberText,
  type RestRejection,
  asObject,
  asObjects,
  datedPrices,
  defineConnector,
  frameText,
  isSuccessCode,
  readObject,
  readTrades,
  rejectionText,
  restRejection,
  restRows,
  wholeMs,
} from '@trinity/core'

const rest = 'https://api.crypto.com/exchange/v1/public'

/** How far busy rows of one body were seen to be behind the newest one. */
const rowLagMs = 250

/** Crypto.com Exchange, market data v1. https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#trade-instrument_name */
export const cryptocom = defineConnector({
  apiVersion: 2,
  name: 'cryptocom',
  title: 'Crypto.com',
  wireId: 5,
  sourceTag: 'cryptocom-ws',
  urls: ['wss://stream.crypto.com/exchange/v1/market'],
  quotes: ['USDT', 'USD'],
  // Errors name the request and not always the channel, hence one symbol a frame. Limits are prorated in the first second.
  limits: {
    connects: { count: 2, perMs: 1000 },
    frames: { count: 50, perMs: 1000 },
    symbolsPerConnection: 400,
    symbolsPerFrame: 1,
    afterOpenMs: 1000,
  },
  // The venue's own heartbeat comes every 30 s.
  heartbeat: { silenceMs: 35_000 },
  backfill: 'first-frame',
  toSymbol: ({ base, quote }) => `${base}_${quote}`,
  subscribe: (symbols, { id, now }) => [JSON.stringify({ id, method: 'subscribe', params: { channels: symbols.map(channel) }, nonce: now })],
  unsubscribe: (symbols, { id, now }) => [JSON.stringify({ id, method: 'unsubscribe', params: { channels: symbols.map(channel) }, nonce: now })],

  decode(frame) {
    const text = frameText(frame)
    const message = readObject(text)
    if (message === undefined) return []
    const result = asObject(message.result)
    if (result?.channel === 'trade') return decodeTrades(result.data, typeof message.id === 'number' && message.id !== -1)
    if (message.method === 'public/heartbeat') return answerHeartbeat(text, message.id)
    if (message.code !== undefined && message.code !== 0) return [decodeError(message)]
    if (message.method === 'subscribe' && result === undefined && typeof message.id === 'number') return [{ kind: 'ack', request: message.id }]
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 10, perMs: 1000 },
    // For bodies whose times can't be read: every good one has them.
    bodyAgeMs: 60_000,
    request: () => [{ url: `${rest}/get-tickers` }],
    decode(body, symbols) {
      const rows = readRows(body)
      if ('rejected' in rows) return rows
      return datedPrices(
        symbols,
        rows.map(({ i: symbol, a: price, t: madeAt }) => ({ symbol, price, madeAt })),
        rowLagMs,
      )
    },
    list: {
      request: () => ({ url: `${rest}/get-instruments` }),
      decode(body) {
        const rows = readRows(body)
        return 'rejected' in rows ? rows : rows.flatMap(readInstrument)
      },
    },
  },
})

function channel(symbol: string): string {
  return `trade.${symbol}`
}

/** Newest first, as they come. A frame that carries a request's id is the snapshot that answers it. */
function decodeTrades(data: unknown, backfill: boolean): FeedEvent[] {
  return readTrades(asObjects(data), (row) => ({ symbol: row.i, price: row.p, size: row.q, at: wholeMs(row.t), id: row.d, backfill, side: row.s }))
}

/** The same id has to go back within 5 s, digit for digit. */
function answerHeartbeat(text: string, id: unknown): FeedEvent[] {
  const digits = new NumberText(text, 'id').next(id)
  return digits === undefined ? [{ kind: 'alive' }] : [{ kind: 'reply', frame: `{"id":${digits},"method":"public/respond-heartbeat"}` }]
}

/** Refusals for the rate of requests or a clock that is wrong: they say nothing about the symbol, which is asked for again when mute. */
const notOfSymbols: readonly unknown[] = [40_102, 42_901]

function decodeError({ id, code, message }: JsonObject): FeedEvent {
  const reason = rejectionText(message)
  return typeof id === 'number' && !notOfSymbols.includes(code) ? { kind: 'reject', request: id, reason } : { kind: 'reject', reason }
}

/** A body without a code has one of another shape or is a refusal of whatever stands before the venue. */
function readRows(body: string): readonly JsonObject[] | RestRejection {
  const message = readObject(body)
  return isSuccessCode(message?.code) ? restRows(asObject(message?.result)?.data, message) : restRejection(message)
}

/** Only spot pairs; futures share the list. The venue says of a pair that it can be traded or not, never that it is gone. */
function readInstrument({ symbol, inst_type: type, tradable }: JsonObject): ListedSymbol[] {
  if (typeof symbol !== 'string' || symbol === '' || type !== 'CCY_PAIR') return []
  return [{ symbol, state: tradable === true ? 'trading' : 'halted' }]
}
