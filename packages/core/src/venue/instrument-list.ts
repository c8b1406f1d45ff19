import type { Clock, Random } from '../clock.ts'
import { type Connector, type ListedSymbol, type MarketState, type Pair, symbolCandidates } from '../connector.ts'
import { TrinityError, errorText } from '../errors.ts'
import type { RestReader } from '../feed/rest-reader.ts'
import type { AssetNames } from './asset-names.ts'
import { listedAssets } from './listed-assets.ts'

/** What a venue's own listing says of a symbol; `unknown` while no listing was read. */
export type ListingStatus = MarketState | 'absent' | 'unknown'

/** A symbol of an asset, and how it stands. */
export interface Instrument extends Pair {
  readonly symbol: string
  readonly status: ListingStatus
}

/** What an instrument list works with. */
export interface InstrumentListDeps {
  readonly connector: Connector
  /** Absent where REST is off. */
  readonly reader: RestReader | undefined
  readonly names: AssetNames
  readonly clock: Clock
  readonly random: Random
  /** Assets that must not get lost. */
  readonly wanted: readonly string[]
  /** Whether somebody waits for a halted symbol beyond those. */
  hasHalted?(): boolean
  /** A listing was read. */
  onChange(): void
  /** A listing could not be read or is not believed, or has words that nobody knows. */
  onWarning(kind: string, reason: string): void
}

const dayMs = 86_400_000
const firstRetryMs = 60_000
const longestRetryMs = 600_000

/** Pause after a listing in which something wanted is missing or halted. */
const soonMs = 180_000

/** The loss of most of fewer assets or symbols can be the truth. */
const fewestToJudgeLoss = 4

const better: Readonly<Record<MarketState, number>> = { trading: 2, halted: 1, closed: 0 }

/**
 * A venue's own listing: read at start, within minutes while something wanted is missing or halted, else daily. A reading that fails, is empty
 * or has lost half of its symbols or most of what is wanted is tried again, and the last good one stays.
 */
export class InstrumentList {
  readonly #deps: InstrumentListDeps
  readonly #knownWords = new Set<string>()
  #states: ReadonlyMap<string, MarketState> | undefined
  #askedAt = -Infinity
  #lastWarning = ''
  #cancel: (() => void) | undefined
  #dueAt = Infinity
  #stopped = false

  constructor(deps: InstrumentListDeps) {
    this.#deps = deps
  }

  start(): void {
    const { reader, connector } = this.#deps
    if (reader !== undefined && connector.rest?.list !== undefined) void this.#load(reader, firstRetryMs)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  /** Has the listing read again within minutes: somebody waits for a halted symbol. */
  readSoon(): void {
    const { reader } = this.#deps
    if (reader !== undefined && this.#cancel !== undefined && !this.#stopped) this.#loadIn(reader, soonMs, firstRetryMs)
  }

  /** When the listing at hand was asked for, on `Clock.now`. */
  get askedAt(): number {
    return this.#askedAt
  }

  /** Whether there is a listing that has not been read yet. */
  get isUnread(): boolean {
    const { reader, connector } = this.#deps
    return reader !== undefined && connector.rest?.list !== undefined && this.#states === undefined
  }

  status(symbol: string): ListingStatus {
    return this.#states === undefined ? 'unknown' : (this.#states.get(symbol) ?? 'absent')
  }

  /** Assets that the venue trades or has halted; empty while no listing was read. */
  listed(): ReadonlySet<string> {
    const open = [...(this.#states ?? [])].filter(([, state]) => state !== 'closed').map(([symbol]) => symbol)
    return listedAssets(this.#deps.connector, this.#deps.names, new Set(open))
  }

  /**
   * The symbol of an asset: the first of its candidates that the venue trades, else the first that is halted. Without a listing at hand that is
   * simply the first; with one, undefined says that the venue does not list the asset.
   * @param held the symbol that the asset has now: while that is halted, it stays
   */
  resolve(asset: string, quote?: string, held?: string): Instrument | undefined {
    return this.#resolveIn(this.#states, asset, quote, held)
  }

  #resolveIn(states: ReadonlyMap<string, MarketState> | undefined, asset: string, quote?: string, held?: string): Instrument | undefined {
    const { connector, names } = this.#deps
    const candidates = symbolCandidates(connector, names.namesAt(connector.name, asset)).filter(
      (candidate) => quote === undefined || candidate.quote === quote,
    )
    if (states === undefined) return candidates[0] === undefined ? undefined : { ...candidates[0], status: 'unknown' }
    const at = (status: MarketState, symbol?: string): Instrument | undefined => {
      const found = candidates.find((candidate) => states.get(candidate.symbol) === status && (symbol ?? candidate.symbol) === candidate.symbol)
      return found === undefined ? undefined : { ...found, status }
    }
    return (held === undefined ? undefined : at('halted', held)) ?? at('trading') ?? at('halted')
  }

  async #load(reader: RestReader, retryMs: number): Promise<void> {
    const { clock, onChange } = this.#deps
    this.#dueAt = Infinity
    let waitMs = retryMs
    let nextRetryMs = Math.min(retryMs * 2, longestRetryMs)
    try {
      const askedAt = clock.now()
      const listed = (await reader.list()) ?? []
      if (this.#stopped) return
      this.#states = this.#believed(listed)
      this.#askedAt = askedAt
      this.#lastWarning = ''
      reader.setNames(listed)
      this.#warnOfUnknownWords(listed)
      onChange()
      waitMs = this.#isSettled() ? dayMs : soonMs
      nextRetryMs = firstRetryMs
    } catch (error) {
      if (this.#stopped) return
      this.#warnOnce(errorText(error))
    }
    this.#loadIn(reader, waitMs, nextRetryMs)
  }

  /** With jitter; a reading that is due sooner stays. */
  #loadIn(reader: RestReader, waitMs: number, retryMs: number): void {
    const { clock, random } = this.#deps
    const dueInMs = waitMs * (0.75 + random() / 2)
    if (clock.now() + dueInMs >= this.#dueAt) return
    this.#cancel?.()
    this.#dueAt = clock.now() + dueInMs
    this.#cancel = clock.after(dueInMs, () => void this.#load(reader, retryMs))
  }

  #warnOnce(reason: string): void {
    if (reason !== this.#lastWarning) this.#deps.onWarning('listing', reason)
    this.#lastWarning = reason
  }

  /** @throws TrinityError `TRN_VENUE_UNAVAILABLE` for a listing that can't be true */
  #believed(listed: readonly ListedSymbol[]): ReadonlyMap<string, MarketState> {
    const { connector, wanted } = this.#deps
    const refuse = (reason: string): never => {
      throw new TrinityError('TRN_VENUE_UNAVAILABLE', `The listing of ${connector.name} is not believed: ${reason}. The last good one stays.`)
    }
    if (listed.length === 0) refuse('it is empty or has an unknown shape')
    const states = new Map<string, MarketState>()
    for (const { symbol, state } of listed) {
      const known = states.get(symbol)
      if (known === undefined || better[state] > better[known]) states.set(symbol, state)
    }
    const before = wanted.filter((asset) => this.#resolveIn(this.#states, asset) !== undefined)
    const lost = before.filter((asset) => this.#resolveIn(states, asset) === undefined)
    if (before.length >= fewestToJudgeLoss && lost.length > before.length / 2) {
      refuse(`${lost.length} of ${before.length} configured assets are missing from it at once (${lost.slice(0, 5).join(', ')}…)`)
    }
    const sizeBefore = this.#states?.size ?? 0
    if (sizeBefore >= fewestToJudgeLoss && states.size <= sizeBefore / 2) refuse(`it has ${states.size} symbols, the one before had ${sizeBefore}`)
    return states
  }

  #isSettled(): boolean {
    const { wanted, hasHalted } = this.#deps
    return wanted.every((asset) => this.resolve(asset)?.status === 'trading') && hasHalted?.() !== true
  }

  #warnOfUnknownWords(listed: readonly ListedSymbol[]): void {
    for (const { symbol, unknownState } of listed) {
      if (unknownState === undefined || this.#knownWords.has(unknownState) || this.#knownWords.size >= mostWords) continue
      this.#knownWords.add(unknownState)
      this.#deps.onWarning(`state ${unknownState}`, `${symbol} is '${unknownState}', a state that is not known here; it counts as halted`)
    }
  }
}

/** Most unknown words that are reported of one venue. */
const mostWords = 20
