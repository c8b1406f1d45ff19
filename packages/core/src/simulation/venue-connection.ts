import type { Clock } from '../clock.ts'
import type { Frame } from '../connector.ts'
import { every } from '../clock.ts'
import type { ClientRequest, DialectContext, SimulatedTrade, SimulatorDialect } from './dialect.ts'
import { Deliveries } from './deliveries.ts'
import type { Cut, FaultBehaviour, WireDamage } from './fault/fault.ts'
import type { ShownMarket } from './shown-market.ts'

/** The network under one connection, as the venue sees it. */
export interface VenueLink {
  send(frame: Frame): void
  /** Sends a frame at one byte a second; whatever follows waits for it until {@link flush}. */
  drip(frame: Frame): void
  /** Sends at once what still drips. */
  flush(): void
  damage(damage: WireDamage): void
  end(cut: Cut): void
  /** The connection is over: what still drips is thrown away. */
  release(): void
}

/** What a connection needs of its venue. */
export interface ConnectionOwner {
  readonly dialect: SimulatorDialect
  /** The market under the venue's present names. */
  readonly shown: ShownMarket
  readonly clock: Clock
  readonly behaviour: FaultBehaviour
  /** The symbol that a fault of one symbol is about. */
  readonly mutedSymbol: string | undefined
  onFrame(frame: Frame, requests: readonly ClientRequest[], connection: VenueConnection): void
  /** A client asked anew for a symbol of which it had been sent every trade. */
  onNeedlessRequest(symbol: string): void
  onGone(connection: VenueConnection): void
}

type SymbolRequest = Extract<ClientRequest, { symbols: readonly string[] }>

/** Cut of a connection without a subscription where the venue says no time of its own. */
const ignoredCutMs = 5000

/** The venue's end of one client connection. */
export class VenueConnection {
  /** Symbols that are sent to the client. */
  readonly held = new Set<string>()
  readonly openedAt: number
  readonly #owner: ConnectionOwner
  readonly #link: VenueLink
  readonly #cancels: (() => void)[] = []
  #cancelReplyDeadline: (() => void) | undefined
  readonly #deliveries: Deliveries
  #sequence = 0
  #ended = false
  #subscribed = false
  #deaf = false

  constructor(owner: ConnectionOwner, link: VenueLink) {
    this.#owner = owner
    this.#link = link
    this.#deliveries = new Deliveries(owner.clock)
    this.openedAt = owner.clock.now()
    const { heartbeat, connector } = owner.dialect
    this.#send(owner.dialect.hello?.(this.#context()) ?? [])
    if (heartbeat !== undefined) this.#cancels.push(every(owner.clock, heartbeat.everyMs, () => this.#beat(heartbeat)))
    const withinMs = owner.behaviour.ignoresRequests === true ? ignoredCutMs : connector.limits.subscribeWithinMs
    if (withinMs !== undefined) {
      this.#cancels.push(
        owner.clock.after(withinMs, () => {
          if (!this.#subscribed) this.cut({ kind: 'close', code: 1008, reason: 'no subscription' })
        }),
      )
    }
  }

  /** A frame of the client. */
  receive(frame: Frame): void {
    if (this.#ended) return
    const requests = this.#owner.dialect.readRequests(frame)
    this.#owner.onFrame(frame, requests, this)
    if (this.#owner.behaviour.ignoresRequests === true) return
    for (const request of requests) this.#answer(request)
  }

  /**
   * Tells of trades, where the client holds the symbol that they are about.
   * @param areTrue whether they are what happened
   * @param change spoils the frames
   */
  tell(trades: readonly SimulatedTrade[], asked: string, areTrue: boolean, change?: (frame: Frame) => readonly Frame[]): void {
    if (this.#ended || !this.held.has(asked)) return
    const { dialect, behaviour } = this.#owner
    const { silence, damage } = behaviour
    const isMuted = this.#deaf || silence === 'trades' || (silence === 'symbol' && asked === this.#owner.mutedSymbol)
    const worded = isMuted || trades.length === 0 ? [] : dialect.trades(trades, this.#context())
    const frames = change === undefined ? worded : worded.flatMap(change)
    const isWhole = frames.length > 0 && frames.length === worded.length && frames.every((frame, i) => frame === worded[i])
    this.#deliveries.count(asked, areTrue && isWhole && this.#isPrompt())
    if (worded.length === 0) return
    if (damage !== undefined) return this.#link.damage(damage)
    this.#send(frames, 'trades')
    const { quotes } = behaviour
    if (quotes !== undefined) for (const trade of trades) this.#send(dialect.quote(quotes(trade), this.#context()), 'trades')
  }

  /** Sends what the venue announces to everybody. */
  announce(word: ((context: DialectContext) => readonly Frame[]) | undefined): void {
    if (!this.#ended && word !== undefined) this.#send(word(this.#context()))
  }

  /** Counts a frame of trades that gets lost. */
  miss(asked: string): void {
    this.#sequence++
    this.#deliveries.count(asked, false)
  }

  /** Sends no trades any more. */
  deafen(): void {
    this.#deaf = true
  }

  flush(): void {
    this.#link.flush()
  }

  cut(cut: Cut): void {
    if (this.#ended) return
    this.gone()
    this.#link.end(cut)
  }

  /** The client is no longer there. */
  gone(): void {
    if (this.#ended) return
    this.#ended = true
    for (const cancel of this.#cancels) cancel()
    this.#cancelReplyDeadline?.()
    this.#link.release()
    this.#owner.onGone(this)
  }

  /** Whether data that are sent now arrive at once. */
  #isPrompt(): boolean {
    const { silence, late, drip } = this.#owner.behaviour
    return silence !== 'all' && silence !== 'data' && late === undefined && drip !== true
  }

  #answer(request: ClientRequest): void {
    if (request.kind === 'heartbeat-reply') {
      this.#cancelReplyDeadline?.()
      this.#cancelReplyDeadline = undefined
    } else if (request.kind === 'ping') this.#send(this.#owner.dialect.pong?.(request, this.#context()) ?? [], 'sign')
    else if (request.kind === 'subscribe') this.#subscribe(request)
    else this.#unsubscribe(request)
  }

  #subscribe(request: SymbolRequest): void {
    this.#subscribed = true
    const { dialect, shown, behaviour } = this.#owner
    for (const symbol of request.symbols) if (this.#deliveries.begin(symbol)) this.#owner.onNeedlessRequest(symbol)
    const isServed = (symbol: string): boolean => (shown.listed.get(symbol) ?? 'closed') !== 'closed'
    const granted = request.symbols.filter((symbol, i) => isServed(symbol) && !(behaviour.ack === 'partial' && i % 2 === 0))
    const refusesAll = behaviour.ack === 'error'
    for (const symbol of request.symbols) {
      if (!isServed(symbol) || refusesAll) this.#send(dialect.reject(request, symbol, this.#context()))
      else if (granted.includes(symbol)) this.held.add(symbol)
    }
    if (refusesAll || granted.length === 0) return
    const answered = { ...request, symbols: granted }
    if (dialect.snapshotFirst === true) this.#snapshot(answered)
    const acks = behaviour.ack === 'lost' ? 0 : behaviour.ack === 'duplicate' ? 2 : 1
    for (let i = 0; i < acks; i++) this.#send(dialect.ack(answered, this.#context()))
    // Of a request that is refused in part nobody can tell which symbols the acknowledgement is for.
    const isAcknowledged = acks > 0 && granted.length === request.symbols.length && this.#isPrompt()
    if (isAcknowledged) for (const symbol of granted) this.#deliveries.acknowledge(symbol)
    if (dialect.snapshotFirst !== true) this.#snapshot(answered)
  }

  #unsubscribe(request: SymbolRequest): void {
    for (const symbol of request.symbols) this.held.delete(symbol)
    this.#send(this.#owner.dialect.ack(request, this.#context()))
  }

  #snapshot(request: SymbolRequest): void {
    const { dialect, shown, behaviour, mutedSymbol } = this.#owner
    for (const symbol of request.symbols) {
      if (behaviour.silence === 'symbol' && symbol === mutedSymbol) continue
      this.#send(dialect.snapshot?.(symbol, shown.recentTrades(symbol), request, this.#context()) ?? [])
    }
  }

  #beat(heartbeat: NonNullable<SimulatorDialect['heartbeat']>): void {
    this.#send([heartbeat.frame(this.#context())], 'sign')
    const { silence, drip } = this.#owner.behaviour
    // Nobody can answer what did not arrive.
    if (heartbeat.replyWithinMs === undefined || this.#cancelReplyDeadline !== undefined || silence === 'all' || drip === true) return
    this.#cancelReplyDeadline = this.#owner.clock.after(heartbeat.replyWithinMs, () =>
      this.cut({ kind: 'close', code: 1008, reason: 'no answer to a heartbeat' }),
    )
  }

  #send(frames: readonly Frame[], what: 'trades' | 'answer' | 'sign' = 'answer'): void {
    const { silence, late } = this.#owner.behaviour
    if (silence === 'all' || (silence === 'data' && what !== 'sign')) return
    if (late === undefined || what === 'sign') this.#sendNow(frames)
    else if (what === 'trades' || late.answers === 'late') this.#cancels.push(this.#owner.clock.after(late.ms, () => this.#sendNow(frames)))
  }

  #sendNow(frames: readonly Frame[]): void {
    const { drip } = this.#owner.behaviour
    for (const frame of frames) {
      if (this.#ended) return
      this.#sequence++
      if (drip === true) this.#link.drip(frame)
      else this.#link.send(frame)
    }
  }

  #context(): DialectContext {
    return { now: this.#owner.clock.now(), sequence: this.#sequence, held: [...this.held] }
  }
}
