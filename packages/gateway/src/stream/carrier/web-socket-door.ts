import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { TrinityError, isTrinityError } from '@trinity/core'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { z } from 'zod'
import { ambiguityOf } from '../../http/ambiguous-request.ts'
import { isAnswering } from '../../http/connection-end.ts'
import { endpointOf } from '../../http/error-body.ts'
import { endWithError } from '../../http/error-response.ts'
import { errorFacts } from '../../http/error-facts.ts'
import type { Reader } from '../reader.ts'
import type { StreamDoor } from '../stream-door.ts'
import { Message } from '../message.ts'
import { clientMessage, streamQuery } from '../stream-schemas.ts'
import { WebSocketOutlet, closeCodeOf } from './web-socket-outlet.ts'

/** Longest message of a client, bytes. */
export const maxPayload = 16_384

/** Most messages of a client in a second. */
export const mostMessages = 20

/** How long a refused client may take to close its side. */
const partingMs = 2000

/** Whether a request with an Upgrade header is ours to upgrade; any other is answered as if the header were not there. */
export function isStreamUpgrade(request: IncomingMessage): boolean {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || endpointOf(request) !== '/stream') return false
  // A client's 101 must not overtake a response that it waits for.
  return ambiguityOf(request) === undefined && !isAnswering(request.socket)
}

/** Lets WebSocket clients in at `/stream`. */
export function acceptWebSockets(server: Server, door: StreamDoor, mode: string | undefined): void {
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload })
  if (mode !== undefined) sockets.on('headers', (headers) => headers.push(`trinity-mode: ${mode}`))
  sockets.on('wsClientError', (_error, socket, request) => refuse(socket, request, 'The request is no valid WebSocket handshake.'))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isStreamUpgrade(request)) sockets.handleUpgrade(request, socket, head, (client) => void open(client, socket, request, door))
    else refuse(socket, request, 'Only /stream can be upgraded, and only to websocket.')
  })
}

async function open(client: WebSocket, socket: Duplex, request: IncomingMessage, door: StreamDoor): Promise<void> {
  client.on('error', () => undefined)
  // What the client says before it is let in waits.
  client.pause()
  const query = new URL(request.url ?? '', 'http://localhost').searchParams
  let keyRow: number
  try {
    keyRow = await door.admit(request, query.get('ticket'))
  } catch (error) {
    client.resume()
    return refuseClient(client, error, door)
  }
  client.resume()
  new Conversation(client, socket, door, keyRow).start(query.get('assets'))
}

/** A WebSocket client: what it asks for is done one after another. */
class Conversation {
  readonly #client: WebSocket
  readonly #door: StreamDoor
  readonly #reader: Reader
  #work = Promise.resolve()
  #second = 0
  #messages = 0

  constructor(client: WebSocket, socket: Duplex, door: StreamDoor, keyRow: number) {
    this.#client = client
    this.#door = door
    this.#reader = door.hub.join(new WebSocketOutlet(client, socket), keyRow)
    client.on('message', (data) => this.#onMessage(data))
    client.once('close', () => door.hub.leave(this.#reader))
  }

  /** Tells the first snapshot, of nothing when the address names no assets. */
  start(assets: string | null): void {
    this.#do(async () => {
      const wanted = assets === null ? [] : demand(streamQuery.shape.assets, assets, 'assets')
      await this.#subscribe(wanted)
    })
  }

  #onMessage(data: RawData): void {
    const second = Math.floor(this.#door.hub.clock.now() / 1000)
    this.#messages = second === this.#second ? this.#messages + 1 : 1
    this.#second = second
    if (this.#messages > mostMessages) {
      // Told once: what else it has sent is on its way already.
      this.#client.removeAllListeners('message')
      return refuseClient(this.#client, new TrinityError('TRN_OVERLOADED', `More than ${mostMessages} messages in a second.`), this.#door)
    }
    this.#do(async () => {
      const { type, assets } = demand(clientMessage, parseJson(data), 'message')
      if (type === 'subscribe') await this.#subscribe(assets)
      else this.#door.hub.unsubscribe(this.#reader, assets)
    })
  }

  async #subscribe(assets: readonly string[]): Promise<void> {
    const misses = await this.#door.hub.prepare(assets)
    this.#door.hub.subscribe(this.#reader, assets, misses)
  }

  #do(action: () => Promise<void>): void {
    this.#work = this.#work.then(action).catch((error: unknown) => this.#reader.line.write(errorMessage(error)))
  }
}

function refuseClient(client: WebSocket, error: unknown, { hub }: StreamDoor): void {
  const { status, message } = toKnown(error)
  client.send(errorMessage(error).frame, { binary: false })
  client.close(closeCodeOf(status), message.slice(0, 120))
  client.once(
    'close',
    hub.clock.after(partingMs, () => client.terminate()),
  )
}

function errorMessage(error: unknown): Message {
  return new Message('error', `"error":${JSON.stringify(errorFacts(toKnown(error)))}`)
}

function toKnown(error: unknown): TrinityError {
  return isTrinityError(error) ? error : new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again.', { cause: error })
}

function demand<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const { data, error } = schema.safeParse(value)
  if (error === undefined) return data
  const [issue] = error.issues
  const field = issue === undefined || issue.path.length === 0 ? name : issue.path.join('.')
  throw new TrinityError('TRN_BAD_REQUEST', `${field}: ${issue?.message ?? 'is not allowed'}.`)
}

function parseJson(data: RawData): unknown {
  try {
    return JSON.parse((data as Buffer).toString()) as unknown
  } catch {
    throw new TrinityError('TRN_BAD_REQUEST', 'message: is not valid JSON.')
  }
}

function refuse(socket: Duplex, request: IncomingMessage, message: string): void {
  if (isAnswering(socket)) socket.destroy()
  else endWithError(socket, new TrinityError('TRN_BAD_REQUEST', message), request)
}
