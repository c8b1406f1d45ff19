import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { timingSafeEqual } from 'node:crypto'
import { TrinityError, errorText, hashKey } from '@trinity/core'
import type { Log } from '../log.ts'
import { refuseAmbiguous } from '../http/ambiguous-request.ts'
import { endpointOf, errorBody, jsonType } from '../http/error-body.ts'
import { limitPipelines, takeRequest } from '../http/pipeline.ts'
import { shareMaking } from '../http/ready-bytes.ts'
import { requestIdOf } from '../http/request-id.ts'
import { answerAsJson, strictOptions } from '../http/strict-server.ts'
import { isLoopback, ownHosts } from './own-hosts.ts'

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

/** Connections at once; one more is closed at once. */
export const maxAdminConnections = 64

/** How long requests may be and take, bytes and milliseconds. */
export const adminLimits = { headersTimeout: 5000, requestTimeout: 10_000, maxHeaderSize: 8192 }

/** The operators' port, not listening yet. Bare `node:http`: for one path the main thread need not hold a framework, some 7 MB. */
export function createAdminServer(given: AdminParts): AdminServer {
  const parts = { ...given, metrics: shareMaking(() => given.metrics()) }
  let isOwnHost = ownHosts('127.0.0.1')
  const server = createServer({ ...adminLimits, connectionsCheckingInterval: 1000, ...strictOptions }, (request, response) => {
    takeRequest(request, response)
    if (refuseAmbiguous(request, response)) return
    response.setHeader('x-request-id', requestIdOf(request.rawHeaders))
    answer(parts, request, response, isOwnHost).catch((error: unknown) => refuse(parts.log, request, response, error))
  })
  answerAsJson(server)
  limitPipelines(server)
  server.maxConnections = maxAdminConnections
  server.setTimeout(stallMs)
  return {
    async listen({ host, port }) {
      isOwnHost = ownHosts(host)
      server.listen({ host, port })
      await once(server, 'listening')
      if (parts.metricsToken === undefined && !isLoopback(host))
        parts.log.warn({ host }, 'other machines reach the operators’ port, and it asks for no token: set TRINITY_METRICS_TOKEN')
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

async function answer(
  { metricsToken, metrics }: AdminParts,
  request: IncomingMessage,
  response: ServerResponse,
  isOwnHost: (host: string) => boolean,
): Promise<void> {
  const { host, authorization } = request.headers
  // Who has the token is no web page that was led here.
  if (metricsToken === undefined && host !== undefined && !isOwnHost(host))
    throw new TrinityError('TRN_HOST_UNKNOWN', 'Without TRINITY_METRICS_TOKEN this port answers only under its address or as localhost.')
  if (endpointOf(request) !== '/metrics')
    throw new TrinityError('TRN_NOT_FOUND', `There is nothing at ${endpointOf(request)}; the metrics are at /metrics.`)
  if (!methods.includes(request.method ?? '')) {
    response.setHeader('allow', methods.join(', '))
    throw new TrinityError('TRN_METHOD_NOT_ALLOWED', `${request.method ?? ''} is not possible here; use ${methods.join(' or ')}.`)
  }
  if (metricsToken !== undefined && !isToken(metricsToken, authorization))
    throw new TrinityError('TRN_KEY_INVALID', 'The metrics need their bearer token; see TRINITY_METRICS_TOKEN.')
  const { type, text } = await metrics()
  send(response, 200, type, text)
}

function refuse(log: Log, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const requestId = String(response.getHeader('x-request-id'))
  const known = error instanceof TrinityError ? error : new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again.', { cause: error })
  if (known.code === 'TRN_INTERNAL') log.error({ requestId, error: errorText(error) }, 'a request failed')
  if (known.status === 401) response.setHeader('www-authenticate', 'Bearer realm="trinity"')
  send(response, known.status, jsonType, errorBody(endpointOf(request), known, requestId))
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function isToken(token: string, authorization: string | undefined): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(Buffer.from(hashKey(given)), Buffer.from(hashKey(token)))
}
