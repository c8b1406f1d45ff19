import {
  type Connector,
  type FeedEvent,
  type JsonObject,
  type ListedSymbol,
  type RateLimit,
  type RestNames,
  type RestPrices,
  type RestRejection,
  asObjects,
  defineConnector,
  pricesMadeAt,
  readMarketState,
  readObject,
  readTrade,
  readUntimedPrice,
} from '@trinity/core'

/** What a made-up venue may differ in. */
export interface TestVenue {
  readonly name: string
  readonly quotes?: readonly string[]
  /** WebSocket address. */
  readonly url?: string
  /** REST base address. */
  readonly restUrl?: string
  /** Pause between two REST readings, milliseconds. */
  readonly everyMs?: number
  readonly restLimit?: RateLimit
  /** How old REST bodies without `madeAt` can be, milliseconds. */
  readonly bodyAgeMs?: number
  readonly silenceMs?: number
  readonly backfill?: Connector['backfill']
  readonly regions?: Connector['regions']
}

/** A venue with a plain JSON dialect of its own; symbols look like `BTC-USD`. */
export function testConnector(venue: TestVenue): Connector {
  const { name, quotes = ['USD'], url = `ws://${name}.test/ws`, restUrl = `http://${name}.test`, everyMs = 20_000 } = venue
  const request = (op: string, symbols: readonly string[], id: number): string[] => [JSON.stringify({ op, id, symbols })]
  return defineConnector({
    apiVersion: 2,
    name,
    title: name.toUpperCase(),
    // The first letters tell test venues apart.
    wireId: 128 + ((name.charCodeAt(0) * 5 + name.charCodeAt(1)) % 120),
    sourceTag: `${name}-ws`,
    urls: [url],
    quotes,
    ...(venue.regions === undefined ? {} : { regions: venue.regions }),
    limits: { connects: { count: 100, perMs: 1000 }, frames: { count: 1000, perMs: 1000 }, symbolsPerConnection: 500, symbolsPerFrame: 100 },
    heartbeat: { silenceMs: venue.silenceMs ?? 1_000_000_000 },
    backfill: venue.backfill ?? 'marked',
    toSymbol: ({ base, quote }) => `${base}-${quote}`,
    subscribe: (symbols, { id }) => request('subscribe', symbols, id),
    unsubscribe: (symbols, { id }) => request('unsubscribe', symbols, id),
    decode: decodeFrame,
    rest: {
      everyMs,
      limit: venue.restLimit ?? { count: 1000, perMs: 1000 },
      ...(venue.bodyAgeMs === undefined ? {} : { bodyAgeMs: venue.bodyAgeMs }),
      request: () => [{ url: `${restUrl}/last` }],
      decode: decodePrices,
      list: { request: () => ({ url: `${restUrl}/list` }), decode: decodeListing },
    },
  })
}

/** A trade in the dialect; `snap` marks one of a snapshot. */
export interface TestTrade {
  readonly s: string
  readonly p: string
  readonly at: number
  readonly id?: string
  readonly snap?: boolean
  readonly side?: 'buy' | 'sell'
}

/** Frames of the dialect, as the venue sends them. */
export const frames = {
  trade: (...rows: readonly TestTrade[]): string => JSON.stringify({ t: 'trades', rows }),
  ack: (s: string): string => JSON.stringify({ t: 'ack', s }),
  reject: (s: string, why: string): string => JSON.stringify({ t: 'reject', s, why }),
  beat: (): string => JSON.stringify({ t: 'beat' }),
}

function decodeFrame(frame: string | Uint8Array): readonly FeedEvent[] {
  const message = readObject(frame)
  if (message?.t === 'trades') return asObjects(message.rows).flatMap((row) => readRow(row) ?? [])
  if (message?.t === 'ack') return [{ kind: 'ack', symbol: String(message.s) }]
  if (message?.t === 'reject') return [{ kind: 'reject', symbol: String(message.s), reason: String(message.why) }]
  return message?.t === 'beat' ? [{ kind: 'alive' }] : []
}

/** Rows `{ s, p, at?, id?, madeAt? }`; `s` is the symbol's name in REST bodies. */
function decodePrices(body: string, symbols: readonly string[], restName: RestNames): RestPrices | RestRejection {
  const message = readObject(body)
  const rows = asObjects(message?.rows)
  const find = (symbol: string): readonly JsonObject[] => rows.filter(({ s }) => s === restName(symbol)).map((row) => ({ ...row, s: symbol }))
  const ticks = symbols.flatMap((symbol) => find(symbol).flatMap((row) => readRow(row) ?? []))
  const times = rows.map(({ madeAt }) => madeAt)
  return readRejection(message) ?? pricesMadeAt(ticks, times)
}

/**
 * Rows `{ s, on?, state?, rest? }`: `state` is the venue's own word, where that is not simply whether the symbol is `on`; `rest` is the name in
 * REST bodies.
 */
function decodeListing(body: string): readonly ListedSymbol[] | RestRejection {
  const message = readObject(body)
  const listed = asObjects(message?.rows).map(({ s, on, state = on === true ? 'trading' : 'closed', rest }) => ({
    symbol: String(s),
    ...readMarketState(state, { trading: ['trading'], halted: ['halted'], closed: ['closed'] }),
    ...(typeof rest === 'string' ? { restName: rest } : {}),
  }))
  return readRejection(message) ?? listed
}

function readRejection(message: JsonObject | undefined): RestRejection | undefined {
  return typeof message?.refused === 'string' ? { rejected: message.refused } : undefined
}

function readRow({ s, p, at, id, snap, side }: JsonObject): ReturnType<typeof readTrade> {
  if (at === undefined) return readUntimedPrice(s, p)
  return readTrade({ symbol: s, price: p, at: typeof at === 'number' ? at : undefined, id, backfill: snap === true, side })
}
