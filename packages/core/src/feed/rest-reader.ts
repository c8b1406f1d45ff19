import type { Clock } from '../clock.ts'
import type { ConnectorRest, ListedSymbol, RestPrices, RestRejection, RestRequest, Tick } from '../connector.ts'
import { type Transport, maxRetryAfterMs } from '../transport.ts'
import { TrinityError, errorText } from '../errors.ts'
import { Pacer } from './pacer.ts'
import { isMoment, pricesWithSoundMoments } from './sound-moments.ts'
import { splitByAge } from '../frame/body-prices.ts'

/** The prices of one body. Moments are on `Clock.now`. */
export interface RestBody {
  readonly ticks: readonly Tick[]
  /** Earlier by as long as caches have held a body without a time of its own for longer than the connector declares. */
  readonly askedAt: number
  readonly receivedAt: number
  /** When the venue made the body, in its own time; undefined where the body does not tell. */
  readonly madeAt: number | undefined
}

/** One reading of a venue's REST interface. */
export interface RestReading {
  readonly bodies: readonly RestBody[]
  /** Why some of several requests brought nothing, and once that a connector's decode gives times that are none. */
  readonly failures: readonly string[]
}

/** Requests of one reading that are under way at a time. */
const maxInFlight = 8

/** A venue's own listing, and when it was asked for, on `Clock.now`. */
export interface RestListing {
  readonly listed: readonly ListedSymbol[]
  readonly askedAt: number
}

interface JsonResponse {
  readonly body: string
  readonly askedAt: number
  readonly receivedAt: number
  readonly ageMs: number
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
  #blockedUntil = -Infinity
  #waitingListings = 0
  #restNames: ReadonlyMap<string, string> = new Map()
  #warnedOfTimes = false
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

  /** Whether one request brings all of these symbols. */
  isBulk(symbols: readonly string[]): boolean {
    try {
      return this.#rest.request(symbols, this.#restName).length === 1
    } catch {
      // Reading them says why.
      return false
    }
  }

  /**
   * The venue's own listing; undefined where the connector can't read it.
   * @throws TrinityError `TRN_VENUE_UNAVAILABLE`, or what the transport throws
   */
  async list(): Promise<RestListing | undefined> {
    const { list } = this.#rest
    if (list === undefined) return undefined
    const request = list.request()
    const { body, askedAt } = await this.#request(request, true)
    return { listed: this.#accepted(request, list.decode(body)), askedAt }
  }

  /** Takes over what REST bodies call the symbols of a listing. */
  setNames(listed: readonly ListedSymbol[]): void {
    this.#restNames = new Map(listed.flatMap(({ symbol, restName }) => (restName === undefined ? [] : [[symbol, restName]])))
  }

  /** Waits end; nothing more is asked. */
  stop(): void {
    this.#stop.abort()
  }

  readonly #restName = (symbol: string): string => this.#restNames.get(symbol) ?? symbol

  async #readNow(symbols: readonly string[]): Promise<RestReading> {
    const bodies: RestBody[] = []
    const failures: string[] = []
    const warnings: string[] = []
    const requests = this.#rest.request(symbols, this.#restName)
    const queue = requests.values()
    const readQueue = async (): Promise<void> => {
      for (const request of queue) {
        try {
          const { body, askedAt, receivedAt, ageMs } = await this.#request(request)
          const decoded = this.#accepted<RestPrices>(request, this.#rest.decode(body, symbols, this.#restName))
          const prices = pricesWithSoundMoments(decoded)
          if (prices !== decoded && !this.#warnedOfTimes) {
            this.#warnedOfTimes = true
            warnings.push('decode gave times or ids that are none; they count as absent')
          }
          const undeclaredMs = Math.max(0, ageMs - (this.#rest.bodyAgeMs ?? 0))
          for (const { ticks, madeAt } of splitByAge(prices))
            bodies.push({ ticks, askedAt: madeAt === undefined ? askedAt - undeclaredMs : askedAt, receivedAt, madeAt })
        } catch (error) {
          if (failures.push(errorText(error)) === requests.length || this.#stop.signal.aborted) throw error
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(maxInFlight, requests.length) }, readQueue))
    return { bodies, failures: [...failures, ...warnings] }
  }

  async #request(request: RestRequest, isListing = false): Promise<JsonResponse> {
    const askedAt = await (isListing ? this.#allowedListing() : this.#allowed(false))
    const { status, body, retryAfterMs, ageMs = 0 } = await this.#transport.request(request)
    const receivedAt = this.#clock.now()
    this.#pauseFor(retryAfterMs, pausesMs[status])
    if (status !== 200) throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${request.url} answered ${status}: ${body.slice(0, 200)}`)
    return { body, askedAt, receivedAt, ageMs }
  }

  /** A rejection in a good response is one all the same. */
  #accepted<T extends object>({ url }: RestRequest, decoded: T | RestRejection): T {
    if (!('rejected' in decoded)) return decoded
    this.#pauseFor(decoded.retryAfterMs, pausesMs[429])
    throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${url} rejected the request: ${decoded.rejected.slice(0, 200)}${pauseFault(decoded)}`)
  }

  #pauseFor(retryAfterMs: number | undefined, usualMs: number | undefined): void {
    const pauseMs = isMoment(retryAfterMs) ? Math.min(retryAfterMs, maxRetryAfterMs) : usualMs
    if (pauseMs !== undefined) this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.now() + pauseMs)
  }

  /** Listings are rare and go first: where every price request is rejected, and begins another pause, none would ever be read. */
  async #allowedListing(): Promise<number> {
    this.#waitingListings++
    try {
      return await this.#allowed(true)
    } finally {
      this.#waitingListings--
    }
  }

  /** Waits for the venue's limits and counts the request at once, so that two never share a permit. Returns the moment. */
  async #allowed(isListing: boolean): Promise<number> {
    for (;;) {
      if (this.#stop.signal.aborted) throw new TrinityError('TRN_VENUE_UNAVAILABLE', 'The reader was stopped.')
      const now = this.#clock.now()
      const yieldMs = !isListing && this.#waitingListings > 0 ? 1 : 0
      const waitMs = Math.max(this.#pacer.waitMs(now), this.#blockedUntil - now, yieldMs)
      if (waitMs <= 0) {
        this.#pacer.take(now)
        return now
      }
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

/** Says so where the pause that a rejection names is none. */
function pauseFault({ retryAfterMs }: RestRejection): string {
  if (retryAfterMs === undefined || isMoment(retryAfterMs)) return ''
  return ` (the connector gave retryAfterMs ${String(retryAfterMs)}, which counts as absent)`
}

/** Pauses after a rejection that names none, by its status. */
const pausesMs: Readonly<Record<number, number>> = { 418: 30_000, 429: 30_000, 503: 5000 }
