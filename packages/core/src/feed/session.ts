import type { Clock } from '../clock.ts'
import type { Connector, FeedEvent, Frame, Tick } from '../connector.ts'
import type { Socket, SocketClose, Transport } from '../transport.ts'
import { BackfillMarker } from './backfill-marker.ts'
import { newestFirst } from './newest-first.ts'
import { Outbox } from './outbox.ts'
import type { Pacer } from './pacer.ts'
import { hasSoundMoments, withSoundMoments } from './sound-moments.ts'
import { Watchdog } from './watchdog.ts'

/** How a connection ended. */
export interface SessionEnd {
  readonly reason: string
  /** HTTP status of a refused upgrade. */
  readonly status?: number | undefined
  readonly retryAfterMs?: number | undefined
}

/** What a session tells its owner; nothing comes after `onEnd`. */
export interface SessionHandlers {
  onOpen(): void
  /** @param askedAt when the symbol was first subscribed on this connection, for a tick that does not prove its own time */
  onTick(tick: Tick, receivedAt: number, askedAt: number | undefined): void
  onAck(symbol: string): void
  /** `alone` is false when the refused request held more symbols, so that each may be tried for itself. */
  onReject(symbol: string, reason: string, alone: boolean): void
  /** The venue refused something that can't be pinned to a symbol, or a frame could not be understood. */
  onTrouble(reason: string): void
  onGoingAway(inMs: number): void
  onEnd(end: SessionEnd): void
}

/** What a session works with. */
export interface SessionParts {
  readonly connector: Connector
  readonly transport: Transport
  readonly clock: Clock
  /** Shared by all sessions of a venue in this process. */
  readonly framePacer: Pacer
  /** Epoch milliseconds as the venue has them, for its requests. */
  utcNow(): number
}

/** One connection from opening to its end: subscribes, listens, proves that it lives. It is never opened twice. */
export class Session {
  readonly #parts: SessionParts
  readonly #handlers: SessionHandlers
  readonly #socket: Socket
  readonly #outbox: Outbox
  readonly #watchdog: Watchdog
  readonly #backfill: BackfillMarker
  readonly #requests = new Map<number, readonly string[]>()
  readonly #askedAt = new Map<string, number>()
  /** A snapshot may answer any request for its symbol; it is taken to answer the first. */
  readonly #firstAskedAt = new Map<string, number>()
  #ended = false
  #opened = false
  #warnedOfTime = false

  constructor(url: string, symbols: readonly string[], parts: SessionParts, handlers: SessionHandlers) {
    this.#parts = parts
    this.#handlers = handlers
    this.#backfill = new BackfillMarker(parts.connector)
    this.#outbox = new Outbox(parts.connector, parts.clock, parts.framePacer, {
      utcNow: () => parts.utcNow(),
      send: (frame) => this.#send(frame),
      onRequest: (kind, part, id) => this.#onRequest(kind, part, id),
    })
    this.#watchdog = new Watchdog(parts.connector.heartbeat, parts.clock, {
      ping: () => this.#ping(),
      dead: (reason) => this.#end({ reason }),
    })
    this.#outbox.subscribe(symbols)
    this.#socket = parts.transport.connect(url, {
      onOpen: () => this.#onOpen(),
      onFrame: (frame) => this.#onFrame(frame),
      onClose: (close) => this.#end(closeReason(close, this.#opened)),
    })
  }

  get opened(): boolean {
    return this.#opened && !this.#ended
  }

  /** When the last frame came, on `Clock.now`; 0 before the first. */
  get lastFrameAt(): number {
    return this.#watchdog.lastFrameAt
  }

  /** When a symbol was last asked for on this connection; undefined before its request went out. */
  askedAt(symbol: string): number | undefined {
    return this.#askedAt.get(symbol)
  }

  /** When it was first asked for there. */
  firstAskedAt(symbol: string): number | undefined {
    return this.#firstAskedAt.get(symbol)
  }

  subscribe(symbols: readonly string[]): void {
    this.#outbox.subscribe(symbols)
  }

  unsubscribe(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      this.#askedAt.delete(symbol)
      this.#firstAskedAt.delete(symbol)
    }
    this.#outbox.unsubscribe(symbols)
  }

  /** Asks anew for symbols that stay mute, one a request, on the same socket; not for those that show a trade before their turn. */
  resubscribe(symbols: readonly string[]): void {
    this.#outbox.renew(symbols)
  }

  /** Ends the connection without `onEnd`. */
  stop(): void {
    if (this.#ended) return
    this.#release()
    this.#socket.close()
  }

  #onOpen(): void {
    if (this.#ended) return
    this.#opened = true
    this.#watchdog.start()
    this.#outbox.start()
    this.#handlers.onOpen()
  }

  #onFrame(frame: Frame): void {
    if (this.#ended) return
    const now = this.#parts.clock.now()
    this.#watchdog.sawFrame(now)
    for (const event of this.#decode(frame)) {
      this.#onEvent(event, now)
      if (this.#ended) return
    }
  }

  #decode(frame: Frame): readonly FeedEvent[] {
    try {
      const events = this.#parts.connector.decode(frame)
      return newestFirst(this.#backfill.mark(events.every(hasSoundTime) ? events : this.#withSoundTimes(events)))
    } catch (error) {
      this.#handlers.onTrouble(`decode threw: ${String(error)}`)
      return []
    }
  }

  /** A trade time or id that is none counts as absent. */
  #withSoundTimes(events: readonly FeedEvent[]): readonly FeedEvent[] {
    if (!this.#warnedOfTime) this.#handlers.onTrouble('decode gave a trade time or id that is none; it counts as absent')
    this.#warnedOfTime = true
    return events.map((event) => (event.kind === 'tick' ? withSoundMoments(event) : event))
  }

  #onEvent(event: FeedEvent, now: number): void {
    switch (event.kind) {
      case 'tick': {
        const provesItsTime = event.at !== undefined && !event.backfill
        if (provesItsTime) this.#outbox.withdraw(event.symbol)
        return this.#handlers.onTick(event, now, provesItsTime ? undefined : this.#firstAskedAt.get(event.symbol))
      }
      case 'ack': {
        for (const symbol of this.#named(event)) this.#handlers.onAck(symbol)
        return
      }
      case 'reject': {
        const symbols = this.#named(event)
        if (symbols.length === 0) return this.#handlers.onTrouble(event.reason)
        // A request is refused once: said again, it would have all of its symbols asked for again.
        if (event.symbol === undefined && event.request !== undefined) this.#requests.delete(event.request)
        const alone = symbols.length === 1
        for (const symbol of symbols) {
          if (alone) this.#outbox.withdraw(symbol)
          this.#handlers.onReject(symbol, event.reason, alone)
        }
        return
      }
      case 'reply':
        return this.#send(event.frame)
      case 'fail':
        return this.#end({ reason: event.reason })
      case 'goingAway':
        return this.#handlers.onGoingAway(event.inMs)
      case 'alive':
        return
    }
  }

  #named(event: { readonly symbol?: string; readonly request?: number }): readonly string[] {
    if (event.symbol !== undefined) return [event.symbol]
    return event.request === undefined ? [] : (this.#requests.get(event.request) ?? [])
  }

  #onRequest(kind: 'subscribe' | 'unsubscribe', symbols: readonly string[], id: number): void {
    if (kind === 'unsubscribe') return
    const now = this.#parts.clock.now()
    this.#requests.set(id, symbols)
    if (this.#requests.size > rememberedRequests) this.#requests.delete(this.#requests.keys().next().value ?? id)
    this.#backfill.expect(symbols)
    for (const symbol of symbols) {
      this.#askedAt.set(symbol, now)
      if (!this.#firstAskedAt.has(symbol)) this.#firstAskedAt.set(symbol, now)
    }
  }

  #ping(): void {
    const { ping } = this.#parts.connector.heartbeat
    if (ping !== undefined) this.#send(ping.frame({ id: this.#outbox.nextId(), now: this.#parts.utcNow() }))
  }

  #send(frame: Frame): void {
    if (!this.#ended) this.#socket.send(frame)
  }

  #end(end: SessionEnd): void {
    if (this.#ended) return
    this.#release()
    this.#socket.terminate()
    this.#handlers.onEnd(end)
  }

  #release(): void {
    this.#ended = true
    this.#outbox.stop()
    this.#watchdog.stop()
  }
}

const hasSoundTime = (event: FeedEvent): boolean => event.kind !== 'tick' || hasSoundMoments(event)

/** How many requests an ack or a reject may still name. */
const rememberedRequests = 1000

function closeReason(close: SocketClose, opened: boolean): SessionEnd {
  const what = close.status === undefined ? `closed with ${close.code}` : `refused with HTTP ${close.status}`
  const reason = `${opened ? what : close.status === undefined ? 'could not connect' : what}${close.reason === '' ? '' : `: ${close.reason}`}`
  return { reason, status: close.status, retryAfterMs: close.retryAfterMs }
}
