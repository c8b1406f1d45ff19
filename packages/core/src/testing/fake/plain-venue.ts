import type { Connector, FeedEvent, Frame, Tick } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'

/** A venue that says its events as they are, in JSON: for tests of what lies behind the connectors. It believes everything. */
export function plainVenue(overrides: Partial<Connector> = {}): Connector {
  return {
    apiVersion: 2,
    name: 'plain',
    title: 'Plain',
    wireId: 200,
    sourceTag: 'plain-ws',
    urls: ['wss://plain.test/one', 'wss://plain.test/two'],
    quotes: ['USD'],
    limits: { connects: { count: 100, perMs: 1000 }, frames: { count: 1000, perMs: 1000 }, symbolsPerConnection: 100, symbolsPerFrame: 10 },
    heartbeat: { silenceMs: 5000 },
    backfill: 'marked',
    toSymbol: ({ base, quote }) => `${base}-${quote}`,
    subscribe: (symbols, { id }) => [JSON.stringify({ subscribe: symbols, id })],
    unsubscribe: (symbols, { id }) => [JSON.stringify({ unsubscribe: symbols, id })],
    decode: (frame) => JSON.parse(frameText(frame)) as FeedEvent[],
    ...overrides,
  }
}

/** A frame of {@link plainVenue} that means these events. */
export function plainFrame(...events: readonly FeedEvent[]): string {
  return JSON.stringify(events)
}

/** A trade of {@link plainVenue}. */
export function plainTick(symbol: string, price: string, more: Partial<Omit<Tick, 'kind'>> = {}): Tick {
  return { kind: 'tick', symbol, price, size: undefined, at: 1_790_000_000_000, id: undefined, backfill: false, ...more }
}

/** What a frame sent to {@link plainVenue} asks for. */
export function readPlainRequest(frame: Frame): {
  readonly subscribe?: readonly string[]
  readonly unsubscribe?: readonly string[]
  readonly id?: number
} {
  return JSON.parse(frameText(frame)) as { subscribe?: string[]; unsubscribe?: string[]; id?: number }
}
