import {
  type FeedEvent,
  type JsonObject,
  NumberText,
  type Tick,
  asObject,
  asObjects,
  defineConnector,
  frameText,
  readObject,
  readTrade,
  readTrades,
  readUntimedPrices,
  rfc3339Ms,
} from '@trinity/core'

/** Kraken spot, WebSocket v2. Prices are JSON numbers; their text is taken from the frame. https://docs.kraken.com/api/docs/websocket-v2/trade */
export const kraken = defineConnector({
  apiVersion: 1,
  name: 'kraken',
  title: 'Kraken',
  wireId: 3,
  sourceTag: 'kraken-ws',
  urls: ['wss://ws.kraken.com/v2'],
  quotes: ['USD'],
  renames: { NANO: ['NANO', 'XNO'], CQT: ['CQT', 'CXT'] },
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
    request: () => [{ url: 'https://api.kraken.com/0/public/Ticker' }],
    decode(body, symbols) {
      const rows = asObject(readObject(body)?.result)
      return readUntimedPrices(symbols, (symbol) => findLast(symbol, rows))
    },
    list: {
      request: () => ({ url: 'https://api.kraken.com/0/public/AssetPairs' }),
      decode: (body) =>
        asObjects(Object.values(asObject(readObject(body)?.result) ?? {})).flatMap(({ wsname, status }) =>
          typeof wsname === 'string' ? [{ symbol: currentName(wsname), tradable: status === undefined || status === 'online' }] : [],
        ),
    },
  },
})

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
    const [, symbol, price, size, id, time, end] = match
    const tick = readTrade({ symbol, price, size, at: rfc3339Ms(time), id, backfill })
    if (tick !== undefined) ticks.push(tick)
    if (end !== undefined) return ticks
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
  }))
}

function decodeAnswer(message: JsonObject): FeedEvent[] {
  const symbol = message.symbol ?? asObject(message.result)?.symbol
  const reason = typeof message.error === 'string' ? message.error : 'refused'
  const accepted = message.success === true || reason === 'Already subscribed'
  // Too many requests say nothing about the symbol; it is asked for again when mute.
  if (!accepted && reason === 'Exceeded msg rate') return [{ kind: 'reject', reason }]
  if (typeof symbol === 'string') return [accepted ? { kind: 'ack', symbol } : { kind: 'reject', symbol, reason }]
  return accepted || typeof message.req_id !== 'number' ? [{ kind: 'alive' }] : [{ kind: 'reject', request: message.req_id, reason }]
}

/** REST still knows two assets by their old names, and doubles the names of the oldest pairs: XXBTZUSD. */
const oldNames: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' }

function currentName(wsname: string): string {
  return wsname.replace(/^XBT\//, 'BTC/').replace(/^XDG\//, 'DOGE/')
}

function findLast(symbol: string, rows: JsonObject | undefined): unknown {
  const [base = '', quote = ''] = symbol.split('/')
  const old = oldNames[base] ?? base
  const row = asObject(rows?.[`${base}${quote}`] ?? rows?.[`${old}${quote}`] ?? rows?.[`X${old}Z${quote}`])
  const last = row?.c
  return Array.isArray(last) ? last[0] : undefined
}
