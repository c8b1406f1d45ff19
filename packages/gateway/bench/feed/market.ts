/** A made-up trade, before a venue's way of writing it. */
export interface MarketTrade {
  readonly base: string
  /** Decimal text with the asset's full number of decimals. */
  readonly price: string
  readonly size: string
  readonly takerBuys: boolean
  /** Epoch microseconds. */
  readonly atMicros: number
  /** Rises by one with each trade. */
  readonly sequence: number
}

/** Trades of one asset that come together, oldest first. */
export type TradeBatch = readonly [MarketTrade, ...MarketTrade[]]

interface Book {
  readonly base: string
  readonly decimals: number
  ticks: number
}

/** The assets traded, of high price and low. */
const marketBooks: readonly Book[] = [
  { base: 'BTC', decimals: 2, ticks: 6_000_026 },
  { base: 'ETH', decimals: 2, ticks: 177_414 },
  { base: 'SOL', decimals: 3, ticks: 148_250 },
  { base: 'DOGE', decimals: 6, ticks: 162_340 },
]

export const marketBases: readonly string[] = marketBooks.map(({ base }) => base)

const startMicros = Date.UTC(2026, 8, 21, 14, 13, 20) * 1000

/**
 * Endless batches of trades: each of one asset, with 1 to `most` trades some microseconds apart, prices walking at
 * random, about twenty batches a second. The same seed gives the same batches.
 */
export function* tradeBatches(seed: number, most: number): Generator<TradeBatch> {
  const random = seededRandom(seed)
  const upTo = (count: number): number => Math.floor(random() * count)
  const books = marketBooks.map((book) => ({ ...book }))
  let atMicros = startMicros
  let sequence = 0
  for (;;) {
    const book = books[upTo(books.length)]
    if (book === undefined) continue
    atMicros += 1 + upTo(100_000)
    const takerBuys = random() < 0.5
    const trade = (): MarketTrade => {
      book.ticks += Math.round(book.ticks * (random() - 0.5) * 2e-4)
      atMicros += upTo(50)
      const price = decimalText(book.ticks, book.decimals)
      return { base: book.base, price, size: decimalText(1 + upTo(5_000_000), 8), takerBuys, atMicros, sequence: sequence++ }
    }
    yield [trade(), ...Array.from({ length: upTo(most) }, trade)]
  }
}

function decimalText(units: number, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** Numbers from 0 up to 1 by a 32-bit mixing of a counter: small, even enough, and repeatable. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
