import type { RestPrices, Tick } from '../connector.ts'
import { tradeTimeRange, wholeMs } from './time.ts'

/**
 * The prices of a REST body that its venue made at the newest of these times, counts of milliseconds. What is no believable time is passed over;
 * where none is, nothing says when the body was made.
 * @param lagMs how much older than the newest time a row of the same body can be, milliseconds: every row counts as that old
 */
export function pricesMadeAt(ticks: readonly Tick[], times: Iterable<unknown>, lagMs = 0): RestPrices {
  const [earliest, latest] = tradeTimeRange
  let madeAt: number | undefined
  for (const time of times) {
    const ms = wholeMs(time)
    if (ms !== undefined && ms >= earliest && ms <= latest && !(madeAt !== undefined && madeAt >= ms)) madeAt = ms
  }
  return madeAt === undefined ? { ticks } : { ticks, madeAt: madeAt - lagMs }
}
