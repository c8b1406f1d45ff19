import { type Connector, type FeedEvent, type ListedSymbol, type RestRejection, defineConnector } from '../../connector.ts'
import { type JsonObject, asObject, asObjects, readObject } from '../../frame/read-object.ts'
import { rejectionText } from '../../frame/rejection-text.ts'
import { readTrades, readUntimedPrices } from '../../frame/trade.ts'
import { readMarketState } from '../../market-state.ts'
import { type SimulatedTrade, type SimulatorDialect, defineSimulator } from '../dialect.ts'

const rest = 'https://rest.plain-exchange.test'

/** An invented venue that words everything as plainly as can be, for trying faults without any real one. */
export const plainExchange: Connector = defineConnector({
  apiVersion: 2,
  name: 'plain-exchange',
  title: 'Plain Exchange',
  wireId: 201,
  sourceTag: 'plain-exchange-ws',
  urls: ['wss://plain-exchange.test/ws'],
  quotes: ['USD'],
  limits: {
    connects: { count: 5, perMs: 5000 },
    frames: { count: 5, perMs: 1000 },
    symbolsPerConnection: 50,
    symbolsPerFrame: 10,
    frameBytes: 4096,
    afterOpenMs: 100,
    subscribeWithinMs: 5000,
  },
  heartbeat: { silenceMs: 4000, ping: { everyMs: 10_000, frame: ({ id }) => JSON.stringify({ op: 'ping', id }) }, replyWithinMs: 5000 },
  backfill: 'marked',
  toSymbol: ({ base, quote }) => `${base}-${quote}`,
  subscribe: (symbols, { id }) => [JSON.stringify({ op: 'subscribe', symbols, id })],
  unsubscribe: (symbols, { id }) => [JSON.stringify({ op: 'unsubscribe', symbols, id })],
  decode(frame): readonly FeedEvent[] {
    const message = readObject(frame)
    if (message === undefined) return []
    const symbol = typeof message.symbol === 'string' ? message.symbol : undefined
    if (message.kind === 'trades' || message.kind === 'snapshot') {
      const backfill = message.kind === 'snapshot'
      return readTrades(asObjects(message.trades), (row) => ({
        symbol: row.symbol,
        price: row.price,
        at: typeof row.at === 'number' ? row.at : undefined,
        id: row.id,
        backfill,
        side: row.side,
      }))
    }
    if (message.kind === 'ack' && typeof message.id === 'number') return [{ kind: 'ack', request: message.id }]
    if (message.kind === 'reject' && symbol !== undefined) return [{ kind: 'reject', symbol, reason: String(message.reason) }]
    if (message.kind === 'beat') return [{ kind: 'reply', frame: JSON.stringify({ op: 'beat', id: message.id }) }]
    if (message.kind === 'goodbye') return [{ kind: 'goingAway', inMs: 30_000 }]
    return [{ kind: 'alive' }]
  },
  rest: {
    everyMs: 20_000,
    limit: { count: 2, perMs: 1000 },
    bodyAgeMs: 2000,
    request: () => [{ url: `${rest}/prices?all=1` }],
    decode(body, symbols, restName) {
      const message = readObject(body)
      const prices = asObject(message?.prices) ?? {}
      return readRejection(message) ?? { ticks: readUntimedPrices(symbols, (symbol) => prices[restName(symbol)]) }
    },
    list: {
      request: () => ({ url: `${rest}/symbols` }),
      decode(body) {
        const message = readObject(body)
        return readRejection(message) ?? asObjects(message?.symbols).flatMap(readListed)
      },
    },
  },
})

function readRejection(message: JsonObject | undefined): RestRejection | undefined {
  return message?.refused === undefined ? undefined : { rejected: rejectionText(message.refused) }
}

const stateWords = { trading: ['open'], halted: ['paused'], closed: ['gone'] }

function readListed({ symbol, restName, status }: JsonObject): ListedSymbol[] {
  if (typeof symbol !== 'string' || symbol === '') return []
  const state = readMarketState(status, stateWords)
  return [typeof restName === 'string' && restName !== '' ? { symbol, ...state, restName } : { symbol, ...state }]
}

const row = ({ symbol, price, size, at, id, takerBuys }: SimulatedTrade): object => ({
  symbol,
  price,
  size,
  at,
  id: String(id),
  side: takerBuys ? 'buy' : 'sell',
})

/** By REST one asset still has its old name. */
const restNameOf = (symbol: string): string => symbol.replace(/^DOGE-/, 'XDG-')

/** How {@link plainExchange} words what it says. */
export const plainSimulator: SimulatorDialect = defineSimulator({
  connector: plainExchange,
  readRequests(frame) {
    const message = readObject(frame)
    const id = typeof message?.id === 'number' ? message.id : undefined
    const symbols = Array.isArray(message?.symbols) ? message.symbols.filter((symbol) => typeof symbol === 'string') : []
    if (message?.op === 'subscribe') return [{ kind: 'subscribe', symbols, id }]
    if (message?.op === 'unsubscribe') return [{ kind: 'unsubscribe', symbols, id }]
    if (message?.op === 'ping') return [{ kind: 'ping', id }]
    if (message?.op === 'beat') return [{ kind: 'heartbeat-reply', id }]
    return []
  },
  hello: () => [JSON.stringify({ kind: 'hello' })],
  ack: ({ id, symbols }, { held }) => [JSON.stringify({ kind: 'ack', id, symbols, held })],
  reject: ({ id }, symbol) => [JSON.stringify({ kind: 'reject', id, symbol, reason: 'no such symbol' })],
  trades: (trades, { sequence }) => [JSON.stringify({ kind: 'trades', sequence, trades: trades.map(row) })],
  quote: ({ bid, ask, last: { symbol, price } }) => [JSON.stringify({ kind: 'quote', symbol, bid, ask, price })],
  snapshot: (symbol, recent) => [JSON.stringify({ kind: 'snapshot', symbol, trades: recent.map(row) })],
  pong: ({ id }) => [JSON.stringify({ kind: 'pong', id })],
  heartbeat: { everyMs: 1000, replyWithinMs: 3000, frame: ({ sequence }) => JSON.stringify({ kind: 'beat', id: sequence }) },
  goodbye: () => [JSON.stringify({ kind: 'goodbye' })],
  maintenance: () => [JSON.stringify({ kind: 'maintenance' })],
  rest(pathAndQuery, market) {
    const listed = [...market.listed]
    if (pathAndQuery === '/symbols') {
      const symbols = listed.map(([symbol, state]) => ({ symbol, restName: restNameOf(symbol), status: stateWords[state][0] }))
      return JSON.stringify({ symbols })
    }
    if (pathAndQuery !== '/prices?all=1') return undefined
    const prices = listed.map(([symbol]) => [restNameOf(symbol), market.lastTrade(symbol)?.price] as const)
    return JSON.stringify({ prices: Object.fromEntries(prices) })
  },
  restRejection: () => JSON.stringify({ refused: 'too many requests' }),
})
