import { randomUUID } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TrinityError } from '@trinity/core'
import { endLingering } from './connection-end.ts'
import { endpointOf, errorBody, jsonType, retryAfterOf } from './error-body.ts'
import { requestIdOf } from './request-id.ts'

/** Responds to a request with an error; the connection closes after it. */
export function respondWithError(request: IncomingMessage, response: ServerResponse, error: TrinityError): void {
  const requestId = requestIdOf(request.rawHeaders)
  const body = errorBody(endpointOf(request), error, requestId)
  const fields = { 'x-request-id': requestId, 'content-type': jsonType, 'content-length': Buffer.byteLength(body) }
  if (error.status === 503) response.setHeader('retry-after', retryAfterOf(error))
  response.writeHead(error.status, { ...fields, connection: 'close' }).end(body)
}

/** Writes an error where there is no response object to write it to, and ends the connection. */
export function endWithError(socket: Duplex, error: TrinityError, request?: IncomingMessage): void {
  const requestId = request === undefined ? randomUUID() : requestIdOf(request.rawHeaders)
  const body = errorBody(request === undefined ? '' : endpointOf(request), error, requestId)
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    `X-Request-Id: ${requestId}`,
    `Content-Type: ${jsonType}`,
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(error.status === 503 ? [`Retry-After: ${retryAfterOf(error)}`] : []),
    'Connection: close',
  ]
  endLingering(socket, `${head.join('\r\n')}\r\n\r\n${body}`)
}
