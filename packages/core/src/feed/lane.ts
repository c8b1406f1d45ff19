import type { Random } from '../clock.ts'
import type { Tick } from '../connector.ts'
import { type BackoffOptions, backoffMs } from './backoff.ts'
import type { Pacer } from './pacer.ts'
import { Session, type SessionEnd, type SessionParts } from './session.ts'

/** What a lane works with. */
export interface LaneParts extends SessionParts {
  readonly random: Random
  readonly backoff: BackoffOptions
  /** Shared by all lanes of a venue in this process. */
  readonly connectPacer: Pacer
}

/** What a lane tells its supervisor. */
export interface LaneHandlers {
  onOpen(lane: Lane): void
  onTick(tick: Tick, receivedAt: number, askedAt: number | undefined): void
  onAck(symbol: string): void
  /** The venue refused a symbol by itself. */
  onReject(symbol: string, reason: string): void
  onTrouble(reason: string): void
  /** No connection carries the lane's symbols any more; the lane is on its way back. */
  onCut(lane: Lane, end: SessionEnd, retryInMs: number): void
}

/** Where a lane stands. */
export type LaneState = 'connecting' | 'open' | 'waiting' | 'stopped'

/** Pause after a refusal for too many connections that names none. */
const tooManyMs = 15_000

/** How long before a planned cut the next connection is opened. */
const overlapMs = 60_000

/** A successor that failed is tried again after a wait like that after so many failures. */
const successorFailures = 3

/** How long a successor has to bring data before the old connection is let go anyway. */
const handoverMs = 10_000

/**
 * A share of a venue's symbols and the connection that carries it, kept up for ever: opened again after every end with
 * full jitter, and replaced before a planned one. It never gives up.
 */
export class Lane {
  readonly symbols: Set<string>
  readonly #parts: LaneParts
  readonly #handlers: LaneHandlers
  #state: LaneState = 'connecting'
  #current: Session | undefined
  #successor: Session | undefined
  #failures = 0
  #urlIndex = 0
  #reconnects = 0
  #lastFrameAt = 0
  #lastTradeAt = 0
  readonly #cancels = new Map<string, () => void>()

  constructor(symbols: readonly string[], parts: LaneParts, handlers: LaneHandlers) {
    this.symbols = new Set(symbols)
    this.#parts = parts
    this.#handlers = handlers
  }

  get state(): LaneState {
    return this.#state
  }

  /** How often the connection was opened again. */
  get reconnects(): number {
    return this.#reconnects
  }

  /** When the last frame came on any of its connections, on `Clock.now`; 0 before the first. */
  get lastFrameAt(): number {
    return Math.max(this.#lastFrameAt, this.#current?.lastFrameAt ?? 0)
  }

  /** When the last trade came that was not of a snapshot, on `Clock.now`; 0 before the first. */
  get lastTradeAt(): number {
    return this.#lastTradeAt
  }

  /** When a symbol was last asked for on the present connection. */
  askedAt(symbol: string): number | undefined {
    return this.#current?.askedAt(symbol)
  }

  /** Whether the present connection has carried a symbol since then. */
  hasCarried(symbol: string, since: number): boolean {
    return (this.#current?.firstAskedAt(symbol) ?? Infinity) <= since
  }

  start(): void {
    this.#connect()
  }

  stop(): void {
    this.#state = 'stopped'
    for (const cancel of this.#cancels.values()) cancel()
    this.#cancels.clear()
    this.#current?.stop()
    this.#successor?.stop()
    this.#current = this.#successor = undefined
  }

  add(symbols: readonly string[]): void {
    for (const symbol of symbols) this.symbols.add(symbol)
    for (const session of this.#sessions()) session.subscribe(symbols)
  }

  remove(symbols: readonly string[]): void {
    for (const symbol of symbols) this.symbols.delete(symbol)
    for (const session of this.#sessions()) session.unsubscribe(symbols)
  }

  /** Forgets symbols that the venue refused: there is nothing to undo there. */
  drop(symbols: readonly string[]): void {
    for (const symbol of symbols) this.symbols.delete(symbol)
  }

  resubscribe(symbols: readonly string[]): void {
    if (this.#state === 'open') this.#current?.resubscribe(symbols)
  }

  /** Replaces the connection with overlap: the old one serves until the new one brings data. */
  hurry(): void {
    if (this.#state !== 'open' || this.#successor !== undefined) return
    this.#whenConnectAllowed('successor', () => {
      if (this.#state === 'open') this.#successor = this.#openSession(true)
    })
  }

  #sessions(): readonly Session[] {
    return [this.#current, this.#successor].filter((session) => session !== undefined)
  }

  #connect(): void {
    this.#state = 'connecting'
    this.#whenConnectAllowed('connect', () => {
      this.#current = this.#openSession(false)
    })
  }

  #whenConnectAllowed(timer: string, connect: () => void): void {
    const now = this.#parts.clock.now()
    const waitMs = this.#parts.connectPacer.waitMs(now)
    if (waitMs > 0) return this.#later(timer, waitMs, () => this.#whenConnectAllowed(timer, connect))
    this.#parts.connectPacer.take(now)
    connect()
  }

  #openSession(asSuccessor: boolean): Session {
    const { urls } = this.#parts.connector
    const url = urls[this.#urlIndex % urls.length] ?? ''
    const session: Session = new Session(url, [...this.symbols], this.#parts, {
      onOpen: () => this.#onOpen(session, asSuccessor),
      onTick: (tick, receivedAt, askedAt) => {
        if (session === this.#successor) this.#handOver()
        // A snapshot comes also from a venue that can't keep a connection.
        if (!tick.backfill) {
          this.#failures = 0
          if (tick.at !== undefined) this.#lastTradeAt = receivedAt
        }
        this.#handlers.onTick(tick, receivedAt, askedAt)
      },
      onAck: (symbol) => this.#handlers.onAck(symbol),
      onReject: (symbol, reason, alone) => {
        if (alone) this.#handlers.onReject(symbol, reason)
        // The other connection of a handover may carry it well.
        else if (this.symbols.has(symbol)) session.resubscribe([symbol])
      },
      onTrouble: (reason) => this.#handlers.onTrouble(reason),
      onGoingAway: (inMs) => {
        if (session === this.#current && inMs > 0) this.hurry()
      },
      onEnd: (end) => this.#onEnd(session, end),
    })
    return session
  }

  #onOpen(session: Session, asSuccessor: boolean): void {
    const { sessionMs } = this.#parts.connector.limits
    if (sessionMs !== undefined) this.#later('overlap', Math.max(sessionMs - overlapMs, sessionMs / 2), () => this.hurry())
    if (asSuccessor) {
      this.#later('handover', handoverMs, () => {
        if (session === this.#successor) this.#handOver()
      })
      return
    }
    this.#state = 'open'
    this.#handlers.onOpen(this)
  }

  #handOver(): void {
    this.#cancel('handover')
    this.#current?.stop()
    this.#current = this.#successor
    this.#successor = undefined
    this.#reconnects++
  }

  #onEnd(session: Session, end: SessionEnd): void {
    this.#lastFrameAt = Math.max(this.#lastFrameAt, session.lastFrameAt)
    if (session === this.#successor) {
      this.#successor = undefined
      this.#cancel('handover')
      this.#later('successor', backoffMs(successorFailures, this.#parts.random, this.#parts.backoff, end.retryAfterMs), () => this.hurry())
      return
    }
    if (session !== this.#current) return
    if (this.#successor?.opened === true) {
      this.#handOver()
      return
    }
    this.#successor?.stop()
    this.#successor = this.#current = undefined
    this.#cancel('overlap')
    this.#cancel('successor')
    this.#retry(end)
  }

  #retry(end: SessionEnd): void {
    const told = end.retryAfterMs ?? (end.status === 429 || end.status === 418 ? tooManyMs : 0)
    const waitMs = backoffMs(this.#failures, this.#parts.random, this.#parts.backoff, told)
    this.#failures++
    this.#urlIndex++
    this.#reconnects++
    this.#state = 'waiting'
    this.#later('retry', waitMs, () => this.#connect())
    this.#handlers.onCut(this, end, waitMs)
  }

  #later(timer: string, delayMs: number, action: () => void): void {
    this.#cancel(timer)
    this.#cancels.set(
      timer,
      this.#parts.clock.after(delayMs, () => {
        this.#cancels.delete(timer)
        action()
      }),
    )
  }

  #cancel(timer: string): void {
    this.#cancels.get(timer)?.()
    this.#cancels.delete(timer)
  }
}
