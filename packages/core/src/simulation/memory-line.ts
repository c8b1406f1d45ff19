import type { Clock } from '../clock.ts'
import type { Frame } from '../connector.ts'
import type { SocketClose, SocketHandlers } from '../transport.ts'
import type { Cut, WireDamage } from './fault/fault.ts'
import type { VenueConnection, VenueLink } from './venue-connection.ts'
import type { SimulatedVenue } from './venue.ts'

/** What the client library says of bytes that it can't read. */
const damageReasons: Record<WireDamage, string> = {
  'reset-mid-frame': '',
  'huge-frame': 'Max payload size exceeded',
  'million-fragments': 'Too many message fragments',
  'deflate-bomb': 'Invalid WebSocket frame: RSV1 must be clear',
  'invalid-utf8': 'Invalid WebSocket frame: invalid UTF-8 sequence',
}

/** One connection in memory: what either end does reaches the other after the latency, in order. */
export class MemoryLine implements VenueLink {
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #handlers: SocketHandlers
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  #far: VenueConnection | undefined
  #farEnded = false
  /** Frames that still drip, oldest first. */
  #dripping: Frame[] = []
  #cancelDrip: (() => void) | undefined

  constructor(clock: Clock, latencyMs: number, handlers: SocketHandlers) {
    this.#clock = clock
    this.#latencyMs = latencyMs
    this.#handlers = handlers
  }

  /** Whether the client has given the attempt up. */
  get given(): boolean {
    return this.#state === 'closing' || this.#state === 'closed'
  }

  open(venue: SimulatedVenue | undefined): void {
    this.#toClient(() => {
      if (this.#state !== 'connecting') return
      this.#state = 'open'
      this.#handlers.onOpen()
    })
    this.#far = venue?.accept(this)
  }

  /** The attempt to connect comes to nothing. */
  fail(afterMs: number, close: SocketClose): void {
    this.#clock.after(afterMs, () => this.#close(close))
  }

  send(frame: Frame): void {
    if (this.#dripping.length > 0) this.#dripping.push(frame)
    else this.#toClient(() => this.#deliver(frame))
  }

  drip(frame: Frame): void {
    this.#dripping.push(frame)
    if (this.#dripping.length === 1) this.#dripNext()
  }

  flush(): void {
    const frames = this.#dripping
    this.release()
    for (const frame of frames) this.send(frame)
  }

  release(): void {
    this.#cancelDrip?.()
    this.#dripping = []
  }

  damage(damage: WireDamage): void {
    this.#far?.gone()
    this.#endFar({ code: 1006, reason: damageReasons[damage] })
  }

  end(cut: Cut): void {
    this.#endFar(cut.kind === 'close' ? { code: cut.code, reason: cut.reason } : { code: 1006, reason: '' })
  }

  /** A frame of the client. */
  toVenue(frame: Frame): void {
    if (this.#state === 'open') this.#clock.after(this.#latencyMs, () => this.#far?.receive(frame))
  }

  /** The client closes; what is on its way still arrives until it hears of its own close. */
  giveUp(code: number): void {
    if (this.given) return
    this.#state = 'closing'
    this.#clock.after(this.#latencyMs, () => this.#far?.gone())
    this.#clock.after(code === 1006 ? 0 : 2 * this.#latencyMs, () => this.#close({ code, reason: '' }))
  }

  #endFar(close: SocketClose): void {
    if (this.#farEnded) return
    this.#farEnded = true
    this.#toClient(() => this.#close(close))
  }

  #dripNext(): void {
    const frame = this.#dripping[0]
    if (frame === undefined) return
    const bytes = 2 + (typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength)
    this.#cancelDrip = this.#clock.after(bytes * 1000, () => {
      this.#dripping.shift()
      this.#toClient(() => this.#deliver(frame))
      this.#dripNext()
    })
  }

  #deliver(frame: Frame): void {
    if (this.#state === 'open' || this.#state === 'closing') this.#handlers.onFrame(frame)
  }

  #toClient(action: () => void): void {
    this.#clock.after(this.#latencyMs, action)
  }

  #close(close: SocketClose): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#handlers.onClose(close)
  }
}
