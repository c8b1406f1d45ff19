import type { Tick } from '../connector.ts'
import { isDecimalText, isPriceText } from '../decimal.ts'
import { tradeTimeRange } from './time.ts'

/** The fields of a trade as a frame gives them; nothing about them is believed yet. */
export interface RawTrade {
  readonly symbol: unknown
  readonly price: unknown
  readonly size?: unknown
  readonly at: number | undefined
  readonly id?: unknown
  readonly backfill?: boolean
  /** The taker's: `buy` or `sell` in any case; anything else counts as absent. */
  readonly side?: unknown
}

/**
 * A tick, or nothing when the fields do not make an honest one: an empty symbol, a price that is not positive decimal
 * text, a time outside the believable range. A size or id of a wrong form is only left out.
 */
export function readTrade(raw: RawTrade): Tick | undefined {
  const { symbol, price, at } = raw
  if (!isSymbol(symbol) || !isPrice(price) || at === undefined) return undefined
  if (!(at >= tradeTimeRange[0] && at <= tradeTimeRange[1])) return undefined
  const size = typeof raw.size === 'string' && isDecimalText(raw.size) ? raw.size : undefined
  return { kind: 'tick', symbol, price, size, at, id: idText(raw.id), backfill: raw.backfill ?? false, side: takerSide(raw.side) }
}

/** A last price whose trade time the venue does not give: most bulk REST bodies, and quote channels. */
export function readUntimedPrice(symbol: unknown, price: unknown): Tick | undefined {
  if (!isSymbol(symbol) || !isPrice(price)) return undefined
  return { kind: 'tick', symbol, price, size: undefined, at: undefined, id: undefined, backfill: false, side: undefined }
}

/** The untimed prices that `find` has for these symbols. */
export function readUntimedPrices(symbols: readonly string[], find: (symbol: string) => unknown): Tick[] {
  return symbols.map((symbol) => readUntimedPrice(symbol, find(symbol))).filter((tick) => tick !== undefined)
}

function takerSide(side: unknown): Tick['side'] {
  return side === 'buy' || side === 'sell' ? side : sidesOfOtherCase.get(side)
}

const sidesOfOtherCase: ReadonlyMap<unknown, Tick['side']> = new Map([
  ['BUY', 'buy'],
  ['Buy', 'buy'],
  ['SELL', 'sell'],
  ['Sell', 'sell'],
])

const isSymbol = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isPrice = (value: unknown): value is string => typeof value === 'string' && isPriceText(value)

/** An id as text: strings as they are, whole numbers while a double holds them exactly. */
function idText(id: unknown): string | undefined {
  if (typeof id === 'string') return id === '' ? undefined : id
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : undefined
}

/**
 * Reads rows into ticks, leaving out those that {@link readTrade} refuses. Wire order is kept.
 * @param ticks takes the ticks, after those that are there already
 */
export function readTrades<Row>(rows: readonly Row[], read: (row: Row) => RawTrade, ticks: Tick[] = []): Tick[] {
  for (const row of rows) {
    const tick = readTrade(read(row))
    if (tick !== undefined) ticks.push(tick)
  }
  return ticks
}
