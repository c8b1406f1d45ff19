import {
  type Connector,
  type FeedEvent,
  type JsonObject,
  type RateLimit,
  asObjects,
  defineConnector,
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
  readonly silenceMs?: number
  readonly backfill?: Connector['backfill']
  readonly renames?: Readonly<Record<string, readonly string[]>>
}

/** A venue with a plain JSON dialect of its own; symbols look like `BTC-USD`. */
export function testConnector(venue: TestVenue): Connector {
  const { name, quotes = ['USD'], url = `ws://${name}.test/ws`, restUrl = `http://${name}.test`, everyMs = 20_000 } = venue
  const request = (op: string, symbols: readonly string[], id: number): string[] => [JSON.stringify({ op, id, symbols })]
  return defineConnector({
    apiVersion: 1,
    name,
    title: name.toUpperCase(),
    // The first letters tell test venues apart.
    wireId: 128 + ((name.charCodeAt(0) * 5 + name.charCodeAt(1)) % 120),
    sourceTag: `${name}-ws`,
    urls: [url],
    quotes,
    ...(venue.renames === undefined ? {} : { renames: venue.renames }),
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
      request: () => [{ url: `${restUrl}/last` }],
      decode: (body, symbols) => asObjects(readObject(body)?.rows).flatMap((row) => (symbols.includes(String(row.s)) ? (readRow(row) ?? []) : [])),
      list: {
        request: () => ({ url: `${restUrl}/list` }),
        decode: (body) => asObjects(readObject(body)?.rows).map(({ s, on }) => ({ symbol: String(s), tradable: on === true })),
      },
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

function readRow({ s, p, at, id, snap }: JsonObject): ReturnType<typeof readTrade> {
  if (at === undefined) return readUntimedPrice(s, p)
  return readTrade({ symbol: s, price: p, at: typeof at === 'number' ? at : undefined, id, backfill: snap === true })
}
