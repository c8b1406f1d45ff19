import type { Clock, Random } from '../clock.ts'
import type { Frame } from '../connector.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import type { ClientRequest, SimulatedTrade, SimulatorDialect } from './dialect.ts'
import { type Admission, type Fault, type FaultBehaviour, type RestTrouble, type TradeDistortion, defaultFaultMs } from './fault/fault.ts'
import { RandomMarket } from './market.ts'
import { type ConnectionOwner, VenueConnection, type VenueLink } from './venue-connection.ts'

/** What a simulated venue is made of. */
export interface SimulatedVenueOptions {
  readonly dialect: SimulatorDialect
  /** The venue's symbols, the busiest first. */
  readonly symbols: readonly string[]
  /** Symbols that are listed but can't be traded. */
  readonly halted?: readonly string[]
  readonly clock: Clock
  readonly seed: number
  /** Trades of the busiest symbol in a second; 1 unless named. */
  readonly tradesPerSecond?: number
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
  readonly frames: SeenFrame[]
  readonly restRequests: number[]
  /** Attempts that came before the time that a Retry-After had named. */
  readonly tooEarly: string[]
}

/** What a REST request is answered, or why it is not. */
export type RestAnswer =
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly retryAfterSeconds?: number }
  | Exclude<RestTrouble, { kind: 'status' }>

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
  readonly log: VenueLog = { connects: [], frames: [], restRequests: [], tooEarly: [] }
  readonly #connections = new Set<VenueConnection>()
  readonly #random: Random
  readonly #listeners = new Set<(trade: SimulatedTrade) => void>()
  #disturbance: Disturbance | undefined
  #cancels: (() => void)[] = []
  #flooding = false
  readonly #notBefore = { connect: 0, 'REST request': 0 }

  constructor(options: SimulatedVenueOptions) {
    this.dialect = options.dialect
    this.clock = options.clock
    this.#random = seededRandom(options.seed)
    const { symbols, clock, halted, tradesPerSecond } = options
    this.market = new RandomMarket({
      symbols,
      clock,
      random: this.#random,
      ...(halted === undefined ? {} : { halted }),
      ...(tradesPerSecond === undefined ? {} : { tradesPerSecond }),
    })
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
    if (fault === undefined) return
    const { trades, frames, loses, cut, goodbyeMs, maintenance } = fault.behaviour
    this.#disturbance = { fault, distort: trades?.(this.#random), change: frames?.(this.#random), loses: loses?.(this.#random), attempts: 0 }
    this.#cancels.push(this.clock.after(durationMs, () => this.setFault(undefined)))
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
    return this.market.listed.keys().next().value
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
    remember(this.log.connects, this.clock.now())
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
    remember(this.log.restRequests, this.clock.now())
    const { rest } = this.behaviour
    this.#holdOff('REST request', rest?.kind === 'status' ? rest.retryAfterSeconds : undefined)
    if (rest?.kind === 'status') return { ...rest, body: '' }
    if (rest !== undefined) return rest
    const body = this.dialect.rest(pathAndQuery, this.market)
    return body === undefined ? { kind: 'status', status: 404, body: '' } : { kind: 'status', status: 200, body }
  }

  onFrame(frame: Frame, requests: readonly ClientRequest[], connection: VenueConnection): void {
    const at = this.clock.now()
    const bytes = typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength
    remember(this.log.frames, { at, connection, bytes, ageMs: at - connection.openedAt, requests })
  }

  onGone(connection: VenueConnection): void {
    this.#connections.delete(connection)
  }

  /** Notes an attempt that comes too early, and from when on the next may come. */
  #holdOff(what: 'connect' | 'REST request', retryAfterSeconds: number | undefined): void {
    const now = this.clock.now()
    const earlyMs = this.#notBefore[what] - now
    if (earlyMs > 0) remember(this.log.tooEarly, `a ${what} ${Math.round(earlyMs)} ms before Retry-After was over`)
    if (retryAfterSeconds !== undefined) this.#notBefore[what] = now + retryAfterSeconds * 1000
  }

  #announce(word: 'goodbye' | 'maintenance'): void {
    for (const connection of this.#connections) connection.announce(this.dialect[word]?.bind(this.dialect))
  }

  #onTrade(trade: SimulatedTrade): void {
    const disturbance = this.#disturbance
    const told = disturbance?.distort?.(trade) ?? [trade]
    for (const one of told) for (const listener of this.#listeners) listener(one)
    const lost = disturbance?.loses?.() === true
    for (const connection of this.#connections) {
      if (lost) connection.miss()
      else connection.tell(told, trade.symbol, disturbance?.change)
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

/** Most entries of a kind that a log keeps. */
const longestLog = 20_000

function remember<T>(log: T[], entry: T): void {
  log.push(entry)
  if (log.length > longestLog) log.splice(0, longestLog / 2)
}
