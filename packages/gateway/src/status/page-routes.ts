import { TrinityError } from '@trinity/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { LpoServer } from '../lpo/lpo-server.ts'
import { errorAnswer } from '../lpo/schemas.ts'
import { openSse } from '../stream/carrier/sse-outlet.ts'
import { type PageFile, readPageFiles } from './page-files.ts'
import type { StatusFeed } from './status-feed.ts'

/** What the status page works with. */
export interface PageRouteParts {
  readonly statusFeed: StatusFeed
}

/** The page needs nothing but its own files and its stream. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const events = z.string().describe('Server-sent events: snapshot (everything), update (what has changed) and goodbye, each with JSON data')

/** The status page at `/`, its files, and the public stream that it shows. */
export function addPageRoutes(server: LpoServer, { statusFeed }: PageRouteParts): void {
  const files = readPageFiles()
  server.get('/', { schema: { hide: true } }, (request, reply) => sendFile(request, reply, files.get('index.html')))
  server.get('/status/assets/:name', { schema: { hide: true, params: z.object({ name: z.string() }) } }, (request, reply) =>
    sendFile(request, reply, files.get(request.params.name)),
  )

  server.route({
    method: 'GET',
    url: '/status/stream',
    exposeHeadRoute: false,
    schema: {
      summary: 'How venues and listings stand, at most one event a second',
      response: { 200: { description: 'The stream', content: { 'text/event-stream': { schema: events } } }, '5xx': errorAnswer },
    },
    handler(_request, reply) {
      statusFeed.demandRoom()
      let leave = (): void => undefined
      leave = statusFeed.join(openSse(reply, () => leave()))
    },
  })
}

function sendFile(request: FastifyRequest, reply: Pick<FastifyReply, 'headers' | 'code' | 'send'>, file: PageFile | undefined): void {
  if (file === undefined) throw new TrinityError('TRN_NOT_FOUND', 'The status page has no such file.')
  reply.headers({
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // Names don't change with their contents: a browser keeps a file but asks each time whether it is still good.
    'cache-control': 'no-cache',
    etag: file.etag,
  })
  if (request.headers['if-none-match'] === file.etag) void reply.code(304).send()
  else void reply.headers({ 'content-type': file.type }).send(file.bytes)
}
