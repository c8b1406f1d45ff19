import { EventEmitter } from 'eventemitter3'
import { type Clock, type Random, every } from '../clock.ts'
import type { Connector, Tick } from '../connector.ts'
import type { Transport } from '../transport.ts'
import { type BackoffOptions, defaultBackoff } from './backoff.ts'
import { Lane, type LaneParts } from './lane.ts'
import { Pacer } from './pacer.ts'
import { planShards } from './plan.ts'
import { type SymbolState, SymbolWatch } from './symbol-watch.ts'

/** What a feed tells. */
export interface FeedEvents {
  /** @param askedAt when the symbol was subscribed, on `Clock.now`, for a tick that does not prove its own time */
  tick: (tick: Tick, receivedAt: number, askedAt: number | undefined) => void
  /** A connection is open; these symbols have been without one. */
  open: (symbols: readonly string[]) => void
  /** These symbols have no connection, and why; the next attempt is due in `retryInMs`. */
  cut: (symbols: readonly string[], reason: string, retryInMs: number) => void
  /** The venue refused a symbol; the others live on. */
  reject: (symbol: string, reason: string) => void
  /** Something is wrong that has no other event; for the log. */
  trouble: (reason: string) => void
  /** A symbol trades, as REST shows, and its stream does not: `isReplaced` where its connection is replaced for it. */
  silent: (symbol: string, isReplaced: boolean) => void
  /** The feed was stopped. */
  stop: () => void
}

/** What a feed works with; `backoff` and `random` have working defaults. */
export interface FeedParts {
  readonly transport: Transport
  readonly clock: Clock
  readonly random?: Random
  readonly backoff?: BackoffOptions
  /** Epoch milliseconds as the venue has them; the clock's own unless given. */
  utcNow?(): number
}

/** How a feed stands. `degraded` means that some symbols have no live connection or were refused. */
export interface FeedStatus {
  readonly state: 'ok' | 'degraded' | 'down'
  /** One line for people; empty when all is well. */
  readonly why: string
  /** When the last frame came, on `Clock.now`; 0 before the first. */
  readonly lastFrameAt: number
  readonly reconnects: number
}

/** How often symbols are looked over for silent and rejected ones. */
const lookMs = 5000

/** How long a subscription may take to bring trades. */
const answerMs = 10_000

/** A symbol that is silent beside others that are not costs them their connection only after this time. */
const partlySilentMs = 180_000

/** What a listing shows while its stream is open but brings nothing. */
const silentReason = 'stream silent, prices by REST'

/** The live feed of one venue: as many connections as its limits ask for, kept up until `stop`. */
export class FeedSupervisor extends EventEmitter<FeedEvents> {
  readonly connector: Connector
  readonly #parts: LaneParts
  readonly #watch: SymbolWatch
  readonly #wanted = new Set<string>()
  #lanes: Lane[] = []
  #lastCut = ''
  #stopLook: (() => void) | undefined

  constructor(connector: Connector, parts: FeedParts) {
    super()
    this.connector = connector
    const random = parts.random ?? Math.random
    this.#watch = new SymbolWatch(random)
    this.#parts = {
      connector,
      transport: parts.transport,
      clock: parts.clock,
      random,
      backoff: parts.backoff ?? defaultBackoff,
      utcNow: () => parts.utcNow?.() ?? parts.clock.now(),
      framePacer: new Pacer(connector.limits.frames),
      connectPacer: new Pacer(connector.limits.connects),
    }
  }

  /** Makes the feed carry exactly these symbols; on open connections only the difference is sent. */
  setSymbols(symbols: readonly string[]): void {
    const next = new Set(symbols)
    for (const symbol of this.#wanted) if (!next.has(symbol)) this.#watch.remove(symbol)
    this.#wanted.clear()
    for (const symbol of next) {
      this.#wanted.add(symbol)
      this.#watch.add(symbol)
    }
    this.#spread()
    this.#stopLook ??= every(this.#parts.clock, lookMs, () => this.#look())
  }

  stop(): void {
    this.#stopLook?.()
    this.#stopLook = undefined
    for (const lane of this.#lanes) lane.stop()
    this.#lanes = []
    this.#wanted.clear()
    this.emit('stop')
  }

  symbolState(symbol: string): SymbolState {
    return this.#watch.state(symbol)
  }

  /** Why a symbol has no live prices: rejected by the venue, or silent; empty for others. */
  symbolReason(symbol: string): string {
    return this.#watch.silences(symbol) > 0 ? silentReason : this.#watch.reason(symbol)
  }

  /**
   * Says that a symbol has traded after `since` and its stream did not show it. It is asked for again on the same connection; when that was in
   * vain twice, the connection is replaced, with overlap: soon where it brings no trade of any symbol, else after three minutes. What
   * was in vain is done ever more rarely.
   */
  reportSilent(symbol: string, since: number): void {
    const lane = this.#laneOf(symbol)
    const now = this.#parts.clock.now()
    // A trade from before the subscription need not be in the stream.
    if (lane === undefined || !lane.hasCarried(symbol, since) || now - (lane.askedAt(symbol) ?? now) < answerMs) return
    const silentSince = this.#watch.sawSilence(symbol, now)
    const isDeaf = lane.lastTradeAt < silentSince || now - silentSince >= partlySilentMs
    const mayAskAgain = this.#watch.mayAskAgain(symbol)
    const isReplaced = !mayAskAgain && isDeaf && this.#watch.isInVain(symbol)
    this.emit('silent', symbol, isReplaced)
    if (mayAskAgain) lane.resubscribe([symbol])
    else if (isReplaced) {
      for (const other of lane.symbols) this.#watch.sawRotation(other)
      lane.hurry()
    }
  }

  status(): FeedStatus {
    const open = this.#lanes.filter((lane) => lane.state === 'open')
    const rejected = [...this.#wanted].filter((symbol) => this.#watch.state(symbol) === 'rejected')
    const lastFrameAt = Math.max(0, ...this.#lanes.map((lane) => lane.lastFrameAt))
    const reconnects = this.#lanes.reduce((sum, lane) => sum + lane.reconnects, 0)
    const down = this.#lanes.length > 0 && open.length === 0
    const cut = open.length < this.#lanes.length
    const silent = [...this.#wanted].filter((symbol) => this.#watch.silences(symbol) > 0)
    const why = [
      ...(cut
        ? [this.#lastCut === '' ? 'connecting' : `${this.#lanes.length - open.length} of ${this.#lanes.length} connections down: ${this.#lastCut}`]
        : []),
      ...(silent.length > 0 ? [silent.length === this.#wanted.size ? silentReason : `${silentReason}: ${silent.join(', ')}`] : []),
      ...(rejected.length > 0 ? [`refused by the venue: ${rejected.join(', ')}`] : []),
    ].join('; ')
    return { state: down ? 'down' : why === '' ? 'ok' : 'degraded', why, lastFrameAt, reconnects }
  }

  /** Brings the connections in line with the symbols wanted and not refused. */
  #spread(): void {
    const carried = [...this.#wanted].filter((symbol) => this.#watch.state(symbol) !== 'rejected')
    const plan = planShards(
      carried,
      this.#lanes.map((lane) => lane.symbols),
      this.connector.limits,
    )
    for (const [i, { remove, add }] of plan.changes.entries()) {
      if (remove.length > 0) this.#lanes[i]?.remove(remove)
      if (add.length > 0) this.#lanes[i]?.add(add)
    }
    const empty = this.#lanes.filter((lane) => lane.symbols.size === 0)
    for (const lane of empty) lane.stop()
    this.#lanes = this.#lanes.filter((lane) => lane.symbols.size > 0)
    for (const symbols of plan.open) {
      const lane = this.#createLane(symbols)
      this.#lanes.push(lane)
      lane.start()
    }
  }

  #createLane(symbols: readonly string[]): Lane {
    return new Lane(symbols, this.#parts, {
      onOpen: (lane) => {
        for (const symbol of lane.symbols) this.#watch.restart(symbol)
        this.emit('open', [...lane.symbols])
      },
      onTick: (tick, receivedAt, askedAt) => {
        if (tick.at !== undefined) this.#watch.sawTick(tick.symbol, !tick.backfill)
        this.emit('tick', tick, receivedAt, askedAt)
      },
      onAck: (symbol) => this.#watch.sawAck(symbol),
      onReject: (symbol, reason) => this.#onReject(symbol, reason),
      onTrouble: (reason) => this.emit('trouble', reason),
      onCut: (lane, end, retryInMs) => {
        this.#lastCut = end.reason
        this.emit('cut', [...lane.symbols], end.reason, retryInMs)
      },
    })
  }

  #onReject(symbol: string, reason: string): void {
    if (!this.#wanted.has(symbol)) return
    this.#laneOf(symbol)?.drop([symbol])
    this.#watch.sawReject(symbol, reason, this.#parts.clock.now())
    this.#spread()
    this.emit('reject', symbol, reason)
  }

  #look(): void {
    const now = this.#parts.clock.now()
    if (this.#watch.takeRetries(now).length > 0) this.#spread()
    const mute = this.#watch.takeMute(now, (symbol) => this.#laneOf(symbol)?.askedAt(symbol))
    for (const lane of this.#lanes) {
      const symbols = mute.filter((symbol) => lane.symbols.has(symbol))
      if (symbols.length > 0) lane.resubscribe(symbols)
    }
  }

  #laneOf(symbol: string): Lane | undefined {
    return this.#lanes.find((lane) => lane.symbols.has(symbol))
  }
}
