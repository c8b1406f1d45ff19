import type { Random } from '../../clock.ts'

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

/**
 * Trades of a made-up market in their true order: often several of a listing in one millisecond, ids that rise by listing and
 * pass from three digits to four, so that many listings end in trades that only the number of their ids can order.
 */
export function makeTrades(count: number, slots: number, random: Random): ListedTrade[] {
  const perSlot = count / slots
  const ids = Array.from({ length: slots }, () => Math.max(1, 1000 - Math.floor(random() * 2 * perSlot)))
  const trades: ListedTrade[] = []
  let at = 1_790_000_000_000
  let slot = 0
  for (let i = 0; i < count; i++) {
    if (random() < 0.6) {
      slot = Math.floor(random() * slots)
      at += Math.floor(random() * 3)
    }
    const id = (ids[slot] ?? 0) + 1 + Math.floor(random() * 2)
    ids[slot] = id
    trades.push({ slot, price: `${1 + Math.floor(random() * 99_999)}.${Math.floor(random() * 10_000)}0`, at, id: String(id) })
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
