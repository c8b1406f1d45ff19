import type { Random } from '../clock.ts'

/** A trade of one listing of many. */
export interface ListedTrade {
  readonly slot: number
  readonly price: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly id: string
}

/** How far a late trade comes behind its time. */
const lateMs = 5000

/** Trades of a made-up market in their true order: several in one millisecond, ids rising by listing, prices with odd digits. */
export function makeTrades(count: number, slots: number, random: Random): ListedTrade[] {
  const ids = new Float64Array(slots).fill(990)
  const trades: ListedTrade[] = []
  let at = 1_790_000_000_000
  for (let i = 0; i < count; i++) {
    const slot = Math.floor(random() * slots)
    at += random() < 0.4 ? 0 : Math.ceil(random() * 3)
    ids[slot] = (ids[slot] ?? 0) + 1 + Math.floor(random() * 3)
    trades.push({ slot, price: `${1 + Math.floor(random() * 99_999)}.${Math.floor(random() * 10_000)}0`, at, id: String(ids[slot]) })
  }
  return trades
}

/** The same trades as a bad network brings them: a share comes twice, a share up to 5 s late. */
export function disorder(trades: readonly ListedTrade[], duplicated: number, shuffled: number, random: Random): ListedTrade[] {
  const arrivals: { readonly trade: ListedTrade; readonly order: number }[] = []
  for (const trade of trades) {
    arrivals.push({ trade, order: trade.at + (random() < shuffled ? random() * lateMs : 0) })
    if (random() < duplicated) arrivals.push({ trade, order: trade.at + random() * lateMs })
  }
  return arrivals.sort((a, b) => a.order - b.order).map(({ trade }) => trade)
}
