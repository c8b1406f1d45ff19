import type { KeyStore } from '@trinity/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { authenticate } from '../access/authenticate.ts'
import type { LpoServer } from '../lpo/lpo-server.ts'
import { errorAnswer } from '../lpo/schemas.ts'
import type { StreamHub } from './hub.ts'
import type { Reader } from './reader.ts'
import { openSse } from './carrier/sse-outlet.ts'
import { StreamDoor } from './stream-door.ts'
import { streamQuery, ticketAnswer } from './stream-schemas.ts'
import { ticketMs } from './ticket-book.ts'
import { acceptWebSockets } from './carrier/web-socket-door.ts'

/** What the stream routes work with. */
export interface StreamRouteParts {
  readonly keys: KeyStore
  readonly hub: StreamHub
  /** Value of the `Trinity-Mode` header; absent on live prices. */
  readonly mode?: string | undefined
}

const failures = { '4xx': errorAnswer, '5xx': errorAnswer }
const security = [{ apiKey: [] }]
const events = z.string().describe('Server-sent events: snapshot, price, status and goodbye, each with JSON data')

/** `GET /stream`, as server-sent events or as a WebSocket, and `POST /stream/ticket`. */
export function addStreamRoutes(server: LpoServer, { keys, hub, mode }: StreamRouteParts): void {
  const door = new StreamDoor(hub, keys)
  acceptWebSockets(server.server, door, mode)

  server.route({
    method: 'GET',
    url: '/stream',
    exposeHeadRoute: false,
    onRequest: guard((request) => door.admit(request.headers.authorization, ticketOf(request.query))),
    schema: {
      summary: 'Prices as they change, as server-sent events or over WebSocket',
      security,
      querystring: streamQuery,
      response: { 200: { description: 'The stream', content: { 'text/event-stream': { schema: events } } }, ...failures },
    },
    async handler(request, reply) {
      const { assets } = request.query
      const misses = await hub.prepare(assets)
      if (reply.raw.destroyed) return reply.hijack()
      hub.demandRoom()
      const reader: Reader = hub.join(openSse(reply, () => hub.leave(reader)))
      hub.subscribe(reader, assets, misses)
      return reply
    },
  })

  server.route({
    method: 'POST',
    url: '/stream/ticket',
    onRequest: guard((request) => authenticate(keys, request.headers.authorization)),
    schema: { summary: 'A ticket that opens one stream within a minute, for browsers', security, response: { 200: ticketAnswer, ...failures } },
    handler(request, reply) {
      const ticket = door.tickets.issue(authenticate(keys, request.headers.authorization))
      void reply
        .header('cache-control', 'no-store')
        .send({ status_code: 200, endpoint: '/stream/ticket', ticket, expires_in_seconds: ticketMs / 1000 })
    },
  })
}

/** A hook that refuses a request by what the check throws. */
function guard(check: (request: FastifyRequest) => unknown): (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void {
  return (request, _reply, done) => {
    try {
      check(request)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

function ticketOf(query: unknown): string | undefined {
  const { ticket } = query as { readonly ticket?: unknown }
  return typeof ticket === 'string' ? ticket : undefined
}
