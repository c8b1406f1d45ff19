import type { Clock } from '../clock.ts'
import type { Connector, Frame } from '../connector.ts'
import { chunk } from './plan.ts'
import type { Pacer } from './pacer.ts'

interface Request {
  readonly kind: 'subscribe' | 'unsubscribe'
  readonly symbols: readonly string[]
}

/** A symbol to be let go and asked for anew; until it goes out nothing of it has. */
interface Renewal {
  readonly kind: 'renew'
  readonly symbols: readonly [string]
}

/** What the outbox needs of its session. */
export interface OutboxOwner {
  /** Epoch milliseconds as the venue has them. */
  utcNow(): number
  send(frame: Frame): void
  /** A request goes out now under this id. */
  onRequest(kind: Request['kind'], symbols: readonly string[], id: number): void
}

/** Subscription requests of one connection on their way out: batched, within the venue's frame limits, in order. */
export class Outbox {
  readonly #connector: Connector
  readonly #clock: Clock
  readonly #pacer: Pacer
  readonly #owner: OutboxOwner
  #requests: (Request | Renewal)[] = []
  readonly #renewals = new Set<string>()
  #frames: Frame[] = []
  #lastId = 0
  #cancelTimer: (() => void) | undefined
  #open = false

  constructor(connector: Connector, clock: Clock, pacer: Pacer, owner: OutboxOwner) {
    this.#connector = connector
    this.#clock = clock
    this.#pacer = pacer
    this.#owner = owner
  }

  nextId(): number {
    return ++this.#lastId
  }

  /** From now on requests may go out, once the venue's pause after opening is over. */
  start(): void {
    this.#cancelTimer = this.#clock.after(this.#connector.limits.afterOpenMs ?? 0, () => {
      this.#open = true
      this.#pump()
    })
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#open = false
    this.#requests = []
    this.#renewals.clear()
    this.#frames = []
  }

  subscribe(symbols: readonly string[]): void {
    this.#add('subscribe', symbols)
  }

  /** Requests for these symbols that have not gone out yet are dropped; the others are undone. */
  unsubscribe(symbols: readonly string[]): void {
    const gone = new Set(symbols)
    const queued = new Set<string>()
    for (const symbol of symbols) this.withdraw(symbol)
    this.#requests = this.#requests.flatMap((request) => {
      if (request.kind !== 'subscribe') return [request]
      for (const symbol of request.symbols) if (gone.has(symbol)) queued.add(symbol)
      const rest = request.symbols.filter((symbol) => !gone.has(symbol))
      return rest.length === 0 ? [] : [{ ...request, symbols: rest }]
    })
    this.#add(
      'unsubscribe',
      symbols.filter((symbol) => !queued.has(symbol)),
    )
  }

  /** Asks anew for symbols, one a request; those whose first request has not gone out yet are left to it. */
  renew(symbols: readonly string[]): void {
    const queued = new Set(this.#requests.flatMap((request) => (request.kind === 'unsubscribe' ? [] : request.symbols)))
    for (const symbol of symbols) {
      if (queued.has(symbol)) continue
      this.#renewals.add(symbol)
      this.#requests.push({ kind: 'renew', symbols: [symbol] })
    }
    if (this.#open) this.#pump()
  }

  /** A symbol need not be asked for anew, if that has not begun. */
  withdraw(symbol: string): void {
    if (!this.#renewals.delete(symbol)) return
    this.#requests = this.#requests.filter(({ kind, symbols }) => kind !== 'renew' || symbols[0] !== symbol)
  }

  #add(kind: Request['kind'], symbols: readonly string[]): void {
    for (const part of chunk(symbols, this.#connector.limits.symbolsPerFrame)) this.#requests.push({ kind, symbols: part })
    if (this.#open) this.#pump()
  }

  #pump(): void {
    this.#cancelTimer?.()
    while (this.#frames.length > 0 || this.#requests.length > 0) {
      const now = this.#clock.now()
      const waitMs = this.#pacer.waitMs(now)
      if (waitMs > 0) {
        this.#cancelTimer = this.#clock.after(waitMs, () => this.#pump())
        return
      }
      // A request becomes frames only when one may go out, so that until then it can still be taken back.
      const frame = this.#frames.shift() ?? this.#build()
      if (frame === undefined) return
      this.#pacer.take(now)
      this.#owner.send(frame)
    }
  }

  /** Turns the next request into frames and takes the first; one that is too long for the venue is cut in two before. */
  #build(): Frame | undefined {
    for (;;) {
      const request = this.#requests.shift()
      if (request === undefined) return undefined
      if (request.kind === 'renew') {
        const { symbols } = request
        this.#renewals.delete(symbols[0])
        this.#requests.unshift({ kind: 'unsubscribe', symbols }, { kind: 'subscribe', symbols })
        continue
      }
      const id = this.nextId()
      const frames = this.#connector[request.kind](request.symbols, { id, now: this.#owner.utcNow() })
      const limit = this.#connector.limits.frameBytes ?? Infinity
      if (request.symbols.length > 1 && frames.some((frame) => frameBytes(frame) > limit)) {
        const half = Math.ceil(request.symbols.length / 2)
        this.#requests.unshift({ ...request, symbols: request.symbols.slice(0, half) }, { ...request, symbols: request.symbols.slice(half) })
        continue
      }
      this.#owner.onRequest(request.kind, request.symbols, id)
      this.#frames.push(...frames)
      if (frames.length > 0) return this.#frames.shift()
    }
  }
}

function frameBytes(frame: Frame): number {
  return typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength
}
