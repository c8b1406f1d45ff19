import type { LookupFunction } from 'node:net'
import { Client, type Dispatcher, buildConnector } from 'undici'
import type { Target } from '../target/target.ts'
import type { Asker, Settle } from './asker.ts'
import { judgeAnswer } from './http-answer.ts'

/** Whom an {@link HttpAsker} asks, and how. */
export interface HttpAskerOptions {
  readonly target: Target
  readonly key: string
  /** For connecting, for the headers of an answer, and for each pause in its body. */
  readonly timeoutMs: number
  /** Most connections at once. */
  readonly connections: number
}

interface Connection {
  readonly client: Client
  settle: Settle | undefined
}

/** No price comes near; a longer answer is not read to its end. */
const mostAnswerBytes = 65_536

/**
 * Asks `GET /price` over keep-alive connections, one request at a time on each. The one used last goes first, so that there are
 * never more open than were needed at once. Names are not resolved again: what was checked is what is asked.
 */
export class HttpAsker implements Asker {
  readonly room: number
  readonly #options: HttpAskerOptions
  readonly #origin: URL
  readonly #connector: buildConnector.connector
  readonly #headers: Readonly<Record<string, string>>
  readonly #paths = new Map<string, string>()
  #open: Connection[] = []
  #free: Connection[] = []

  constructor(options: HttpAskerOptions) {
    const { target, timeoutMs, connections, key } = options
    this.room = connections
    this.#options = options
    this.#origin = new URL(target.priceUrl?.origin ?? '')
    this.#headers = { authorization: `Bearer ${key}`, accept: 'application/json' }
    const lookup: LookupFunction = (_name, { all }, found) => {
      const [first] = target.addresses
      if (all === true) found(null, [...target.addresses])
      else found(null, first?.address ?? '', first?.family)
    }
    this.#connector = buildConnector({ timeout: timeoutMs, allowH2: false, lookup })
  }

  async prepare(): Promise<void> {}

  ask(asset: string, settle: Settle): void {
    const connection = this.#free.pop() ?? this.#connect()
    connection.settle = settle
    const answer = new Answer((outcome, reason) => this.#end(connection, outcome, reason), asset)
    connection.client.dispatch({ method: 'GET', path: this.#path(asset), headers: this.#headers }, answer)
  }

  async cut(): Promise<void> {
    const busy = this.#open.filter(({ settle }) => settle !== undefined)
    this.#open = this.#open.filter(({ settle }) => settle === undefined)
    await Promise.all(busy.map(async ({ client }) => client.destroy()))
  }

  async close(): Promise<void> {
    const all = this.#open
    this.#open = []
    this.#free = []
    await Promise.all(all.map(async ({ client }) => client.destroy()))
  }

  #connect(): Connection {
    const { timeoutMs } = this.#options
    const client = new Client(this.#origin, {
      connect: this.#connector,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 30_000,
      maxResponseSize: mostAnswerBytes,
    })
    const connection = { client, settle: undefined }
    this.#open.push(connection)
    return connection
  }

  /** Frees the connection first: who takes the end of a request may ask the next at once. */
  #end(connection: Connection, ...end: Parameters<Settle>): void {
    const { settle } = connection
    connection.settle = undefined
    if (!connection.client.destroyed) this.#free.push(connection)
    settle?.(...end)
  }

  #path(asset: string): string {
    const known = this.#paths.get(asset)
    if (known !== undefined) return known
    const path = `${this.#options.target.priceUrl?.pathname ?? ''}?asset=${encodeURIComponent(asset)}`
    this.#paths.set(asset, path)
    return path
  }
}

/** Collects one answer. */
class Answer implements Dispatcher.DispatchHandler {
  readonly #settle: Settle
  readonly #asset: string
  #status = 0
  #body: Buffer[] = []

  constructor(settle: Settle, asset: string) {
    this.#settle = settle
    this.#asset = asset
  }

  onRequestStart(): void {
    this.#body = []
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    this.#body.push(part)
  }

  onResponseEnd(): void {
    const [first] = this.#body
    const body = this.#body.length === 1 && first !== undefined ? first : Buffer.concat(this.#body)
    const { outcome, reason } = judgeAnswer(this.#status, body, this.#asset)
    this.#settle(outcome, reason)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') this.#settle('failed', 'an answer without end')
    else this.#settle('lost', lostReasons[code] ?? code)
  }
}

const lostReasons: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect timeout',
  UND_ERR_SOCKET: 'connection closed',
}
