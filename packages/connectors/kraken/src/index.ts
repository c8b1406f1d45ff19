import { type FeedEvent, NumberText, type Tick, asObject, asObjects, defineConnector, frameText, readObject, readTrades, readUntimedPrice, rfc3339Ms } from '@trinity/core'

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
  subscribe: (symbols, { id }) => [JSON.stringify({ method: 'subscribe', params: { channel: 'trade', symbol: symbols, snapshot: true }, req_id: id })],
  unsubscribe: (symbols, { id }) => [JSON.stringify({ method: 'unsubscribe', params: { channel: 'trade', symbol: symbols }, req_id: id })],

  decode(frame) {
    const text = frameText(frame)
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
      return symbols.map((symbol) => readLast(symbol, rows)).filter((tick) => tick !== undefined)
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

function decodeTrades(text: string, data: unknown, backfill: boolean): Tick[] {
  const price = new NumberText(text, 'price')
  const size = new NumberText(text, 'qty')
  const id = new NumberText(text, 'trade_id')
  return readTrades(asObjects(data), (row) => ({
    symbol: row.symbol,
    price: price.next(row.price),
    size: size.next(row.qty),
    at: rfc3339Ms(row.timestamp),
    id: id.next(row.trade_id),
    backfill,
  }))
}

function decodeAnswer(message: Readonly<Record<string, unknown>>): FeedEvent[] {
  const symbol = message.symbol ?? asObject(message.result)?.symbol
  const reason = String(message.error ?? '')
  const accepted = message.success === true || reason === 'Already subscribed'
  if (typeof symbol === 'string') return [accepted ? { kind: 'ack', symbol } : { kind: 'reject', symbol, reason }]
  return accepted || typeof message.req_id !== 'number' ? [{ kind: 'alive' }] : [{ kind: 'reject', request: message.req_id, reason }]
}

/** REST still knows two assets by their old names, and doubles the names of the oldest pairs: XXBTZUSD. */
const oldNames: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' }

function currentName(wsname: string): string {
  return wsname.replace(/^XBT\//, 'BTC/').replace(/^XDG\//, 'DOGE/')
}

function readLast(symbol: string, rows: Readonly<Record<string, unknown>> | undefined): Tick | undefined {
  const [base = '', quote = ''] = symbol.split('/')
  const old = oldNames[base] ?? base
  const row = asObject(rows?.[`${base}${quote}`] ?? rows?.[`${old}${quote}`] ?? rows?.[`X${old}Z${quote}`])
  const last = row?.c
  return Array.isArray(last) ? readUntimedPrice(symbol, last[0]) : undefined
}
