import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Message } from '../message.ts'
import { Filler } from './filler.ts'
import type { Outlet } from './outlet.ts'
import { connectionName } from './send-queues.ts'

const comment = Buffer.from(': ping\n\n')
const filler = new Filler(Buffer.from(`:${'.'.repeat(61)}\n\n`))

/** Turns an answer into a stream of server-sent events; `onClose` comes once, whoever ends it. */
export function openSse(reply: FastifyReply, onClose: () => void): Outlet {
  reply.hijack()
  const response = reply.raw
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) response.setHeader(name, value)
  // Without chunks an event is one write, and the end of the connection is the end of the stream.
  response.removeHeader('transfer-encoding')
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'close',
  })
  response.flushHeaders()
  response.on('error', () => undefined)
  response.once('close', onClose)
  return new SseOutlet(response, response.socket)
}

class SseOutlet implements Outlet {
  readonly connection: string | undefined
  readonly #response: ServerResponse
  /** Past the head events go straight to the connection: an answer would hold each one back until all readers had theirs. */
  readonly #connection: Writable

  constructor(response: ServerResponse, socket: Socket | null) {
    this.connection = socket === null ? undefined : connectionName(socket)
    this.#response = response
    this.#connection = socket ?? response
  }

  write(message: Message, fill: number, flushed: () => void): number {
    const bytes = message.event
    if (fill === 0) {
      this.#connection.write(bytes, flushed)
      return bytes.length
    }
    const filling = filler.take(fill * bytes.length)
    this.#connection.cork()
    this.#connection.write(bytes)
    this.#connection.write(filling, flushed)
    this.#connection.uncork()
    return bytes.length + filling.length
  }

  ping(): void {
    this.#connection.write(comment)
  }

  end(last: Message): void {
    this.#connection.write(last.event)
    this.#response.end()
  }

  destroy(): void {
    this.#response.destroy()
  }
}
