import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { frames } from './test-connector.fixture.ts'

/** A small venue on loopback: a real WebSocket and REST server that speaks the dialect of `testConnector`. */
export class LoopbackVenue {
  /** Last prices as REST gives them, by symbol; without `at` an untimed reading. */
  readonly last = new Map<string, { p: string; at?: number; id?: string }>()
  /** The venue's own listing: whether each symbol is traded. Empty: there is none. */
  readonly listed = new Map<string, boolean>()
  /** Paths of the REST requests so far. */
  readonly requests: string[] = []
  /** Messages of clients, as they came. */
  readonly received: string[] = []
  readonly #http = createServer((request, response) => this.#answer(request, response))
  readonly #sockets = new WebSocketServer({ noServer: true })
  #accepting = true
  #lastId = 0

  async open(): Promise<this> {
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.#accepting) this.#sockets.handleUpgrade(request, socket, head, (client) => this.#join(client))
      else socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
    })
    this.#http.listen(0, '127.0.0.1')
    await once(this.#http, 'listening')
    return this
  }

  get host(): string {
    return `127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  /** Open connections. */
  get clients(): number {
    return this.#sockets.clients.size
  }

  /** A trade now, on every connection and in REST. */
  trade(symbol: string, price: string): { readonly at: number } {
    const trade = { s: symbol, p: price, at: Date.now(), id: String(++this.#lastId) }
    this.last.set(symbol, { p: price, at: trade.at, id: trade.id })
    this.send(frames.trade(trade))
    return trade
  }

  send(frame: string): void {
    for (const client of this.#sockets.clients) client.send(frame)
  }

  /** Ends every connection and takes no new one until {@link restore}. */
  cut(): void {
    this.#accepting = false
    for (const client of this.#sockets.clients) client.terminate()
  }

  restore(): void {
    this.#accepting = true
  }

  async close(): Promise<void> {
    this.cut()
    this.#http.closeAllConnections()
    this.#http.close()
    await once(this.#http, 'close')
  }

  #join(client: WebSocket): void {
    client.on('message', (data: Buffer) => {
      const text = data.toString()
      this.received.push(text)
      const { op, symbols } = JSON.parse(text) as { op: string; symbols: readonly string[] }
      if (op === 'subscribe') for (const symbol of symbols) client.send(frames.ack(symbol))
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? ''
    this.requests.push(path)
    const rows =
      path === '/list'
        ? [...this.listed].map(([s, on]) => ({ s, on }))
        : path === '/last'
          ? [...this.last].map(([s, price]) => ({ s, ...price }))
          : undefined
    response.writeHead(rows === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ rows }))
  }
}
