import type { Frame, RestNames } from '../../connector.ts'
import { namesIn } from '../connector/rest-names.ts'
import type { ClientRequest, DialectContext, SimulatedMarket, SimulatedQuote, SimulatedTrade, SimulatorDialect } from '../../simulation/dialect.ts'

/** A request for symbols. */
export type SymbolRequest = Extract<ClientRequest, { symbols: readonly string[] }>

/** What is said of a dialect's frames of one kind. */
export interface SampleFrames {
  readonly kind: string
  readonly frames: readonly Frame[]
}

/** A moment, epoch milliseconds. */
export const sampleNow = 1_791_468_300_137

/** A request id that stands nowhere else in a frame. */
export const sampleId = 4711

const assets = [
  ['BTC', 'DOGE', '1INCH', 'SOL'],
  ['ETH', 'UNI', 'S', 'XRP'],
] as const

/** Two sets of symbols without a common one: what stands in frames of both is the venue's own. */
export function sampleSymbols({ connector }: SimulatorDialect): readonly [readonly string[], readonly string[]] {
  const [quote = 'USD'] = connector.quotes
  const toSymbol = (base: string): string => connector.toSymbol({ base, quote })
  return [assets[0].map(toSymbol), assets[1].map(toSymbol)]
}

export function sampleContext(held: readonly string[] = []): DialectContext {
  return { now: sampleNow, sequence: 3, held }
}

/** Texts that a float would show as they are. */
const plainNumbers = [
  ['60000.5', '0.25'],
  ['7', '1500'],
  ['0.0625', '3'],
  ['412.75', '0.5'],
] as const

/** Trades of one symbol, oldest first, at hard places within a second. */
export function sampleTrades(symbol: string, numbers: readonly (readonly [price: string, size: string])[] = plainNumbers): readonly SimulatedTrade[] {
  const second = Math.floor(sampleNow / 1000) * 1000 - 2000
  const milliseconds = [0, 7, 500, 999]
  const firstId = 48_210_000 + symbol.length * 1000
  return numbers.map(([price, size], i) => ({
    symbol,
    price,
    size,
    at: second + 1000 * Math.floor(i / 4) + (milliseconds[i % 4] ?? 0),
    id: firstId + i,
    takerBuys: i % 2 === 0,
  }))
}

/** Trades of several symbols as they happen, oldest first. */
export function mixedTrades(symbols: readonly string[]): readonly SimulatedTrade[] {
  return symbols.flatMap((symbol) => sampleTrades(symbol)).sort((a, b) => a.at - b.at)
}

/** A quote of a book whose bid is above its ask. */
export function crossedQuote(symbol: string): SimulatedQuote {
  const [last] = sampleTrades(symbol)
  if (last === undefined) throw new Error('There is no trade.')
  return { bid: '60001.50', ask: '59999.75', last }
}

/** A market where all but the last symbol have traded, and the last but one is halted. */
export function sampleMarket(symbols: readonly string[]): SimulatedMarket & { readonly traded: readonly SimulatedTrade[] } {
  const traded = symbols.slice(0, -1).flatMap((symbol) => sampleTrades(symbol, [['412.7500', '0.50']]))
  return {
    listed: new Map(symbols.map((symbol, i) => [symbol, i === symbols.length - 2 ? 'halted' : 'trading'])),
    now: sampleNow,
    lastTrade: (symbol) => traded.find((trade) => trade.symbol === symbol),
    traded,
  }
}

/** What the connector itself asks for these symbols, as the dialect reads it. */
export function readSymbolRequests(
  dialect: SimulatorDialect,
  kind: 'subscribe' | 'unsubscribe',
  symbols: readonly string[],
): readonly SymbolRequest[] {
  return requestFrames(dialect, kind, symbols)
    .flatMap((frame) => dialect.readRequests(frame))
    .filter((request) => 'symbols' in request)
}

/** The connector's own frames for symbols, as many as one frame may name at once. */
export function requestFrames({ connector }: SimulatorDialect, kind: 'subscribe' | 'unsubscribe', symbols: readonly string[]): readonly Frame[] {
  const { symbolsPerFrame } = connector.limits
  const parts = symbols.flatMap((_, i) => (i % symbolsPerFrame === 0 ? [symbols.slice(i, i + symbolsPerFrame)] : []))
  return parts.flatMap((part) => connector[kind](part, { id: sampleId, now: sampleNow }))
}

/** The path and query of an address. */
export function pathAndQuery(url: string): string {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

/** What the dialect's listing calls symbols in bodies. */
export function sampleNames({ connector: { rest }, rest: answer }: SimulatorDialect, market: SimulatedMarket): RestNames {
  const body = rest?.list === undefined ? undefined : answer(pathAndQuery(rest.list.request().url), market)
  const listed = body === undefined ? undefined : rest?.list?.decode(body)
  return namesIn(listed === undefined || 'rejected' in listed ? [] : listed)
}

/** Every kind of frame and body that the dialect has, made for these symbols. */
export function sampleFrames(dialect: SimulatorDialect, symbols: readonly string[]): readonly SampleFrames[] {
  const { connector } = dialect
  const [symbol = ''] = symbols
  const context = sampleContext(symbols.slice(2))
  const asked = readSymbolRequests(dialect, 'subscribe', symbols.slice(0, 2))
  const pings = [connector.heartbeat.ping?.frame({ id: sampleId, now: sampleNow }) ?? []].flat().flatMap((frame) => dialect.readRequests(frame))
  const kinds: SampleFrames[] = [
    { kind: 'hello', frames: dialect.hello?.(context) ?? [] },
    { kind: 'ack', frames: asked.flatMap((request) => dialect.ack(request, context)) },
    {
      kind: 'ack of an unsubscription',
      frames: readSymbolRequests(dialect, 'unsubscribe', symbols.slice(0, 2)).flatMap((request) => dialect.ack(request, context)),
    },
    { kind: 'reject', frames: asked.flatMap((request) => request.symbols.flatMap((bad) => dialect.reject(request, bad, context))) },
    {
      kind: 'trades',
      frames: [...dialect.trades(sampleTrades(symbol).slice(0, 1), context), ...dialect.trades(mixedTrades(symbols), context)],
    },
    { kind: 'quote', frames: dialect.quote(crossedQuote(symbol), context) },
    {
      kind: 'snapshot',
      frames: asked.flatMap((request) => request.symbols.flatMap((own) => dialect.snapshot?.(own, sampleTrades(own), request, context) ?? [])),
    },
    { kind: 'pong', frames: pings.flatMap((request) => (request.kind === 'ping' ? (dialect.pong?.(request, context) ?? []) : [])) },
    { kind: 'heartbeat', frames: [dialect.heartbeat?.frame(context) ?? []].flat() },
    { kind: 'goodbye', frames: dialect.goodbye?.(context) ?? [] },
    { kind: 'maintenance', frames: dialect.maintenance?.(context) ?? [] },
    ...sampleBodies(dialect, symbols),
  ]
  return kinds.filter(({ frames }) => frames.length > 0)
}

function sampleBodies(dialect: SimulatorDialect, symbols: readonly string[]): readonly SampleFrames[] {
  const { rest } = dialect.connector
  const market = sampleMarket(symbols)
  const bodies = (paths: readonly string[]): readonly string[] => paths.flatMap((path) => dialect.rest(path, market) ?? [])
  const prices = (rest?.request(symbols, sampleNames(dialect, market)) ?? []).map(({ url }) => pathAndQuery(url))
  const listing = rest?.list === undefined ? [] : [pathAndQuery(rest.list.request().url)]
  return [
    { kind: 'REST prices', frames: bodies(prices) },
    { kind: 'REST listing', frames: bodies(listing) },
    { kind: 'REST refusal', frames: [...prices, ...listing].flatMap((path) => dialect.restRejection?.(path) ?? []) },
  ]
}
