import { type IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http'
import swagger from '@fastify/swagger'
import { type Clock, TrinityError } from '@trinity/core'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type ZodTypeProvider, jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Log } from '../log.ts'
import type { CountHttpRefusal } from '../metrics/http-refusals.ts'
import { answerErrors, sendError } from './error-answers.ts'
import { type PriceRouteParts, addPriceRoutes } from './price-routes.ts'
import { refuseAmbiguous } from '../http/ambiguous-request.ts'
import { respondWithError } from '../http/error-response.ts'
import { Connections } from '../http/connections/connections.ts'
import { limitPipelines, takeRequest } from '../http/pipeline.ts'
import { requestIdOf } from '../http/request-id.ts'
import { answerAsJson, strictOptions } from '../http/strict-server.ts'
import { RequestQueue } from '../shedding/request-queue.ts'
import { overloaded, unmetered } from './caller-hook.ts'
import { addDocsRoutes } from './docs/docs-routes.ts'
import { takeJsonOnly } from './json-body.ts'
import type { LpoServer } from './lpo-server.ts'
import { stallMs } from './stall.ts'
import { KnownCallers } from './short-way/known-callers.ts'
import { createShortWay } from './short-way/plain-price.ts'
import { type StatusRouteParts, addStatusRoutes } from './status-routes.ts'
import { type PageRouteParts, addPageRoutes } from '../status/page-routes.ts'
import { type StreamRouteParts, addStreamRoutes } from '../stream/stream-routes.ts'
import { isStreamUpgrade } from '../stream/carrier/web-socket-door.ts'

/** What the price oracle's HTTP server works with. */
export interface LpoParts extends Omit<PriceRouteParts & StreamRouteParts, 'shedder' | 'connections'>, PageRouteParts {
  readonly control: StatusRouteParts & StreamRouteParts['control']
  readonly log: Log
  readonly clock: Clock
  readonly trustProxy: readonly string[]
  /** Connections that callers may have at once. */
  readonly maxConnections: number
  /** What a request may wait under load, in CPU time of the thread, milliseconds. */
  readonly shedAfterMs: number
  /** Whether the server is about to close: from then on each answer is the last of its connection. */
  isLeaving(): boolean
  /** Value of the `Trinity-Mode` header; absent on live prices. */
  readonly mode?: string | undefined
  /** Counts what is refused before a route sees it. */
  readonly countRefusal: CountHttpRefusal
}

/** Longest request body, bytes. */
export const bodyLimit = 16_384

/** How long requests and pauses between them may be, milliseconds and bytes. */
export const httpLimits = { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 30_000, maxHeaderSize: 8192 }

/** The price oracle over HTTP, not listening yet. */
export async function createLpoServer(parts: LpoParts): Promise<LpoServer> {
  const markAnswer = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.header('x-request-id', request.id)
    if (parts.mode !== undefined) reply.header('trinity-mode', parts.mode)
  }
  const callers = new KnownCallers(parts.door)
  const { trustProxy, clock, log, countRefusal } = parts
  const connections = new Connections({ max: parts.maxConnections, trustProxy, clock, log, count: countRefusal })
  const requests: RequestQueue<IncomingMessage, ServerResponse> = new RequestQueue(
    (request, response) => work(request, response),
    (request) => {
      const keyRow = connections.customerOf(request)
      // What a key asks beyond its limits is refused in any case, and keeps nobody waiting.
      return keyRow !== undefined && parts.door.look(keyRow) === undefined
    },
    parts.shedAfterMs,
  )
  let answerByRoute: RequestListener = unusedListener
  const takeShortWay = createShortWay({ ...parts, callers, connections, shedder: requests })
  function work(request: IncomingMessage, response: ServerResponse): void {
    // Its body was no HTTP, which it has been told.
    if (response.writableEnded) return
    if (!parts.isLeaving() && takeShortWay(request, response)) return
    request.socket.setTimeout(stallMs)
    answerByRoute(request, response)
  }
  const identify = (authorization: string | undefined): number => callers.rowOf(authorization)
  const server: LpoServer = fastify({
    logger: false,
    schemaController: { compilersFactory: { buildValidator: unusedCompiler, buildSerializer: unusedCompiler } },
    bodyLimit,
    serverFactory: (answer) => {
      answerByRoute = answer
      return createHttpServer(countRefusal, (request, response) => {
        const isLast = takeRequest(request, response)
        if (refuseAmbiguous(request, response, countRefusal) || connections.refuse(request, response, identify)) return
        // The answer to the last that a connection may ask waits until it is seen whether there is more.
        if (requests.add(request, response, isLast)) return
        countRefusal('http_overloaded')
        respondWithError(request, response, overloaded)
      })
    },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: (request) => requestIdOf(request.rawHeaders),
    frameworkErrors(_error, request, reply) {
      markAnswer(request, reply)
      void sendError(request, reply, new TrinityError('TRN_BAD_REQUEST', 'The path of the request is malformed.'))
    },
    // The server has one.
    clientErrorHandler: () => undefined,
  }).withTypeProvider<ZodTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  takeJsonOnly(server)
  server.decorateRequest('keyRow', unmetered)
  server.addHook('onRequest', (request, reply, done) => {
    markAnswer(request, reply)
    if (parts.isLeaving()) reply.header('connection', 'close')
    done()
  })
  answerErrors(server, parts.log, (request, error) => parts.meter.refusal(request, error))
  await server.register(swagger, { openapi: openApiHead, transform: jsonSchemaTransform })
  connections.watch(server.server)
  addPriceRoutes(server, { ...parts, connections, shedder: requests })
  addStatusRoutes(server, parts.control, parts.clock)
  addStreamRoutes(server, { ...parts, connections })
  addPageRoutes(server, parts)
  addDocsRoutes(server)
  return server
}

/** In place of the framework's own compilers, which it would load, some 2 MB in every serving thread: the routes have those of zod. */
function unusedCompiler(): never {
  throw new TrinityError('TRN_INTERNAL', 'A route was added before its compilers were set.')
}

/** Stands in until the framework has made its own. */
function unusedListener(): never {
  throw new TrinityError('TRN_INTERNAL', 'A request came before there were routes.')
}

function createHttpServer(countRefusal: CountHttpRefusal, answer: RequestListener): Server {
  const server = createServer({ ...httpLimits, connectionsCheckingInterval: 1000, ...strictOptions, shouldUpgradeCallback: isStreamUpgrade }, answer)
  answerAsJson(server, countRefusal)
  limitPipelines(server)
  return server
}

const openApiHead = {
  openapi: '3.1.0',
  info: { title: 'Trinity price oracle', version: '1.0.0', description: 'Exact prices of six exchanges, honest about their age.' },
  components: { securitySchemes: { apiKey: { type: 'http' as const, scheme: 'bearer', description: 'Authorization: Bearer KEY' } } },
}
