import type { Clock, Random } from '../clock.ts'
import { type Connector, type ListedSymbol, type MarketState, type Pair, symbolCandidates } from '../connector.ts'
import { TrinityError, errorText } from '../errors.ts'
import type { RestReader } from '../feed/rest-reader.ts'
import type { AssetNames } from './asset-names.ts'
import { listedAssets } from './listed-assets.ts'
import { ListingLoss } from './listing-loss.ts'

/** What a venue's own listing says of a symbol; `unknown` while no listing was read. */
export type ListingStatus = MarketState | 'absent' | 'unknown'

/** A symbol of an asset, and how it stands. */
export interface Instrument extends Pair {
  readonly symbol: string
  readonly status: ListingStatus
}

/** Whose listing is read, what must not get lost in it, and who hears of it. */
export interface InstrumentListDeps {
  readonly connector: Connector
  /** Absent where REST is off. */
  readonly reader: RestReader | undefined
  readonly names: AssetNames
  readonly clock: Clock
  readonly random: Random
  /** Assets that must not get lost. */
  readonly wanted: readonly string[]
  /** Symbols that must not get lost either: somebody has asked for them. */
  onDemand?(): readonly string[]
  /** Whether somebody waits for a halted symbol beyond those. */
  hasHalted?(): boolean
  /** Wanted symbols that have not traded for so long that their markets may be halted. */
  quiet?(): readonly string[]
  /** A listing was read. */
  onChange(): void
  /** A listing could not be read or is not believed, or has words that nobody knows. */
  onWarning(kind: string, reason: string): void
}

const dayMs = 86_400_000
const firstRetryMs = 60_000
const maxRetryMs = 600_000

/** Pause after a listing in which something wanted is missing or halted, and before the next that is read for something quiet. */
const soonMs = 180_000

/** Pause after a listing that shows what has gone quiet as trading, and while something is on demand. */
const quietMs = 600_000

/** How often it is looked whether something wanted has gone quiet. */
const quietCheckMs = 30_000

const better: Readonly<Record<MarketState, number>> = { trading: 2, halted: 1, closed: 0 }

/**
 * A venue's own listing: read at start, within minutes while something wanted is missing, halted, quiet or on demand, else daily. A reading that
 * fails, is empty or has lost most of what is wanted is tried again, and the last good one stays but for markets that are halted now. What
 * `ListingLoss` says decides when a wanted symbol is gone; how many others there are does not matter.
 */
export class InstrumentList {
  readonly #deps: InstrumentListDeps
  readonly #knownWords = new Set<string>()
  #states: ReadonlyMap<string, MarketState> | undefined
  #askedAt = -Infinity
  /** The listing must have been asked for since. */
  #neededAt = -Infinity
  /** Quiet symbols of which a listing has been read since they went quiet. */
  #knownQuiet: readonly string[] = []
  #lastWarning = ''
  readonly #loss = new ListingLoss()
  #cancel: (() => void) | undefined
  #cancelWatch: (() => void) | undefined
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
    this.#cancelWatch?.()
  }

  /** Has a listing read within minutes that is not older than this call: something may have changed at the venue. */
  readSoon(): void {
    const { reader, clock } = this.#deps
    this.#neededAt = clock.now()
    // While a listing is being read nothing is planned, so that two are never read at once.
    const isPlanned = this.#cancel !== undefined || this.#cancelWatch !== undefined
    if (reader !== undefined && isPlanned) this.#loadIn(reader, soonMs, firstRetryMs)
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
   * @param held the symbol that the asset has now: while that is halted, only another name in the same currency takes its place
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
    const at = (status: MarketState, among: typeof candidates = candidates): Instrument | undefined => {
      const found = among.find(({ symbol }) => states.get(symbol) === status)
      return found === undefined ? undefined : { ...found, status }
    }
    const own = candidates.filter(({ symbol }) => symbol === held)
    const sameCurrency = candidates.filter((candidate) => candidate.quote === own[0]?.quote)
    return at('trading', sameCurrency) ?? at('halted', own) ?? at('trading') ?? at('halted')
  }

  async #load(reader: RestReader, retryMs: number): Promise<void> {
    const { clock, onChange } = this.#deps
    this.#cancel?.()
    this.#cancelWatch?.()
    this.#cancel = this.#cancelWatch = undefined
    this.#dueAt = Infinity
    let waitMs = retryMs
    let nextRetryMs = Math.min(retryMs * 2, maxRetryMs)
    try {
      const { listed, askedAt } = (await reader.list()) ?? { listed: [], askedAt: clock.now() }
      if (this.#stopped) return
      const rows = bestRows(listed)
      const states = this.#believed(rows, askedAt)
      const hasShrunk = states.size <= (this.#states?.size ?? 0) / 2
      this.#takeOver(states, askedAt)
      reader.setNames([...rows.values()])
      this.#warnOfUnknownWords(listed)
      onChange()
      // One that has lost most of what nobody wants yet may be cut short.
      if (this.#isSettled() && !hasShrunk && askedAt >= this.#neededAt) return this.#watchQuiet(reader)
      waitMs = soonMs
      nextRetryMs = firstRetryMs
    } catch (error) {
      if (this.#stopped) return
      this.#warnOnce(errorText(error))
    }
    this.#loadIn(reader, waitMs, nextRetryMs)
  }

  /** Reads again when another wanted symbol has gone quiet, which may be a halt, less often while some are or are on demand, and daily. */
  #watchQuiet(reader: RestReader): void {
    const { clock, random } = this.#deps
    // What is told of a listing may have stopped it.
    if (this.#stopped) return
    this.#cancelWatch = clock.after(quietCheckMs * (0.75 + random() / 2), () => {
      const quiet = this.#deps.quiet?.() ?? []
      this.#knownQuiet = this.#knownQuiet.filter((symbol) => quiet.includes(symbol))
      const ageMs = clock.now() - this.#askedAt
      // What is on demand has no feed that could go quiet.
      const isUnseen = quiet.length > 0 || (this.#deps.onDemand?.() ?? []).length > 0
      const dueAfterMs = quiet.length > this.#knownQuiet.length ? soonMs : isUnseen ? quietMs : dayMs
      if (ageMs >= dueAfterMs) void this.#load(reader, firstRetryMs)
      else this.#watchQuiet(reader)
    })
  }

  /** With jitter; a reading that is due sooner stays. */
  #loadIn(reader: RestReader, waitMs: number, retryMs: number): void {
    const { clock, random } = this.#deps
    const dueInMs = waitMs * (0.75 + random() / 2)
    if (this.#stopped || clock.now() + dueInMs >= this.#dueAt) return
    this.#cancel?.()
    this.#dueAt = clock.now() + dueInMs
    this.#cancel = clock.after(dueInMs, () => void this.#load(reader, retryMs))
  }

  #warnOnce(reason: string): void {
    if (reason !== this.#lastWarning) this.#deps.onWarning('listing', reason)
    this.#lastWarning = reason
  }

  #takeOver(states: ReadonlyMap<string, MarketState>, askedAt: number): void {
    this.#states = states
    this.#askedAt = askedAt
    this.#knownQuiet = this.#deps.quiet?.() ?? []
    this.#lastWarning = ''
  }

  /** @throws TrinityError `TRN_VENUE_UNAVAILABLE` for a listing that can't be true */
  #believed(rows: ReadonlyMap<string, ListedSymbol>, askedAt: number): ReadonlyMap<string, MarketState> {
    if (rows.size === 0) this.#reject('it is empty or has an unknown shape')
    const states = new Map([...rows].map(([symbol, { state }]) => [symbol, state]))
    const { held, lost } = this.#wantedIn(states)
    const { isDoubtful, kept } = this.#loss.judge(held, lost, (symbol) => states.get(symbol) === 'closed')
    if (isDoubtful) {
      this.#takeHalts(states, askedAt)
      this.#reject(`${lost.length} of ${held.length} wanted symbols are missing from it at once (${lost.slice(0, 5).join(', ')}…)`)
    }
    for (const symbol of kept) {
      const state = this.#states?.get(symbol)
      if (state !== undefined) states.set(symbol, state)
    }
    return states
  }

  /** Symbols of what is wanted in the listing at hand, and those that are lost in `states`: an asset with another symbol there is not. */
  #wantedIn(states: ReadonlyMap<string, MarketState>): { readonly held: readonly string[]; readonly lost: readonly string[] } {
    const { wanted, onDemand } = this.#deps
    const isOpen = (all: ReadonlyMap<string, MarketState> | undefined, symbol: string): boolean => (all?.get(symbol) ?? 'closed') !== 'closed'
    const held = new Map<string, boolean>()
    for (const symbol of onDemand?.() ?? []) if (isOpen(this.#states, symbol)) held.set(symbol, !isOpen(states, symbol))
    for (const asset of wanted) {
      const symbol = this.#resolveIn(this.#states, asset)?.symbol
      if (symbol !== undefined) held.set(symbol, this.#resolveIn(states, asset) === undefined)
    }
    return { held: [...held.keys()], lost: [...held].flatMap(([symbol, isLost]) => (isLost ? [symbol] : [])) }
  }

  /** A halt counts at once, also in a listing that is not believed: a trade shows soon enough that it was none. */
  #takeHalts(states: ReadonlyMap<string, MarketState>, askedAt: number): void {
    const halted = [...(this.#states ?? [])].filter(([symbol, state]) => state === 'trading' && states.get(symbol) === 'halted')
    if (halted.length === 0) return
    this.#takeOver(new Map([...(this.#states ?? []), ...halted.map(([symbol]) => [symbol, 'halted'] as const)]), askedAt)
    this.#deps.onChange()
  }

  #reject(reason: string): never {
    const stays = this.#states === undefined ? '' : ' The last good one stays.'
    throw new TrinityError('TRN_VENUE_UNAVAILABLE', `The listing of ${this.#deps.connector.name} is not believed: ${reason}.${stays}`)
  }

  #isSettled(): boolean {
    const { wanted, hasHalted } = this.#deps
    return !this.#loss.isAny && wanted.every((asset) => this.resolve(asset)?.status === 'trading') && hasHalted?.() !== true
  }

  #warnOfUnknownWords(listed: readonly ListedSymbol[]): void {
    for (const { symbol, unknownState } of listed) {
      if (unknownState === undefined || this.#knownWords.has(unknownState) || this.#knownWords.size >= maxWords) continue
      this.#knownWords.add(unknownState)
      this.#deps.onWarning(`state ${unknownState}`, `${symbol} is '${unknownState}', a state that is not known here; it counts as halted`)
    }
  }
}

/** Of several rows of a symbol the best state counts, and the name that goes with it. */
function bestRows(listed: readonly ListedSymbol[]): ReadonlyMap<string, ListedSymbol> {
  const rows = new Map<string, ListedSymbol>()
  for (const row of listed) {
    const known = rows.get(row.symbol)
    if (known === undefined || better[row.state] > better[known.state]) rows.set(row.symbol, row)
  }
  return rows
}

/** Most unknown words that are reported of one venue. */
const maxWords = 20
