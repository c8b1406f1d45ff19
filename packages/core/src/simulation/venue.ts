import type { Clock, Random } from '../clock.ts'
import type { Frame } from '../connector.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { roundTripMs } from './deliveries.ts'
import type { ClientRequest, SimulatedTrade, SimulatorDialect } from './dialect.ts'
import { type Admission, type Fault, type FaultBehaviour, type TradeDistortion, defaultFaultMs } from './fault/fault.ts'
import { RandomMarket, type RandomMarketOptions } from './market.ts'
import { type RestAnswer, answerRest, asksForListing } from './rest-answer.ts'
import { type ShownMarket, showMarket } from './shown-market.ts'
import { type ConnectionOwner, VenueConnection, type VenueLink } from './venue-connection.ts'

/** What a simulated venue is made of: its market, how it words what it says, and a seed. */
export interface SimulatedVenueOptions extends Omit<RandomMarketOptions, 'random'> {
  readonly dialect: SimulatorDialect
  readonly seed: number
  /** What the venue calls a symbol once it has renamed it, by symbol. */
  readonly otherNames?: ReadonlyMap<string, string>
  /** Most entries of a kind that the log keeps; enough for a check of a whole run unless given. */
  readonly maxLog?: number
}

/** A client frame as the venue saw it. */
export interface SeenFrame {
  readonly at: number
  readonly connection: VenueConnection
  readonly bytes: number
  /** Milliseconds since its connection opened. */
  readonly ageMs: number
  readonly requests: readonly ClientRequest[]
}

/** The last that clients did, for those who check that they kept to the venue's limits. Times are epoch milliseconds. */
export interface VenueLog {
  readonly connects: number[]
  /** When the last connection that was open ended. */
  readonly disconnects: number[]
  readonly frames: SeenFrame[]
  readonly restRequests: number[]
  /** Those of them that asked for the listing. */
  readonly listingRequests: number[]
  /** Attempts that came before a pause was over that a Retry-After or a rejection had asked for. */
  readonly tooEarly: string[]
  /** Symbols that were asked for anew although every trade of theirs had been sent, with the time. */
  readonly needlessRequests: string[]
}

interface Disturbance {
  readonly fault: Fault
  readonly distort: TradeDistortion | undefined
  readonly change: ((frame: Frame) => readonly Frame[]) | undefined
  readonly loses: (() => boolean) | undefined
  attempts: number
}

const noFault: FaultBehaviour = {}

/** An exchange without sockets: its market, its connections, its REST answers, and whatever goes wrong with them. */
export class SimulatedVenue implements ConnectionOwner {
  readonly dialect: SimulatorDialect
  readonly market: RandomMarket
  readonly clock: Clock
  readonly log: VenueLog = { connects: [], disconnects: [], frames: [], restRequests: [], listingRequests: [], tooEarly: [], needlessRequests: [] }
  readonly #connections = new Set<VenueConnection>()
  readonly #random: Random
  readonly #listeners = new Set<(trade: SimulatedTrade) => void>()
  readonly #otherNames: ReadonlyMap<string, string>
  /** Symbols that go by another name now. */
  readonly #renamed = new Map<string, string>()
  #halted: readonly string[] = []
  #disturbance: Disturbance | undefined
  #cancels: (() => void)[] = []
  #flooding = false
  readonly #maxLog: number
  /** The pauses that clients were last asked for, and when. */
  readonly #pauses = { connect: { askedAt: 0, until: 0 }, 'REST request': { askedAt: 0, until: 0 } }

  constructor(options: SimulatedVenueOptions) {
    this.dialect = options.dialect
    this.clock = options.clock
    this.#maxLog = options.maxLog ?? usualMaxLog
    this.#otherNames = options.otherNames ?? new Map()
    this.#random = seededRandom(options.seed)
    this.market = new RandomMarket({ ...options, random: this.#random })
    this.market.onTrade((trade) => this.#onTrade(trade))
  }

  /** Lets the market move. */
  start(): void {
    this.market.start()
  }

  /** Stops the market and cuts every connection. */
  stop(): void {
    this.market.stop()
    this.setFault(undefined)
    for (const connection of this.#connections) connection.cut({ kind: 'reset' })
  }

  /** Begins a fault, which ends by itself, or ends the present one. */
  setFault(fault: Fault | undefined, durationMs = fault?.durationMs ?? defaultFaultMs): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels = []
    this.#disturbance = undefined
    for (const connection of this.#connections) connection.flush()
    for (const symbol of this.#halted) this.market.setState(symbol, 'trading')
    this.#halted = []
    if (fault === undefined) return
    const { trades, frames, loses, cut, goodbyeMs, maintenance, deafens, halts, renames } = fault.behaviour
    this.#disturbance = { fault, distort: trades?.(this.#random), change: frames?.(this.#random), loses: loses?.(this.#random), attempts: 0 }
    this.#cancels.push(this.clock.after(durationMs, () => this.setFault(undefined)))
    if (halts !== undefined) this.#halt(halts)
    if (renames === true) this.#rename()
    if (deafens === true) for (const connection of this.#connections) connection.deafen()
    if (goodbyeMs !== undefined) this.#announce('goodbye')
    if (maintenance === true) this.#announce('maintenance')
    if (cut === undefined) return
    const doomed = [...this.#connections]
    this.#cancels.push(
      this.clock.after(goodbyeMs ?? 0, () => {
        for (const connection of doomed) connection.cut(cut)
      }),
    )
  }

  /** The fault that is under way. */
  get fault(): Fault | undefined {
    return this.#disturbance?.fault
  }

  get behaviour(): FaultBehaviour {
    return this.#disturbance?.fault.behaviour ?? noFault
  }

  get mutedSymbol(): string | undefined {
    return this.shown.listed.keys().next().value
  }

  get shown(): ShownMarket {
    return showMarket(this.market, this.#renamed)
  }

  /** What the venue calls a symbol now. */
  nameOf(symbol: string): string {
    return this.#renamed.get(symbol) ?? symbol
  }

  /** Open connections. */
  get connections(): readonly VenueConnection[] {
    return [...this.#connections]
  }

  /** Hears of each trade as the venue tells it: of a false one too. */
  onTold(listener: (trade: SimulatedTrade) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Decides on an attempt to connect, and counts it. */
  admit(): Admission {
    this.#remember(this.log.connects, this.clock.now())
    const disturbance = this.#disturbance
    const admission = disturbance?.fault.behaviour.admission?.(disturbance.attempts++) ?? { kind: 'open' }
    this.#holdOff('connect', admission.kind === 'status' ? admission.retryAfterSeconds : undefined)
    return admission
  }

  /** Takes a connection that was let in. */
  accept(link: VenueLink): VenueConnection {
    const connection = new VenueConnection(this, link)
    this.#connections.add(connection)
    const { cutsAgain, cut } = this.behaviour
    if (cutsAgain === true && cut !== undefined) connection.cut(cut)
    return connection
  }

  /** Answers a GET of a path and query, or says how it fails. */
  answer(pathAndQuery: string): RestAnswer {
    const now = this.clock.now()
    this.#remember(this.log.restRequests, now)
    if (asksForListing(this.dialect, pathAndQuery)) this.#remember(this.log.listingRequests, now)
    const { dialect, market, behaviour } = this
    const { rest } = behaviour
    const retryAfterSeconds = rest?.kind === 'status' ? rest.retryAfterSeconds : rest?.kind === 'rejection' ? rejectionPauseSeconds : undefined
    this.#holdOff('REST request', retryAfterSeconds)
    return answerRest({ dialect, market, behaviour, names: this.#renamed }, pathAndQuery)
  }

  onFrame(frame: Frame, requests: readonly ClientRequest[], connection: VenueConnection): void {
    const at = this.clock.now()
    const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength
    this.#remember(this.log.frames, { at, connection, bytes, ageMs: at - connection.openedAt, requests })
  }

  onNeedlessRequest(symbol: string): void {
    this.#remember(this.log.needlessRequests, `${symbol} at ${this.clock.now()}`)
  }

  onGone(connection: VenueConnection): void {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.#remember(this.log.disconnects, this.clock.now())
  }

  /** Notes an attempt that comes too early, and from when on the next may come. */
  #holdOff(what: 'connect' | 'REST request', retryAfterSeconds: number | undefined): void {
    const now = this.clock.now()
    const { askedAt, until } = this.#pauses[what]
    const earlyMs = until - now
    if (earlyMs > 0 && now - askedAt > roundTripMs) this.#remember(this.log.tooEarly, `a ${what} ${Math.round(earlyMs)} ms before its pause was over`)
    if (retryAfterSeconds !== undefined) this.#pauses[what] = { askedAt: now, until: now + retryAfterSeconds * 1000 }
  }

  #remember<T>(log: T[], entry: T): void {
    log.push(entry)
    if (log.length > this.#maxLog) log.splice(0, Math.ceil(this.#maxLog / 2))
  }

  #halt(halts: 'all' | 'some'): void {
    const trading = [...this.market.listed].filter(([, state]) => state === 'trading').map(([symbol]) => symbol)
    this.#halted = halts === 'all' ? trading : trading.filter((_symbol, i) => i % 2 === 0)
    for (const symbol of this.#halted) this.market.setState(symbol, 'halted')
  }

  #rename(): void {
    const [first = ''] = this.market.listed.keys()
    const name = this.#otherNames.get(first)
    if (name !== undefined) this.#renamed.set(first, name)
  }

  #announce(word: 'goodbye' | 'maintenance'): void {
    for (const connection of this.#connections) connection.announce(this.dialect[word]?.bind(this.dialect))
  }

  #onTrade(trade: SimulatedTrade): void {
    const disturbance = this.#disturbance
    const told = disturbance?.distort?.(trade) ?? [trade]
    for (const one of told) for (const listener of this.#listeners) listener(one)
    const lost = disturbance?.loses?.() === true
    const name = this.nameOf(trade.symbol)
    const shown = name === trade.symbol ? told : told.map((one) => ({ ...one, symbol: name }))
    for (const connection of this.#connections) {
      if (lost) connection.miss(name)
      else connection.tell(shown, name, told.includes(trade), disturbance?.change)
    }
    this.#flood(trade.symbol)
  }

  #flood(symbol: string): void {
    const { tradesEach } = this.behaviour
    if (tradesEach === undefined || this.#flooding) return
    this.#flooding = true
    for (let i = 1; i < tradesEach; i++) this.market.trade(symbol)
    this.#flooding = false
  }
}

/** What a rejection with status 200 asks for, as a 429 without Retry-After does. */
const rejectionPauseSeconds = 30

const usualMaxLog = 20_000
