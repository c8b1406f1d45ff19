import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TrinityError } from '@trinity/core'
import { endAfterResponses, responseUnderWay } from './connection-end.ts'
import { endWithError, respondWithError } from './error-response.ts'
import type { CountHttpRefusal, HttpRefusal } from '../metrics/http-refusals.ts'

/** Connections whose input is of no use any more. */
const failed = new WeakSet<Duplex>()

/**
 * For `clientError`: what is no HTTP, too long or too slow gets one error response, where one is due, and its connection ends. While
 * another response is under way none is due: the client would take it for a part of that one, or for the response to something else.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex, count: CountHttpRefusal): void {
  // The parser reports its error once more with each piece that arrives.
  if (failed.has(socket)) return
  failed.add(socket)
  const { code = '' } = error
  const { bytesRead, parser } = socket as ParsedSocket
  // What is no error of HTTP is one of the connection; and who has sent nothing waits for no response.
  if ((!code.startsWith('HPE_') && code !== timeoutCode) || bytesRead === 0) return void socket.destroy()
  count(counterOf(code))
  const current = responseUnderWay(socket)
  const isInBody = parser?.incoming?.complete === false
  if (isInBody && current?.req === parser.incoming && !current.headersSent) respondWithError(current.req, current, refusalOf(code))
  else if (isInBody || current !== undefined || !socket.writable) endAfterResponses(socket)
  else endWithError(socket, refusalOf(code))
}

interface ParsedSocket extends Socket {
  /** Has the request that came last, also when all of it has. */
  readonly parser?: { readonly incoming?: IncomingMessage | null } | null
}

const timeoutCode = 'ERR_HTTP_REQUEST_TIMEOUT'

function counterOf(code: string): HttpRefusal {
  if (code === timeoutCode) return 'http_too_slow'
  return code.endsWith('_OVERFLOW') ? 'http_too_long' : 'http_malformed'
}

function refusalOf(code: string): TrinityError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new TrinityError('TRN_HEADERS_TOO_LARGE', 'The path and headers of the request are too long.')
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new TrinityError('TRN_BODY_TOO_LARGE', 'The chunk extensions of the request body are too long.')
    case timeoutCode:
      return new TrinityError('TRN_REQUEST_TIMEOUT', 'The request took too long to arrive; try again.')
    default:
      return new TrinityError('TRN_BAD_REQUEST', 'The request is not valid HTTP.')
  }
}
