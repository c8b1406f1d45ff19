import { z } from 'zod'
import type { LimitHeaders } from '../access/limit-headers.ts'
import { noCaller } from '../lpo/caller-hook.ts'
import type { LpoServer } from '../lpo/lpo-server.ts'
import { errorAnswer } from '../lpo/schemas.ts'
import type { Reader } from './reader.ts'
import { openSse } from './carrier/sse-outlet.ts'
import { StreamDoor, type StreamDoorParts } from './stream-door.ts'
import { streamQuery, ticketAnswer } from './stream-schemas.ts'
import { ticketMs } from './ticket-book.ts'
import { acceptWebSockets } from './carrier/web-socket-door.ts'

/** What the stream routes work with. */
export interface StreamRouteParts extends StreamDoorParts {
  /** Value of the `Trinity-Mode` header; absent on live prices. */
  readonly mode?: string | undefined
}

const failures = { '4xx': errorAnswer, '5xx': errorAnswer }
const security = [{ apiKey: [] }]
const events = z.string().describe('Server-sent events: snapshot, price, status and goodbye, each with JSON data')

/** `GET /stream`, as server-sent events or as a WebSocket, and `POST /stream/ticket`. */
export function addStreamRoutes(server: LpoServer, parts: StreamRouteParts): void {
  const { hub, mode } = parts
  const door = new StreamDoor(parts)
  acceptWebSockets(server.server, door, mode)

  server.route({
    method: 'GET',
    url: '/stream',
    exposeHeadRoute: false,
    async onRequest(request, reply) {
      request.keyRow = noCaller
      const tell = (limits: LimitHeaders): void => void (limits !== undefined && reply.headers(limits))
      request.keyRow = await door.admit(request.raw, ticketOf(request.query), tell)
    },
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
      const reader: Reader = hub.join(
        openSse(reply, () => hub.leave(reader)),
        request.keyRow,
      )
      hub.subscribe(reader, assets, misses)
      return reply
    },
  })

  server.route({
    method: 'POST',
    url: '/stream/ticket',
    schema: { summary: 'A ticket that opens one stream within a minute, for browsers', security, response: { 200: ticketAnswer, ...failures } },
    async handler(request, reply) {
      const ticket = await door.issueTicket(request.raw)
      return reply
        .header('cache-control', 'no-store')
        .send({ status_code: 200 as const, endpoint: '/stream/ticket' as const, ticket, expires_in_seconds: ticketMs / 1000 })
    },
  })
}

function ticketOf(query: unknown): string | undefined {
  const { ticket } = query as { readonly ticket?: unknown }
  return typeof ticket === 'string' ? ticket : undefined
}
