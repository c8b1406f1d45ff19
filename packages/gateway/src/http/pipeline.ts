import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { endLingering } from './connection-end.ts'
import { ReadTurns } from './read-turns.ts'

/** Requests of one connection that may wait for their answers. */
export const maxUnanswered = 16

/** Bytes of answers that one connection may leave unread before no more of its requests are taken. */
export const maxUnreadBytes = 262_144

/** What the parser of a connection calls with each request; 2 makes it stop there, as at the end of HTTP. */
type OnIncoming = (request: IncomingMessage, keepAlive: boolean) => number

interface ParsedSocket extends Socket {
  readonly parser?: { onIncoming: OnIncoming } | null
}

const stopParsing = 2

/**
 * What a connection has asked and not got yet. Of one that has {@link maxUnanswered} requests open, or {@link maxUnreadBytes} of answers,
 * no more are taken: what follows makes no objects and costs nothing, the last request that was taken is told `Connection: close`, and
 * its answer ends the connection (RFC 9112, 9.3.2).
 */
class Pipeline {
  readonly #socket: Socket
  /** Oldest first; those that are answered leave when they are looked at. */
  #open: ServerResponse[] = []
  #isEnding = false
  #isLast = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Whether a request may be taken; with the first that may not the connection begins to end. */
  hasRoom(): boolean {
    if (this.#isEnding) return false
    if (this.#isLast) {
      this.#end()
      return false
    }
    if (this.countOpen() < maxUnanswered && this.unreadBytes <= maxUnreadBytes) return true
    this.#end()
    return false
  }

  /** The next request is the last of the connection. */
  expectLast(): void {
    this.#isLast = true
  }

  /** Notes a request that was taken; whether it is the last that may be. */
  take(response: ServerResponse): boolean {
    if (this.#isLast) response.shouldKeepAlive = false
    if (this.#open.length === 1 && this.#open[0]?.writableFinished === true) this.#open[0] = response
    else this.#open.push(response)
    return this.#open.length >= maxUnanswered && this.countOpen() >= maxUnanswered
  }

  /** Bytes of responses that the client has not taken. */
  get unreadBytes(): number {
    // Of the responses only the first has the socket.
    return this.#open.reduce((bytes, response) => bytes + response.writableLength, this.#open[0]?.socket ? 0 : this.#socket.writableLength)
  }

  countOpen(): number {
    const first = this.#open.findIndex((response) => !response.writableFinished)
    if (first !== 0) this.#open.splice(0, first < 0 ? this.#open.length : first)
    return this.#open.length
  }

  #end(): void {
    this.#isEnding = true
    const socket = this.#socket
    // What the client goes on sending stays with the kernel until it has its answers.
    socket.pause()
    socket.destroySoon = () => void (socket.writableEnded || endLingering(socket))
    const last = this.#open.at(-1)
    if (last === undefined || last.writableFinished) return socket.destroySoon()
    last.shouldKeepAlive = false
    // A head that is ready already can't say so.
    last.once('finish', () => socket.destroySoon())
  }
}

const pipelines = new WeakMap<Socket, Pipeline>()

/** Bounds what every connection of a server may have open, and what all of them may send in one turn of the event loop. */
export function limitPipelines(server: Server): void {
  const turns = new ReadTurns()
  server.on('connection', (socket: ParsedSocket) => {
    const pipeline = new Pipeline(socket)
    pipelines.set(socket, pipeline)
    const { parser } = socket
    if (parser === undefined || parser === null) return
    const { onIncoming } = parser
    const noteRequest = turns.watch(socket)
    parser.onIncoming = (request, keepAlive) => {
      if (!pipeline.hasRoom()) {
        turns.forget(socket)
        return stopParsing
      }
      noteRequest()
      // The parser reads on as if all that follows an upgrade were not HTTP, also where the upgrade is not made.
      if ((request as { readonly upgrade?: boolean | null }).upgrade === true) pipeline.expectLast()
      return onIncoming(request, keepAlive)
    }
  })
}

/** Notes a request that is taken; true where it is the last that its connection may have open. */
export function takeRequest({ socket }: IncomingMessage, response: ServerResponse): boolean {
  return pipelines.get(socket)?.take(response) ?? false
}

/** Requests of a connection that wait for their responses, or for their clients to take them. */
export function unansweredOf(socket: Socket): number {
  return pipelines.get(socket)?.countOpen() ?? 0
}

/** Bytes of responses that the client of a connection has not taken. */
export function unreadBytesOf(socket: Socket): number {
  return pipelines.get(socket)?.unreadBytes ?? socket.writableLength
}
