import type { Clock } from '../../clock.ts'
import type { Frame, RestRequest } from '../../connector.ts'
import type { RestResponse, Socket, SocketClose, SocketHandlers, Transport } from '../../transport.ts'

/** Something that went out, and when, on `Clock.now`. */
export interface Outgoing<T> {
  readonly what: T
  readonly at: number
}

/** Answers a REST request of a {@link FakeTransport}; a rejection stands for a request without any answer. */
export type FakeAnswer = (request: RestRequest) => RestResponse | Promise<RestResponse>

/** The far end of a connection: what a venue would do, a test does here. */
export class FakeSocket {
  readonly url: string
  /** When it was asked for, on `Clock.now`. */
  readonly connectedAt: number
  /** What the client hears; a test may call it out of turn, as a late callback does. */
  readonly handlers: SocketHandlers
  readonly sent: Outgoing<Frame>[] = []
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  #taken = 0

  constructor(url: string, connectedAt: number, handlers: SocketHandlers) {
    this.url = url
    this.connectedAt = connectedAt
    this.handlers = handlers
  }

  /** `closing` is a connection that the client gave up and that has not told it so yet. */
  get state(): 'connecting' | 'open' | 'closing' | 'closed' {
    return this.#state
  }

  open(): void {
    if (this.#state !== 'connecting') throw new Error(`A socket that is ${this.#state} can't open.`)
    this.#state = 'open'
    this.handlers.onOpen()
  }

  /** Frames come in; one that is closed half-way brings no more. */
  deliver(...frames: readonly Frame[]): void {
    for (const frame of frames) if (this.#state === 'open' || this.#state === 'closing') this.handlers.onFrame(frame)
  }

  /** The venue ends the connection, or refuses it with an HTTP status. */
  close(code = 1006, reason = '', refusal: Pick<SocketClose, 'status' | 'retryAfterMs'> = {}): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.handlers.onClose({ code, reason, ...refusal })
  }

  /** The frames sent since this was last asked. */
  takeSent(): Frame[] {
    const fresh = this.sent.slice(this.#taken).map(({ what }) => what)
    this.#taken = this.sent.length
    return fresh
  }

  /** The near end, as the engine holds it. */
  clientEnd(clock: Clock): Socket {
    const giveUp = (code: number): void => {
      if (this.#state === 'closing' || this.#state === 'closed') return
      this.#state = 'closing'
      clock.after(0, () => this.close(code))
    }
    return {
      send: (frame) => {
        if (this.#state === 'open') this.sent.push({ what: frame, at: clock.now() })
      },
      close: () => giveUp(1000),
      terminate: () => giveUp(1006),
    }
  }
}

/** A transport without a network: it keeps whatever goes out and does nothing that a test does not tell it to. */
export class FakeTransport implements Transport {
  readonly sockets: FakeSocket[] = []
  readonly requests: Outgoing<RestRequest>[] = []
  /** How REST requests are answered from now on. */
  answer: FakeAnswer
  readonly #clock: Clock

  constructor(clock: Clock, answer: FakeAnswer = () => ({ status: 404, body: '' })) {
    this.#clock = clock
    this.answer = answer
  }

  connect(url: string, handlers: SocketHandlers): Socket {
    const socket = new FakeSocket(url, this.#clock.now(), handlers)
    this.sockets.push(socket)
    return socket.clientEnd(this.#clock)
  }

  async request(request: RestRequest): Promise<RestResponse> {
    this.requests.push({ what: request, at: this.#clock.now() })
    return this.answer(request)
  }

  /**
   * The newest socket.
   * @throws Error when nothing connected yet.
   */
  get last(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error('Nothing has connected yet.')
    return socket
  }

  /** Sockets that are connecting or open. */
  get alive(): readonly FakeSocket[] {
    return this.sockets.filter(({ state }) => state === 'connecting' || state === 'open')
  }

  /** Everything that went out so far: connections, frames and REST requests. */
  get outgoing(): { readonly connects: number; readonly frames: number; readonly requests: number } {
    const frames = this.sockets.reduce((sum, socket) => sum + socket.sent.length, 0)
    return { connects: this.sockets.length, frames, requests: this.requests.length }
  }
}
