import { createBoard } from '../../board/board.ts'
import { BoardWriter } from '../../board/writer.ts'
import { BoardReading, readSlot } from '../../board/reader.ts'
import type { Connector, Tick } from '../../connector.ts'
import { compareTradeIds, equalDecimals } from '../../decimal.ts'
import { BackfillMarker } from '../../feed/backfill-marker.ts'
import { newestFirst } from '../../feed/newest-first.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, type FixtureFrame, incomingFrames, showFrame } from '../fixtures.ts'
import { eventsOf } from './decode-checks.ts'
import { type JudgedCheck, judge } from './judged-check.ts'

/** Whatever the order of arrival, the trade that the fixtures make the newest of its symbol is shown. */
export function orderCheck(connector: Connector, fixtures: ConnectorFixtures, on: readonly JudgedCheck[]): JudgedCheck {
  return judge({ name: 'order: neither a snapshot nor a late trade moves a price back', run: () => checkOrder(connector, fixtures) }, on)
}

function checkOrder(connector: Connector, fixtures: ConnectorFixtures): void {
  const telling = incomingFrames(fixtures).filter(({ events }) => events.some((event) => event.kind === 'tick' && event.at !== undefined))
  // A trade that does not come out at all is another check's.
  const told = telling.flatMap((frame) => {
    const ticks = eventsOf(connector, frame.frame).filter((event) => event.kind === 'tick')
    return timedTicks(frame).filter(({ symbol, id }) => ticks.some((tick) => tick.symbol === symbol && tick.id === id))
  })
  const newest = newestTrades(told)
  for (const frames of [telling, telling.toReversed(), snapshotsLast(telling)]) {
    const shown = shownPrices(connector, frames)
    for (const [symbol, trade] of newest) {
      const price = shown.get(symbol)
      demand(
        price !== undefined && equalDecimals(price, trade.price),
        () => `${symbol} shows ${price} and not ${trade.price}, its newest trade, after ${frames.map(({ frame }) => showFrame(frame)).join(', ')}.`,
      )
    }
  }
}

type TimedTick = Tick & { readonly at: number }

function timedTicks({ events }: Pick<FixtureFrame, 'events'>): readonly TimedTick[] {
  return events.filter((event): event is TimedTick => event.kind === 'tick' && event.at !== undefined)
}

function newestTrades(ticks: readonly TimedTick[]): ReadonlyMap<string, TimedTick> {
  const newest = new Map<string, TimedTick>()
  for (const tick of ticks) {
    const known = newest.get(tick.symbol)
    const isNewer = known === undefined || tick.at > known.at || (tick.at === known.at && compareTradeIds(tick.id ?? null, known.id ?? null) > 0)
    if (isNewer) newest.set(tick.symbol, tick)
  }
  return newest
}

/** As after a reconnect: what is past comes after what is live. */
function snapshotsLast(frames: readonly FixtureFrame[]): readonly FixtureFrame[] {
  const isPast = ({ events }: FixtureFrame): boolean => events.some((event) => event.kind === 'tick' && event.backfill)
  return [...frames.filter((frame) => !isPast(frame)), ...frames.filter(isPast)]
}

/** What a board shows after these frames, by symbol. */
function shownPrices(connector: Connector, frames: readonly FixtureFrame[]): ReadonlyMap<string, string> {
  const now = Math.max(0, ...frames.flatMap(timedTicks).map(({ at }) => at)) + 60_000
  const marker = new BackfillMarker(connector)
  const ticks = frames.flatMap(({ frame }) => newestFirst(marker.mark(eventsOf(connector, frame)))).filter((event) => event.kind === 'tick')
  const slots = new Map([...new Set(ticks.map(({ symbol }) => symbol))].map((symbol, slot) => [symbol, slot]))
  const board = createBoard(Math.max(1, slots.size))
  const writer = new BoardWriter(board, 9000)
  const generations = [...slots.values()].map((slot) => writer.open(slot, { currencyCode: 0, freshnessLimitMs: 30_000 }))
  for (const { symbol, price, at, id, backfill } of ticks) {
    const askedAt = at === undefined || backfill ? now : undefined
    writer.apply(slots.get(symbol) ?? 0, { price, at: at ?? null, id: id ?? null, tier: 'L1_MEMORY', askedAt }, now, at !== undefined)
  }
  const reading = new BoardReading()
  const shown = [...slots].flatMap(([symbol, slot]) =>
    readSlot(board, slot, generations[slot] ?? 0, reading) ? [[symbol, reading.price] as const] : [],
  )
  return new Map(shown)
}
