import type { RestPrices, Tick } from '../connector.ts'
import { readUntimedPrice } from './trade.ts'
import { tradeTimeRange, wholeMs } from './time.ts'

/** A last price with the time at which the venue made its row, a count of milliseconds; nothing about them is believed yet. */
export interface DatedRow {
  readonly symbol: unknown
  readonly price: unknown
  readonly madeAt: unknown
}

/** How far the newest row may be ahead of the middle one before it is taken for one of a wrong clock. */
const maxAheadMs = 5000
/** Rows of quiet symbols keep their time for some while, though they still hold; one older than this may have been forgotten. */
const maxBehindMs = 60_000

/**
 * The prices of a REST body that its venue made at the newest of these times, counts of milliseconds. What is no believable time, or far ahead of
 * most others, is passed over; where none is left, nothing says when the body was made.
 * @param lagMs how much older than the newest time a row of the same body can be, milliseconds: every row counts as that old
 */
export function pricesMadeAt(ticks: readonly Tick[], times: Iterable<unknown>, lagMs = 0): RestPrices {
  const newest = newestTime(times)
  return newest === undefined ? { ticks } : { ticks, madeAt: newest - lagMs }
}

/**
 * The prices that a body's rows have for these symbols, made as {@link pricesMadeAt} says; a row that is more than a minute older than the newest
 * one counts as of its own time, and none contradicts a trade from after its own.
 * @param lagMs see {@link pricesMadeAt}
 */
export function datedPrices(symbols: readonly string[], rows: readonly DatedRow[], lagMs = 0): RestPrices {
  const newest = newestTime(rows.map(({ madeAt }) => madeAt))
  const bySymbol = new Map(rows.map((row) => [row.symbol, row]))
  const ticks = symbols.flatMap((symbol) => {
    const row = bySymbol.get(symbol)
    const tick = readUntimedPrice(symbol, row?.price)
    if (tick === undefined) return []
    const madeAt = believedTime(row?.madeAt)
    if (newest === undefined || madeAt === undefined) return [tick]
    return [{ ...tick, rowAt: madeAt, ...(madeAt < newest - maxBehindMs ? { madeAt } : {}) }]
  })
  return newest === undefined ? { ticks } : { ticks, madeAt: newest - lagMs }
}

/** The prices of a body apart by when their rows were made: first those as old as the body. */
export function splitByAge({ ticks, madeAt }: RestPrices): readonly { readonly ticks: readonly Tick[]; readonly madeAt: number | undefined }[] {
  const byTime = new Map<number | undefined, Tick[]>([[madeAt, []]])
  for (const tick of ticks) {
    const at = tick.madeAt ?? madeAt
    const made = byTime.get(at)
    if (made === undefined) byTime.set(at, [tick])
    else made.push(tick)
  }
  return Array.from(byTime, ([at, made]) => ({ ticks: made, madeAt: at }))
}

function newestTime(times: Iterable<unknown>): number | undefined {
  const sorted = Array.from(times, believedTime)
    .filter((ms) => ms !== undefined)
    .toSorted((a, b) => a - b)
  const middle = sorted[(sorted.length - 1) >> 1]
  return middle === undefined ? undefined : sorted.findLast((ms) => ms <= middle + maxAheadMs)
}

function believedTime(time: unknown): number | undefined {
  const ms = wholeMs(time)
  return ms !== undefined && ms >= tradeTimeRange[0] && ms <= tradeTimeRange[1] ? ms : undefined
}
