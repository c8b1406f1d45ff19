import type { Clock } from '../clock.ts'
import type { ConnectorRest, ListedSymbol, RestRequest, Tick } from '../connector.ts'
import type { Transport } from '../transport.ts'
import { TrinityError, errorText } from '../errors.ts'
import { Pacer } from './pacer.ts'

/** One reading of a venue's REST interface. */
export interface RestReading {
  readonly ticks: readonly Tick[]
  /** Why some of several requests brought nothing. */
  readonly failures: readonly string[]
  /** When the first request went out, epoch milliseconds: the reading proves nothing later. */
  readonly askedAt: number
}

/**
 * Reads a venue by REST within its limits. Readings asked for while one is under way are joined into the next, so any
 * number of callers costs at most one reading at a time.
 */
export class RestReader {
  readonly #rest: ConnectorRest
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #pacer: Pacer
  #running: Promise<unknown> = Promise.resolve()
  #waiting: { readonly symbols: Set<string>; readonly reading: Promise<RestReading> } | undefined
  #blockedUntil = 0
  readonly #stop = new AbortController()

  constructor(rest: ConnectorRest, transport: Transport, clock: Clock) {
    this.#rest = rest
    this.#transport = transport
    this.#clock = clock
    this.#pacer = new Pacer(rest.limit)
  }

  /** One failed request of several costs only its own symbols. @throws TrinityError `TRN_VENUE_UNAVAILABLE`, or what the transport throws, when no request was answered */
  read(symbols: readonly string[]): Promise<RestReading> {
    if (this.#waiting !== undefined) {
      for (const symbol of symbols) this.#waiting.symbols.add(symbol)
      return this.#waiting.reading
    }
    const joined = new Set(symbols)
    const reading = this.#running.then(() => {
      this.#waiting = undefined
      return this.#readNow([...joined])
    })
    this.#waiting = { symbols: joined, reading }
    this.#running = reading.catch(() => undefined)
    return reading
  }

  /** The venue's own listing; undefined where the connector can't read it. */
  async list(): Promise<readonly ListedSymbol[] | undefined> {
    const { list } = this.#rest
    return list === undefined ? undefined : list.decode(await this.#request(list.request()))
  }

  /** Waits end; nothing more is asked. */
  stop(): void {
    this.#stop.abort()
  }

  async #readNow(symbols: readonly string[]): Promise<RestReading> {
    const ticks: Tick[] = []
    const failures: string[] = []
    const requests = this.#rest.request(symbols)
    let askedAt = Infinity
    for (const request of requests) {
      try {
        const body = await this.#request(request, (now) => {
          askedAt = Math.min(askedAt, now)
        })
        ticks.push(...this.#rest.decode(body, symbols))
      } catch (error) {
        if (failures.push(errorText(error)) === requests.length || this.#stop.signal.aborted) throw error
      }
    }
    return { ticks, failures, askedAt }
  }

  async #request(request: RestRequest, onSend?: (now: number) => void): Promise<string> {
    await this.#allowed()
    const now = this.#clock.now()
    this.#pacer.take(now)
    onSend?.(now)
    const { status, body, retryAfterMs } = await this.#transport.request(request)
    const blockMs = retryAfterMs ?? untoldBlockMs[status]
    if (blockMs !== undefined) this.#blockedUntil = this.#clock.now() + blockMs
    if (status !== 200) throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${request.url} answered ${status}: ${body.slice(0, 200)}`)
    return body
  }

  async #allowed(): Promise<void> {
    for (;;) {
      if (this.#stop.signal.aborted) throw new TrinityError('TRN_VENUE_UNAVAILABLE', 'The reader was stopped.')
      const now = this.#clock.now()
      const waitMs = Math.max(this.#pacer.waitMs(now), this.#blockedUntil - now)
      if (waitMs <= 0) return
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(waitMs, done)
        const { signal } = this.#stop
        function done(): void {
          cancel()
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done)
      })
    }
  }
}

/** Pauses after a refusal that names none, by its status. */
const untoldBlockMs: Readonly<Record<number, number>> = { 418: 30_000, 429: 30_000, 503: 5000 }
