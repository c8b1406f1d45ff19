import {
  type FeedEvent,
  type JsonObject,
  type ListedSymbol,
  NumberText,
  type RestRejection,
  type Tick,
  asObject,
  asObjects,
  defineConnector,
  frameText,
  readMarketState,
  readObject,
  readTrade,
  readTrades,
  readUntimedPrices,
  rejectionText,
  restRejection,
  rfc3339Ms,
} from '@trinity/core'

const rest = 'https://api.kraken.com/0/public'

/** Kraken spot, WebSocket v2. Prices are JSON numbers; their text is taken from the frame. https://docs.kraken.com/api/docs/websocket-v2/trade */
export const kraken = defineConnector({
  apiVersion: 2,
  name: 'kraken',
  title: 'Kraken',
  wireId: 3,
  sourceTag: 'kraken-ws',
  urls: ['wss://ws.kraken.com/v2'],
  quotes: ['USD'],
  limits: { connects: { count: 100, perMs: 600_000 }, frames: { count: 10, perMs: 1000 }, symbolsPerConnection: 200, symbolsPerFrame: 100 },
  heartbeat: { silenceMs: 5000 },
  backfill: 'marked',
  toSymbol: ({ base, quote }) => `${base}/${quote}`,
  subscribe: (symbols, { id }) => [
    JSON.stringify({ method: 'subscribe', params: { channel: 'trade', symbol: symbols, snapshot: true }, req_id: id }),
  ],
  unsubscribe: (symbols, { id }) => [JSON.stringify({ method: 'unsubscribe', params: { channel: 'trade', symbol: symbols }, req_id: id })],

  decode(frame) {
    const text = frameText(frame)
    const scanned = scanTrades(text)
    if (scanned !== undefined) return scanned
    const message = readObject(text)
    if (message === undefined) return []
    if (message.channel === 'trade') return decodeTrades(text, message.data, message.type === 'snapshot')
    if (message.method === 'subscribe') return decodeAnswer(message)
    return [{ kind: 'alive' }]
  },

  rest: {
    everyMs: 20_000,
    limit: { count: 1, perMs: 1000 },
    // Tickers have no time, and how old they can be is documented nowhere.
    bodyAgeMs: 1000,
    // With this version keys are the symbols of the socket; a server that does not know it answers the keys that its own listing has.
    request: () => [{ url: `${rest}/Ticker?assetVersion=1` }],
    decode(body, symbols, restName) {
      const rows = readRows(body)
      return rows instanceof Map ? { ticks: readUntimedPrices(symbols, (symbol) => lastPrice(rows.get(restName(symbol)) ?? rows.get(symbol))) } : rows
    },
    list: {
      request: () => ({ url: `${rest}/AssetPairs?assetVersion=1` }),
      decode(body) {
        const rows = readRows(body)
        return rows instanceof Map ? [...rows].flatMap(([key, pair]) => readPair(key, asObject(pair))) : rows
      },
    },
  },
})

/** Where the side begins in a row with an empty symbol, and how `buy` begins. */
const [sideAt, letterB] = ['{"symbol":"","side":"'.length, 98]
const head = /\{"channel":"trade","type":"(?:update|(snapshot))","data":\[/y
const number = String.raw`((?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)`
const row = new RegExp(
  String.raw`\{"symbol":"([\w./]+)","side":"(?:buy|sell)","price":${number},"qty":${number},"ord_type":"\w+","trade_id":(0|[1-9]\d*),"timestamp":"([\d:.TZ-]+)"\}(?:,|(\]\}$))`,
  'y',
)

/**
 * Trades of a frame in just the form that the venue writes, read off its text: nearly every frame is one, and finding the digits of numbers
 * after JSON.parse costs more than the parsing. Undefined for any other form.
 */
function scanTrades(text: string): Tick[] | undefined {
  head.lastIndex = 0
  const start = head.exec(text)
  if (start === null) return undefined
  const backfill = start[1] !== undefined
  const ticks: Tick[] = []
  row.lastIndex = head.lastIndex
  for (;;) {
    const match = row.exec(text)
    if (match === null) return undefined
    const symbol = match[1] ?? ''
    // One character costs less than a group of its own.
    const side = text.charCodeAt(match.index + sideAt + symbol.length) === letterB ? 'buy' : 'sell'
    const tick = readTrade({ symbol, price: match[2], size: match[3], at: rfc3339Ms(match[5]), id: match[4], backfill, side })
    if (tick !== undefined) ticks.push(tick)
    if (match[6] !== undefined) return ticks
  }
}

function decodeTrades(text: string, data: unknown, backfill: boolean): Tick[] {
  const price = new NumberText(text, 'price')
  const size = new NumberText(text, 'qty')
  return readTrades(asObjects(data), (row) => ({
    symbol: row.symbol,
    price: price.next(row.price),
    size: size.next(row.qty),
    at: rfc3339Ms(row.timestamp),
    id: Number.isSafeInteger(row.trade_id) ? row.trade_id : new NumberText(text, 'trade_id').next(row.trade_id),
    backfill,
    side: row.side,
  }))
}

function decodeAnswer(message: JsonObject): FeedEvent[] {
  const symbol = message.symbol ?? asObject(message.result)?.symbol
  const reason = rejectionText(message.error)
  const accepted = message.success === true || reason === 'Already subscribed'
  // Too many requests say nothing about the symbol; it is asked for again when mute.
  if (!accepted && reason === 'Exceeded msg rate') return [{ kind: 'reject', reason }]
  if (typeof symbol === 'string') return [accepted ? { kind: 'ack', symbol } : { kind: 'reject', symbol, reason }]
  return accepted || typeof message.req_id !== 'number' ? [{ kind: 'alive' }] : [{ kind: 'reject', request: message.req_id, reason }]
}

function readRows(body: string): Map<string, unknown> | RestRejection {
  const message = readObject(body)
  const rows = asObject(message?.result)
  // One that begins with W is only a warning.
  const errors = [message?.error ?? []].flat().filter((error) => typeof error !== 'string' || !error.startsWith('W'))
  return rows === undefined || errors.length > 0 ? restRejection({ ...message, error: errors }) : new Map(Object.entries(rows))
}

function lastPrice(row: unknown): unknown {
  const last = asObject(row)?.c
  return Array.isArray(last) ? last[0] : undefined
}

/** Two assets have other names in version 1 of the socket, which `wsname` is of. */
function currentName(name: string): string {
  return name.replaceAll(/(?<![^/])(?:XBT|XDG)(?![^/])/g, (old) => (old === 'XBT' ? 'BTC' : 'DOGE'))
}

const stateWords = {
  trading: ['online', 'limit_only', 'reduce_only'],
  halted: ['post_only', 'cancel_only', 'maintenance', 'work_in_progress'],
  closed: ['delisted'],
}

/** The key is the pair's name in REST bodies: BTC/USD in the newer naming, else XXBTZUSD. A pair without a name of the socket is not on it. */
function readPair(key: string, pair: JsonObject | undefined): ListedSymbol[] {
  // Rows of years ago have no status, and all of them were traded.
  const { wsname, status = 'online' } = pair ?? {}
  const name = key.includes('/') ? key : wsname
  if (pair === undefined || typeof name !== 'string' || name === '') return []
  const symbol = currentName(name)
  const state = readMarketState(status, stateWords)
  return [key === symbol ? { symbol, ...state } : { symbol, ...state, restName: key }]
}
