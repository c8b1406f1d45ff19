import type { Connector, Frame, MarketState } from '../connector.ts'

/** A trade on a simulated market; the texts are what a frame shows. */
export interface SimulatedTrade {
  readonly symbol: string
  readonly price: string
  readonly size: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Rises by one with each trade of the symbol. */
  readonly id: number
  readonly takerBuys: boolean
}

/** What a market offers; the texts are what a frame shows. A book whose bid is above its ask is crossed. */
export interface SimulatedQuote {
  readonly bid: string
  readonly ask: string
  readonly last: SimulatedTrade
}

/** What a client frame asks of a venue; `id` is the request id as the client wrote it. */
export type ClientRequest =
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly symbols: readonly string[]; readonly id: number | undefined }
  | { readonly kind: 'ping'; readonly id: string | number | undefined }
  /** The answer to a heartbeat that the venue demands. */
  | { readonly kind: 'heartbeat-reply'; readonly id: string | number | undefined }

/** What a dialect knows of the connection that a frame is for. */
export interface DialectContext {
  /** Epoch milliseconds. */
  readonly now: number
  /** Number of this frame on its connection, from 0, for venues that count their frames. */
  readonly sequence: number
  /** Symbols that the connection holds, for venues whose acks list everything. */
  readonly held: readonly string[]
}

/** What the REST side of a simulated venue knows. */
export interface SimulatedMarket {
  /** Symbols that the venue lists, and how each stands. */
  readonly listed: ReadonlyMap<string, MarketState>
  /** When the body is made, epoch milliseconds. */
  readonly now: number
  /** The newest trade of a symbol; undefined before the first. */
  lastTrade(symbol: string): SimulatedTrade | undefined
}

/**
 * How a venue words what a simulated exchange says: the mirror of its connector. Frames must have the keys and types of real
 * ones; the kit compares them with fixtures and recordings.
 */
export interface SimulatorDialect {
  readonly connector: Connector
  /** What a client frame asks; empty for one that the venue would ignore. */
  readRequests(frame: Frame): readonly ClientRequest[]
  /** Sent when a client connects. */
  hello?(context: DialectContext): readonly Frame[]
  ack(request: Extract<ClientRequest, { symbols: readonly string[] }>, context: DialectContext): readonly Frame[]
  /** The refusal of one symbol of a subscription. */
  reject(request: Extract<ClientRequest, { symbols: readonly string[] }>, symbol: string, context: DialectContext): readonly Frame[]
  /** Trades as they happen, oldest first; the dialect orders and groups them as the venue does. */
  trades(trades: readonly SimulatedTrade[], context: DialectContext): readonly Frame[]
  /** A symbol's best offers, in the channel that the venue has for them, asked for or not: a connector takes neither bid nor ask for a price. */
  quote(quote: SimulatedQuote, context: DialectContext): readonly Frame[]
  /** What a new subscription of a symbol is sent besides its ack; `recent` is oldest first. Absent where nothing is sent. */
  snapshot?(
    symbol: string,
    recent: readonly SimulatedTrade[],
    request: Extract<ClientRequest, { symbols: readonly string[] }>,
    context: DialectContext,
  ): readonly Frame[]
  /** Whether the snapshot comes before the ack, as some venues do it. */
  readonly snapshotFirst?: boolean
  pong?(request: Extract<ClientRequest, { kind: 'ping' }>, context: DialectContext): readonly Frame[]
  /** Frames that the venue sends by itself, and how soon each must be answered by a `heartbeat-reply`. */
  readonly heartbeat?: { readonly everyMs: number; readonly replyWithinMs?: number; frame(context: DialectContext): Frame }
  /** The announcement of a planned cut. Absent where the venue makes none. */
  goodbye?(context: DialectContext): readonly Frame[]
  /** The announcement of maintenance. Absent where the venue makes none. */
  maintenance?(context: DialectContext): readonly Frame[]
  /**
   * The body that the venue's REST interface answers to a GET of this path and query, as the connector's `rest` asks it; undefined
   * for an unknown path.
   */
  rest(pathAndQuery: string, market: SimulatedMarket): string | undefined
  /** The body that refuses such a request with HTTP status 200. Absent where the venue has a status of its own for it. */
  restRejection?(pathAndQuery: string): string
}

/** Checks a dialect's type without widening it. */
export function defineSimulator<const T extends SimulatorDialect>(dialect: T): T {
  return dialect
}
