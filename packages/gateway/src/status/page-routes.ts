import { z } from 'zod'
import { sendFile } from '../http/static-files.ts'
import type { LpoServer } from '../lpo/lpo-server.ts'
import { errorAnswer } from '../lpo/schemas.ts'
import { openSse } from '../stream/carrier/sse-outlet.ts'
import { readPageFiles } from './page-files.ts'
import type { StatusFeed } from './status-feed.ts'

/** What the status page works with. */
export interface PageRouteParts {
  readonly statusFeed: StatusFeed
}

/** The page needs nothing but its own files and its stream. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const headers = { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' }

const events = z.string().describe('Server-sent events: snapshot (everything), update (what has changed) and goodbye, each with JSON data')

/** The status page at `/`, its files, and the public stream that it shows. */
export function addPageRoutes(server: LpoServer, { statusFeed }: PageRouteParts): void {
  const files = readPageFiles()
  for (const [name, file] of files) {
    const urls = [`/status/assets/${name}`, ...(name === 'index.html' ? ['/'] : [])]
    for (const url of urls) server.get(url, { schema: { hide: true } }, (request, reply) => sendFile(request, reply, file, headers))
  }

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
