import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { TrinityError } from '@trinity/core'
import { ambiguityOf } from './ambiguous-request.ts'
import { answerClientError } from './client-error.ts'
import { endAfterResponses, isAnswering } from './connection-end.ts'
import { endWithError } from './error-response.ts'
import type { CountHttpRefusal } from '../metrics/http-refusals.ts'

/** Options for a server of which {@link answerAsJson} is to answer everything: Node's own responses have no body. */
export const strictOptions = { requireHostHeader: false }

/** Gives a server's listener, or a coded JSON body, what Node would respond to by itself. */
export function answerAsJson(server: Server, count: CountHttpRefusal = () => undefined): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (ambiguityOf(request) === undefined) response.writeContinue()
    server.emit('request', request, response)
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    count('http_malformed')
    if (isAnswering(socket)) endAfterResponses(socket)
    else endWithError(socket, new TrinityError('TRN_BAD_REQUEST', 'CONNECT is for proxies; this is none.'), request)
  })
  server.on('clientError', (error, socket) => answerClientError(error, socket, count))
}
