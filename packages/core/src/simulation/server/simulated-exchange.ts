import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES, createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type Clock, systemClock } from '../../clock.ts'
import type { Fault } from '../fault/fault.ts'
import { findFault } from '../fault/fault-table.ts'
import { SimulatedVenue, type SimulatedVenueOptions } from '../venue.ts'
import { resetSocket } from './reset-socket.ts'
import { SocketLine } from './socket-line.ts'
import { type TlsMaterial, createTlsMaterial } from './tls-material.ts'

/** What a simulated exchange is made of; the same seed gives the same market at the same times. */
export interface SimulatedExchangeOptions extends Omit<SimulatedVenueOptions, 'clock'> {
  /** The machine's own unless named. */
  readonly clock?: Clock
  /** Serves `wss://` and `https://`, with certificates of its own; the faults of certificates need it. */
  readonly tls?: boolean
}

/** Where a simulated exchange is reached. */
export interface SimulatedAddress {
  readonly wsUrl: string
  readonly restOrigin: string
  /** With TLS: the certificate that clients have to trust, PEM. */
  readonly certificate?: string
}

/** A simulated venue on real sockets: a WebSocket and REST server on a free port of loopback. */
export class SimulatedExchange {
  readonly venue: SimulatedVenue
  readonly #clock: Clock
  readonly #tls: TlsMaterial | undefined
  readonly #server: Server
  readonly #webSockets: WebSocketServer
  readonly #sockets = new Set<Socket>()

  constructor(options: SimulatedExchangeOptions) {
    const { clock = systemClock } = options
    this.#clock = clock
    this.venue = new SimulatedVenue({ ...options, clock })
    this.#tls = options.tls === true ? createTlsMaterial(clock.now(), () => this.venue.behaviour.certificate) : undefined
    this.#server = this.#tls === undefined ? createServer() : createTlsServer(this.#tls.options)
    this.#webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
    this.#server.on('connection', (socket: Socket) => this.#keep(socket))
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket as Socket, head))
  }

  /** Opens the port and lets the market move. */
  async start(): Promise<SimulatedAddress> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.venue.start()
    const { port } = this.#server.address() as AddressInfo
    const [url = ''] = this.venue.dialect.connector.urls
    const { pathname, search } = new URL(url)
    const secure = this.#tls !== undefined
    const host = `${secure ? 'localhost' : '127.0.0.1'}:${port}`
    return {
      wsUrl: `ws${secure ? 's' : ''}://${host}${pathname}${search}`,
      restOrigin: `http${secure ? 's' : ''}://${host}`,
      ...(this.#tls === undefined ? {} : { certificate: this.#tls.authority }),
    }
  }

  /**
   * Begins a fault, by its name or of one's own, or ends the present one.
   * @param durationMs as the fault says unless named
   * @throws TrinityError `TRN_SETTING_INVALID` for a name that no fault has
   */
  setFault(fault: string | Fault | undefined, durationMs?: number): void {
    const found = typeof fault === 'string' ? findFault(fault) : fault
    this.venue.setFault(found, durationMs)
  }

  /** Ends every connection and gives the port back. */
  async stop(): Promise<void> {
    this.venue.stop()
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    // A client that leaves in the middle of anything is no fault of the server.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const admission = this.venue.admit()
    if (admission.kind === 'unanswered') return
    if (admission.kind === 'refused') return resetSocket(socket)
    if (admission.kind === 'status') {
      const retryAfter = admission.retryAfterSeconds === undefined ? '' : `Retry-After: ${admission.retryAfterSeconds}\r\n`
      socket.end(
        `HTTP/1.1 ${admission.status} ${STATUS_CODES[admission.status] ?? ''}\r\n${retryAfter}Content-Length: 0\r\nConnection: close\r\n\r\n`,
      )
      return
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#join(webSocket, socket))
  }

  #join(webSocket: WebSocket, socket: Socket): void {
    const connection = this.venue.accept(new SocketLine(webSocket, socket, this.#clock))
    webSocket.on('error', () => undefined)
    webSocket.on('close', () => connection.gone())
    webSocket.on('message', (data: RawData, isBinary) => {
      const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
      connection.receive(isBinary ? bytes : bytes.toString('utf8'))
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const answer = this.venue.answer(request.url ?? '/')
    if (answer.kind === 'unanswered') return
    if (answer.kind === 'refused') return resetSocket(request.socket)
    const { status, body, retryAfterSeconds } = answer
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    })
    response.end(body)
  }
}
