import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { timingSafeEqual } from 'node:crypto'
import { TrinityError, errorText, hashKey } from '@trinity/core'
import type { Log } from '../log.ts'
import { errorBody } from '../lpo/error-answers.ts'
import { requestIdOf } from '../lpo/short-way/request-id.ts'

/** What the admin port shows. */
export interface AdminParts {
  readonly log: Log
  /** Bearer token that `/metrics` asks for; without one it answers everybody who reaches the port. */
  readonly metricsToken: string | undefined
  /** Content type and text of the metrics. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
}

/** The operators' port. */
export interface AdminServer {
  /** Resolves with its address; port 0 takes any free one. @throws the system's error where the port can't be had */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>
  /** Ends every connection and gives the port back. */
  close(): Promise<void>
}

/** How long nothing may come or go on a connection. */
const stallMs = 60_000

/** The operators' port, not listening yet. Bare `node:http`: for one path the main thread need not hold a framework, some 7 MB. */
export function createAdminServer(parts: AdminParts): AdminServer {
  const limits = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 }
  const server = createServer(limits, (request, response) => {
    answer(parts, request, response).catch((error: unknown) => refuse(parts.log, request, response, error))
  })
  server.setTimeout(stallMs)
  return {
    async listen({ host, port }) {
      server.listen({ host, port })
      await once(server, 'listening')
      return `http://${isIPv6(host) ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const methods = ['GET', 'HEAD']

async function answer({ metricsToken, metrics }: AdminParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (pathOf(request) !== '/metrics') throw new TrinityError('TRN_NOT_FOUND', `There is nothing at ${pathOf(request)}; the metrics are at /metrics.`)
  if (!methods.includes(request.method ?? '')) {
    response.setHeader('allow', methods.join(', '))
    throw new TrinityError('TRN_METHOD_NOT_ALLOWED', `${request.method ?? ''} is not possible here; use ${methods.join(' or ')}.`)
  }
  if (metricsToken !== undefined && !isToken(metricsToken, request.headers.authorization))
    throw new TrinityError('TRN_KEY_INVALID', 'The metrics need their bearer token; see TRINITY_METRICS_TOKEN.')
  const { type, text } = await metrics()
  send(response, 200, type, text)
}

function refuse(log: Log, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const requestId = requestIdOf(request.headers['x-request-id'])
  const known = error instanceof TrinityError ? error : new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again.', { cause: error })
  if (known.code === 'TRN_INTERNAL') log.error({ requestId, error: errorText(error) }, 'a request failed')
  if (known.status === 401) response.setHeader('www-authenticate', 'Bearer realm="trinity"')
  send(response, known.status, 'application/json; charset=utf-8', errorBody(pathOf(request), known, requestId))
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}

/** The path without its query, as far as it is safe to repeat. */
function pathOf({ url = '' }: IncomingMessage): string {
  return (url.split('?', 1)[0] ?? '').slice(0, 200)
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function isToken(token: string, authorization: string | undefined): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(Buffer.from(hashKey(given)), Buffer.from(hashKey(token)))
}
