import { type ErrorCode, TrinityError, isTrinityError } from '@trinity/core'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Log } from '../log.ts'
import { endpointOf, errorBody, jsonType, retryAfterOf } from '../http/error-body.ts'

/** Told of each error answer before it leaves. */
export type RefusalObserver = (request: FastifyRequest, error: TrinityError) => void

/** Makes every error of a server the coded JSON body; what is not ours becomes `TRN_INTERNAL` and goes to the log. */
export function answerErrors(server: FastifyInstance, log: Log, observe: RefusalObserver = () => undefined): void {
  server.setErrorHandler((error, request, reply) => {
    const known = toTrinityError(error)
    observe(request, known)
    if (known.code === 'TRN_INTERNAL') log.error({ requestId: request.id, error: String(error) }, 'a request failed')
    return sendError(request, reply, known)
  })
  const refuse = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const methods = allowedMethods(server, endpointOf(request))
    if (methods.length === 0)
      return sendError(request, reply, new TrinityError('TRN_NOT_FOUND', `There is nothing at ${endpointOf(request)}; /docs shows what there is.`))
    reply.header('allow', methods.join(', '))
    return sendError(
      request,
      reply,
      new TrinityError('TRN_METHOD_NOT_ALLOWED', `${request.method} is not possible here; use ${methods.join(' or ')}.`),
    )
  }
  server.setNotFoundHandler(refuse)
  // Before the framework judges a body that nobody reads.
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) refuse(request, reply)
    else done()
  })
}

/** Answers an error that arose before a route was found or outside its handlers. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: TrinityError): FastifyReply {
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="trinity"')
  if (error.status === 503 || error.status === 429) reply.header('retry-after', retryAfterOf(error))
  return reply
    .code(error.status)
    .type(jsonType)
    .send(errorBody(endpointOf(request), error, request.id))
}

function allowedMethods(server: FastifyInstance, path: string): string[] {
  return (['GET', 'HEAD', 'POST'] satisfies HTTPMethods[]).filter((method) => server.hasRoute({ method, url: path }))
}

/** What the framework's own refusals are called here. */
const fastifyErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['TRN_BODY_TOO_LARGE', 'The request body is too long for this path.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['TRN_MEDIA_TYPE', 'The request body must be application/json; set the Content-Type header.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['TRN_BAD_REQUEST', 'body: is empty; it must be a JSON object.'],
}

interface FieldProblem {
  readonly instancePath?: string
  readonly message?: string
}

function toTrinityError(error: unknown): TrinityError {
  if (isTrinityError(error) && error.status > 0) return error
  const { code, statusCode, validation } = error as { code?: string; statusCode?: number; validation?: readonly FieldProblem[] }
  const problem = validation?.[0]
  if (problem !== undefined) return new TrinityError('TRN_BAD_REQUEST', fieldMessage(problem))
  const translated = code === undefined ? undefined : fastifyErrors[code]
  if (translated !== undefined) return new TrinityError(...translated)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new TrinityError('TRN_BAD_REQUEST', 'body: is not valid JSON, or the request is malformed.')
  return new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again, and report the request id if it happens again.', { cause: error })
}

function fieldMessage({ instancePath = '', message = 'is not allowed' }: FieldProblem): string {
  const field = instancePath
    .replace(/^\//, '')
    .replace(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.')
  return `${field === '' ? 'body' : field}: ${message}.`
}
