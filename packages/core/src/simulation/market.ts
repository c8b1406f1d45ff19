import type { Clock, Random } from '../clock.ts'
import type { MarketState } from '../connector.ts'
import type { SimulatedMarket, SimulatedTrade } from './dialect.ts'

/** What a market is made of. */
export interface RandomMarketOptions {
  /** Symbols to trade, the busiest first. */
  readonly symbols: readonly string[]
  /** More symbols, each of which has a two-hundredth of the busiest one's trades. */
  readonly rare?: readonly string[]
  /** Symbols that are listed but can't be traded. */
  readonly halted?: readonly string[]
  /** About where a symbol's price begins and stays, decimal text; one that it gives none for begins anywhere. */
  startPrice?(symbol: string): string | undefined
  readonly clock: Clock
  readonly random: Random
  /** Trades of the busiest symbol in a second on average; the n-th symbol has an n-th of them. 1 unless named. */
  readonly tradesPerSecond?: number
  /** Trades of each symbol that the market remembers, for snapshots; 30 unless named. */
  readonly maxRecent?: number
}

interface SymbolWalk {
  /** The price in units of its last decimal. */
  ticks: number
  /** Where it is pulled back to, in the same units. */
  readonly middle: number
  readonly decimals: number
  readonly recent: SimulatedTrade[]
}

const usualMaxRecent = 30

/** Longest age of the trade that a symbol starts with. */
const oldestStartMs = 20_000

/** Powers of ten between which prices start. */
const lowestMagnitude = -3
const highestMagnitude = 4.5

/** Prices never walk below so many units, so that a step stays small beside them. */
const lowestTicks = 500

/** A price that begins where it was told to has at least ten to this power units. */
const leastPower = 4

/** A trade brings a price back by one of so many parts of its distance: over any time it stays within some 2 %. */
const pullParts = 500

/** How often the busiest symbol trades for one trade of a rare one. */
const rareShare = 200

/**
 * A market with lifelike prices: each symbol walks at random in steps of its last decimal, trades come at random moments, and their ids
 * rise by one. The same seed and clock give the same trades.
 */
export class RandomMarket implements SimulatedMarket {
  readonly #states: Map<string, MarketState>
  readonly #clock: Clock
  readonly #random: Random
  readonly #walks = new Map<string, SymbolWalk>()
  readonly #maxRecent: number
  /** Summed rates, trades a second, by the order of symbols. */
  readonly #rates: { readonly symbol: string; readonly upTo: number }[] = []
  readonly #listeners = new Set<(trade: SimulatedTrade) => void>()
  #cancel: (() => void) | undefined

  constructor(options: RandomMarketOptions) {
    this.#maxRecent = options.maxRecent ?? usualMaxRecent
    this.#clock = options.clock
    this.#random = options.random
    const { symbols, rare = [], halted = [], tradesPerSecond = 1 } = options
    this.#states = new Map<string, MarketState>([
      ...[...symbols, ...rare].map((symbol) => [symbol, 'trading'] as const),
      ...halted.map((symbol) => [symbol, 'halted'] as const),
    ])
    let upTo = 0
    const shares = [...symbols.map((symbol, i) => ({ symbol, share: i + 1 })), ...rare.map((symbol) => ({ symbol, share: rareShare }))]
    for (const { symbol, share } of shares) {
      upTo += tradesPerSecond / share
      this.#rates.push({ symbol, upTo })
    }
    for (const symbol of this.listed.keys()) this.#begin(symbol, options.startPrice?.(symbol))
  }

  get now(): number {
    return Math.floor(this.#clock.now())
  }

  get listed(): ReadonlyMap<string, MarketState> {
    return this.#states
  }

  /** Halts a listed symbol, or opens it again. */
  setState(symbol: string, state: MarketState): void {
    if (this.#states.has(symbol)) this.#states.set(symbol, state)
  }

  /** Hears of each trade as it happens; the returned function ends that. */
  onTrade(listener: (trade: SimulatedTrade) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    const total = this.#rates.at(-1)?.upTo ?? 0
    if (this.#cancel !== undefined || !(total > 0)) return
    const next = (): void => {
      const gapMs = (-Math.log(1 - this.#random()) / total) * 1000
      this.#cancel = this.#clock.after(gapMs, () => {
        const at = this.#random() * total
        const symbol = this.#rates.find(({ upTo }) => at < upTo)?.symbol
        if (symbol !== undefined && this.#states.get(symbol) === 'trading') this.trade(symbol)
        next()
      })
    }
    next()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  lastTrade(symbol: string): SimulatedTrade | undefined {
    return this.#walks.get(symbol)?.recent.at(-1)
  }

  /** The newest trades of a symbol, oldest first. */
  recentTrades(symbol: string): readonly SimulatedTrade[] {
    return this.#walks.get(symbol)?.recent ?? []
  }

  /** Makes a trade of a symbol happen now; undefined for an unknown one. */
  trade(symbol: string): SimulatedTrade | undefined {
    const walk = this.#walks.get(symbol)
    if (walk === undefined) return undefined
    const farthest = Math.max(1, Math.round(walk.ticks / 2000))
    const pull = (walk.middle - walk.ticks) / pullParts
    walk.ticks = Math.max(lowestTicks, walk.ticks + Math.round((this.#random() * 2 - 1) * farthest + pull))
    const trade = this.#nextTrade(symbol, walk, this.now)
    for (const listener of this.#listeners) listener(trade)
    return trade
  }

  #begin(symbol: string, startPrice: string | undefined): void {
    const walk = startPrice === undefined ? this.#beginAnywhere() : this.#beginAt(Number(startPrice))
    this.#walks.set(symbol, walk)
    this.#nextTrade(symbol, walk, Math.floor(this.#clock.now() - this.#random() * oldestStartMs))
  }

  #beginAnywhere(): SymbolWalk {
    const ticks = Math.floor(10 ** (leastPower + this.#random() * 3))
    const magnitude = lowestMagnitude + this.#random() * (highestMagnitude - lowestMagnitude)
    const decimals = Math.min(8, Math.max(0, Math.round(Math.log10(ticks) - magnitude)))
    return { ticks, middle: ticks, decimals, recent: [] }
  }

  #beginAt(price: number): SymbolWalk {
    const least = Math.max(0, Math.ceil(leastPower - Math.log10(price)))
    const decimals = Math.min(Math.max(8, least), least + Math.floor(this.#random() * 3))
    const middle = Math.round(price * 10 ** decimals)
    return { ticks: Math.round(middle * (1 + (this.#random() * 2 - 1) / 1000)), middle, decimals, recent: [] }
  }

  #nextTrade(symbol: string, walk: SymbolWalk, at: number): SimulatedTrade {
    const id = (walk.recent.at(-1)?.id ?? Math.floor(1e6 + this.#random() * 1e8)) + 1
    const size = decimalText(Math.floor(1 + this.#random() ** 4 * 1e8), 6)
    const trade: SimulatedTrade = { symbol, price: decimalText(walk.ticks, walk.decimals), size, at, id, takerBuys: this.#random() < 0.5 }
    walk.recent.push(trade)
    if (walk.recent.length > this.#maxRecent) walk.recent.shift()
    return trade
  }
}

/** A whole number of units of the last decimal as text: `(1234, 2)` is `12.34`. */
export function decimalText(units: number, decimals: number): string {
  if (decimals === 0) return String(units)
  const digits = String(units).padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
