import type { Random } from '../../clock.ts'
import type { SimulatedTrade } from '../dialect.ts'
import type { Fault, TradeDistortion } from './fault.ts'
import { moveDot } from './move-dot.ts'

const unprices: Readonly<Record<string, string>> = {
  'price-1e-400': '1e-400',
  'price-minus-zero': '-0',
  'price-nan': 'NaN',
  'price-empty': '',
  'price-null': 'null',
  'price-zero': '0',
  'price-negative': '-12.5',
}

const year2262Ms = 9_223_372_036_854

/** How wrong a clock is that is wrong by a minute. */
const clockErrorMs = 60_000

/** Faults of what trades say: prices, symbols, ids, times. */
export const tradeFaults: readonly Fault[] = [
  ...Object.entries(unprices).map(([name, price]) =>
    distorting(name, `Every second trade has the price ${price === '' ? 'of no digits' : price}.`, (random) => (trade) => [
      random() < 0.5 ? trade : { ...trade, price },
    ]),
  ),
  { ...distorting('price-1e308', 'Every trade has the price 1e308.', () => (trade) => [{ ...trade, price: '1e308' }]), lies: true },
  {
    ...distorting('price-times-ten', 'Every price is ten times too high.', () => (trade) => [{ ...trade, price: moveDot(trade.price, 1) }]),
    lies: true,
  },
  {
    ...distorting('price-by-ten', 'Every price is ten times too low.', () => (trade) => [{ ...trade, price: moveDot(trade.price, -1) }]),
    lies: true,
  },
  distorting(
    'wrong-symbol',
    'Every second trade is followed by one of a symbol that nobody asked for.',
    (random) => (trade) => (random() < 0.5 ? [trade] : [trade, { ...trade, symbol: `${trade.symbol}x`, price: moveDot(trade.price, 1) }]),
  ),
  distorting('duplicate-and-reordered', 'Trades come in a wrong order, and every third one twice.', reorder),
  distorting('time-zero', 'Every second trade happened at the beginning of 1970.', (random) => (trade) => [
    random() < 0.5 ? trade : { ...trade, at: 0 },
  ]),
  distorting('time-units-mixed', 'Trade times are in seconds, milliseconds or microseconds, at random.', (random) => (trade) => [
    { ...trade, at: pick(random, [Math.floor(trade.at / 1000), trade.at, trade.at * 1000]) },
  ]),
  {
    ...distorting('time-behind', 'Trade times are 60 s behind.', () => (trade) => [{ ...trade, at: trade.at - clockErrorMs }]),
    // Nobody can tell such a trade from one that was a minute under way: it proves its price for the time that it names, and a reading that
    // shows the same price proves it for now, until the next trade.
    lagMs: clockErrorMs,
  },
  // All of its trades are refused as coming from the future, so that readings alone keep the prices fresh: no leave is needed.
  distorting('time-ahead', 'Trade times are 60 s ahead.', () => (trade) => [{ ...trade, at: trade.at + clockErrorMs }]),
  {
    ...distorting('time-skewed', 'Trade times are 60 s behind, right, or 60 s ahead, at random.', (random) => (trade) => [
      { ...trade, at: trade.at + pick(random, [-clockErrorMs, 0, clockErrorMs]) },
    ]),
    // The first trade that is shown may be one of those a minute behind, and a reading can't speak while the feed does.
    lagMs: clockErrorMs,
  },
  distorting('time-2262', 'Every second trade happened in 2262.', (random) => (trade) => [random() < 0.5 ? trade : { ...trade, at: year2262Ms }]),
]

function distorting(name: string, sentence: string, trades: (random: Random) => TradeDistortion): Fault {
  return { name, sentence, layer: 'trade', leavesRest: true, runs: 'anywhere', keepsConnections: true, behaviour: { trades } }
}

function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0]
}

/** Holds up to three trades back and lets them go in any order. */
function reorder(random: Random): TradeDistortion {
  const held: SimulatedTrade[] = []
  return (trade) => {
    held.push(trade)
    const out: SimulatedTrade[] = []
    while (held.length > 3 || (held.length > 0 && random() < 0.5)) {
      const [next] = held.splice(Math.floor(random() * held.length), 1)
      if (next !== undefined) out.push(next)
    }
    return out.flatMap((one) => (random() < 1 / 3 ? [one, one] : [one]))
  }
}
