import type { Frame, Tick } from '../../connector.ts'
import { compareTradeIds } from '../../decimal.ts'
import { frameText } from '../../frame/read-object.ts'
import type { SimulatedTrade, SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, demandEqual, show } from '../check.ts'
import { incomingFrames, showFrame } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { eventsOf } from './answer-checks.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { mixedTrades, readSymbolRequests, sampleContext, sampleSymbols, sampleTrades } from './sample.ts'

/** What the connector makes of the dialect's trades. */
export function tradeChecks(dialect: SimulatorDialect, evidence: SimulatorEvidence): readonly Check[] {
  const { snapshot } = dialect
  return [
    { name: 'trades: each is one tick with its symbol, price, size, time and id', run: () => checkTrades(dialect) },
    { name: 'order: the trades of a frame stand as the venue puts them', run: () => checkOrder(dialect, evidence) },
    { name: 'digits: prices, sizes and ids keep every digit', run: () => checkDigits(dialect) },
    { name: 'faulty: trades with impossible prices and times are said too', run: () => checkFaulty(dialect) },
    ...(snapshot === undefined && dialect.connector.backfill === 'none'
      ? []
      : [{ name: 'snapshot: a new subscription tells of past trades only', run: () => checkSnapshot(dialect) }]),
  ]
}

/** Without its side, which is checked by itself. */
function tickOf({ symbol, price, size, at, id }: SimulatedTrade, backfill: boolean): Tick {
  return { kind: 'tick', symbol, price, size, at, id: String(id), backfill }
}

function sorted(events: readonly object[]): readonly string[] {
  return events.map((event) => show({ ...event, side: undefined })).sort()
}

function checkTrades(dialect: SimulatorDialect): void {
  const [symbols] = sampleSymbols(dialect)
  const one = sampleTrades(symbols[0] ?? '')
  for (const trades of [one.slice(0, 1), one, mixedTrades(symbols), []]) {
    const events = eventsOf(dialect, dialect.trades(trades, sampleContext(symbols)))
    demandEqual(sorted(events), sorted(trades.map((trade) => tickOf(trade, false))), `${trades.length} trades`)
  }
}

type Order = 'newest first' | 'oldest first' | 'alone'

/** How the ids of a symbol run in one frame; `alone` where no frame has two of one symbol. */
function orderOf(ticks: readonly Tick[]): Order {
  const bySymbol = Map.groupBy(ticks, ({ symbol }) => symbol)
  for (const own of bySymbol.values()) {
    for (const [i, tick] of own.entries()) {
      const step = i === 0 ? 0 : compareTradeIds(tick.id ?? null, own[i - 1]?.id ?? null)
      if (step !== 0) return step > 0 ? 'oldest first' : 'newest first'
    }
  }
  return 'alone'
}

function ticksOf(dialect: SimulatorDialect, frame: Frame): readonly Tick[] {
  return dialect.connector.decode(frame).filter((event) => event.kind === 'tick')
}

function checkOrder(dialect: SimulatorDialect, { fixtures }: SimulatorEvidence): void {
  const orders = incomingFrames(fixtures).map(({ frame }) => orderOf(ticksOf(dialect, frame)))
  const venues = orders.find((order) => order !== 'alone') ?? 'alone'
  const [symbols] = sampleSymbols(dialect)
  const [symbol = ''] = symbols
  const updates = dialect.trades(mixedTrades(symbols), sampleContext(symbols))
  const past = readSymbolRequests(dialect, 'subscribe', [symbol]).flatMap((request) =>
    request.symbols.flatMap((own) => dialect.snapshot?.(own, sampleTrades(own), request, sampleContext()) ?? []),
  )
  for (const frame of [...updates, ...past]) {
    const order = orderOf(ticksOf(dialect, frame))
    demand(order === venues || order === 'alone', () => `Trades stand ${order}, where the venue's stand ${venues}: ${showFrame(frame)}`)
  }
  const firsts = updates.flatMap((frame) => ticksOf(dialect, frame).slice(0, 1))
  demand(venues !== 'alone' || orderOf(firsts) !== 'newest first', 'Frames with one trade each come newest first.')
}

/** What a float would show in another way. */
const hardNumbers = [
  ['60000.40', '0.10'],
  ['0.00001130', '1500000.00'],
  ['12.345678901234567', '0.00000001'],
  ['123456789.10', '77.100'],
] as const

function checkDigits(dialect: SimulatorDialect): void {
  const [[symbol = '']] = sampleSymbols(dialect)
  const trades = sampleTrades(symbol, hardNumbers)
  const frames = dialect.trades(trades, sampleContext([symbol]))
  const tokens = new Set(frames.flatMap((frame) => [...frameTokens(frameText(frame))]))
  for (const { price, size, id } of trades) {
    for (const text of [price, size, String(id)]) demand(tokens.has(text), () => `'${text}' does not stand so in ${frames.map(showFrame).join(', ')}`)
  }
  demandEqual(sorted(eventsOf(dialect, frames)), sorted(trades.map((trade) => tickOf(trade, false))), 'Trades with many digits')
}

/** What a simulated exchange says on purpose: times of other units and years, texts that are no prices. */
function checkFaulty(dialect: SimulatorDialect): void {
  const [[symbol = '']] = sampleSymbols(dialect)
  const [trade] = sampleTrades(symbol)
  demand(trade !== undefined, 'There is no trade.')
  const times = [0, Math.floor(trade.at / 1000), trade.at * 1000, 9_223_372_036_854]
  const prices = ['', 'null', 'NaN', '-0', '1e-400', '1e308', '-12.5']
  for (const faulty of [...times.map((at) => ({ ...trade, at })), ...prices.map((price) => ({ ...trade, price }))]) {
    const frames = dialect.trades([faulty], sampleContext([symbol]))
    demand(frames.length === 1, () => `${show(faulty)} is said in ${frames.length} frames.`)
    const wrong = ticksOf(dialect, frames[0] ?? '').find(({ price }) => price !== faulty.price)
    demand(wrong === undefined, () => `${show(faulty)} means ${show(wrong)}.`)
  }
}

function checkSnapshot(dialect: SimulatorDialect): void {
  const { snapshot, connector } = dialect
  demand(snapshot !== undefined, 'The connector knows snapshots, but the dialect sends none.')
  const [symbols] = sampleSymbols(dialect)
  for (const request of readSymbolRequests(dialect, 'subscribe', symbols)) {
    for (const symbol of request.symbols) {
      const recent = sampleTrades(symbol)
      const events = eventsOf(dialect, snapshot(symbol, recent, request, sampleContext(symbols)))
      const believed = connector.backfill === 'none' ? [] : [true, ...(connector.backfill === 'marked' ? [] : [false])]
      const past = recent.flatMap((trade) => [...believed.map((backfill) => tickOf(trade, backfill)), untimed(trade)])
      for (const event of events)
        demand(sorted(past).includes(show({ ...event, side: undefined })), () => `The snapshot of ${symbol} tells of ${show(event)}.`)
      const newest = recent.at(-1)?.price
      demand(
        events.some((event) => event.kind === 'tick' && event.price === newest),
        `The snapshot of ${symbol} lacks its newest trade.`,
      )
      const nothing = eventsOf(dialect, snapshot(symbol, [], request, sampleContext(symbols)))
      demand(nothing.length === 0, () => `The snapshot of ${symbol}, which has never traded, tells of ${show(nothing)}.`)
    }
  }
}

/** A last price without its time. */
function untimed({ symbol, price }: SimulatedTrade): Tick {
  return { kind: 'tick', symbol, price, size: undefined, at: undefined, id: undefined, backfill: false }
}
