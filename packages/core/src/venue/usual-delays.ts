import { earlyMs } from './clock-jumps.ts'
import { TradeCounts, apartMs, enoughTrades } from './trade-counts.ts'
import { leadMs } from './time-base.ts'

/** So long a low delay is believed without another as low, milliseconds: the lowest of all for longer than quiet times and late trades last. */
const recentForMs = 60_000
const lowestForMs = 600_000

/** By more no venue is late or early: then the node's time was wrong. */
const likelyMs = 10_000

/** Those that are higher by less are about as low: ways differ by that much. */
const asLowMs = 100

interface Delay {
  readonly ms: number
  /** When one about as low came last. */
  at: number
  /** How many higher ones came since, a while after one another. */
  higher: number
  higherAt: number
}

/** How late the trades of each venue come at least: its clock's error and the way here. It outlasts quiet times and jumps of the node's clock. */
export class UsualDelays {
  readonly #recent = new Map<string, Delay>()
  readonly #lowest = new Map<string, Delay>()
  readonly #trades = new TradeCounts()
  /** By venue: by how much its clock is ahead, as was taken last. */
  readonly #leads = new Map<string, number>()

  /** Milliseconds, by the last minute or two; undefined while unknown. */
  recentMs(venue: string): number | undefined {
    return this.#recent.get(venue)?.ms
  }

  /** The least for a long time, milliseconds: after trades that all came late it is nearer to the truth. */
  lowestMs(venue: string): number | undefined {
    return this.#lowest.get(venue)?.ms
  }

  /** Whether there were so many trades of a venue that they can't all have come late. */
  isSure(venue: string): boolean {
    return this.#trades.isEnough(venue)
  }

  /** A trade of the venue came. */
  count(venue: string, at: number): void {
    this.#trades.add(venue, at)
  }

  /**
   * Takes in the least delay of late. A lower one counts at once; a higher one when none as low came for long, nor among many trades: those of a
   * minute may all have come late.
   */
  note(venue: string, ms: number, at: number): void {
    keepLeast(this.#recent, recentForMs, venue, ms, at)
    keepLeast(this.#lowest, lowestForMs, venue, ms, at)
  }

  /** Takes in a delay as low or lower than what is known, which may be far from the least. */
  noteLower(venue: string, ms: number, at: number): void {
    for (const delays of [this.#recent, this.#lowest])
      if (ms <= (delays.get(venue)?.ms ?? 0)) delays.set(venue, { ms, at, higher: 0, higherAt: -Infinity })
  }

  /** By how much the venue's clock is ahead, where that is half a second more than was taken last; else undefined. */
  takeLargerLeadMs(venue: string): number | undefined {
    const knownMs = this.#leads.get(venue) ?? 0
    const foundMs = leadMs(this.recentMs(venue))
    const isLarger = foundMs > knownMs + earlyMs
    if (isLarger || foundMs < knownMs) this.#leads.set(venue, foundMs)
    return isLarger ? foundMs : undefined
  }

  /**
   * The node's time has changed by so much, and with it the delays that were noted since then. Of those before only likely ones stay, and none
   * where the trades of several venues were early by as much as the time has gone ahead: it was wrong before, and set right.
   */
  move(byMs: number, since: number): void {
    for (const delays of [this.#recent, this.#lowest]) {
      const missMs = Math.min(earlyMs, Math.abs(byMs) / 2)
      const early = [...delays.values()].filter((delay) => delay.at < since && Math.abs(delay.ms + byMs) <= missMs)
      for (const [venue, delay] of delays) {
        // One that was early by as much may be ahead, or the time was wrong: then few trades of another show nothing.
        const isGuess = early.length === 1 && delay.ms > 0 && !this.isSure(venue)
        const wasWrong = Math.abs(delay.ms) > likelyMs || early.length >= 2 || isGuess
        if (delay.at >= since) delays.set(venue, { ...delay, ms: delay.ms + byMs })
        else if (wasWrong) delays.delete(venue)
      }
    }
  }
}

function keepLeast(delays: Map<string, Delay>, forMs: number, venue: string, ms: number, at: number): void {
  const known = delays.get(venue)
  if (known === undefined || ms <= known.ms || (at - known.at > forMs && known.higher >= enoughTrades))
    delays.set(venue, { ms, at, higher: 0, higherAt: -Infinity })
  else if (ms <= known.ms + asLowMs) {
    known.at = at
    known.higher = 0
  } else if (ms <= known.ms + likelyMs && at - known.higherAt >= apartMs) {
    // What has waited through a sleep says nothing.
    known.higher++
    known.higherAt = at
  }
}
