import { randomUUID } from 'node:crypto'
import { type RequestListener, type Server, createServer } from 'node:http'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { TrinityError } from '@trinity/core'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type ZodTypeProvider, jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Log } from '../log.ts'
import { answerErrors, errorBody, sendError } from './error-answers.ts'
import { type PriceRouteParts, addPriceRoutes } from './price-routes.ts'
import { unmetered } from './caller-hook.ts'
import type { LpoServer } from './lpo-server.ts'
import { stallMs } from './stall.ts'
import { createShortWay } from './short-way/plain-price.ts'
import { requestIdOf } from './short-way/request-id.ts'
import { type StatusRouteParts, addStatusRoutes } from './status-routes.ts'
import { type PageRouteParts, addPageRoutes } from '../status/page-routes.ts'
import { type StreamRouteParts, addStreamRoutes } from '../stream/stream-routes.ts'
import { isStreamUpgrade } from '../stream/carrier/web-socket-door.ts'

/** What the price oracle's HTTP server works with. */
export interface LpoParts extends PriceRouteParts, StreamRouteParts, PageRouteParts {
  readonly control: StatusRouteParts & StreamRouteParts['control']
  readonly log: Log
  readonly trustProxy: readonly string[]
  /** Whether the server is about to close: from then on each answer is the last of its connection. */
  isLeaving(): boolean
  /** Value of the `Trinity-Mode` header; absent on live prices. */
  readonly mode?: string | undefined
}

/** Longest request body, bytes. */
const bodyLimit = 16_384

/** The price oracle over HTTP, not listening yet. */
export async function createLpoServer(parts: LpoParts): Promise<LpoServer> {
  const markAnswer = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.header('x-request-id', request.id)
    if (parts.mode !== undefined) reply.header('trinity-mode', parts.mode)
  }
  const takeShortWay = createShortWay(parts)
  const server: LpoServer = fastify({
    logger: false,
    schemaController: { compilersFactory: { buildValidator: unusedCompiler, buildSerializer: unusedCompiler } },
    bodyLimit,
    trustProxy: parts.trustProxy.length === 0 ? false : [...parts.trustProxy],
    serverFactory: (answer) =>
      createHttpServer((request, response) => {
        if (!parts.isLeaving() && takeShortWay(request, response)) return
        request.socket.setTimeout(stallMs)
        answer(request, response)
      }),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    frameworkErrors(_error, request, reply) {
      markAnswer(request, reply)
      void sendError(request, reply, new TrinityError('TRN_BAD_REQUEST', 'The path of the request is malformed.'))
    },
    clientErrorHandler(error, socket) {
      if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
      const body = errorBody('', new TrinityError('TRN_BAD_REQUEST', 'The request is not valid HTTP, too long or too slow.'), randomUUID())
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
    },
  }).withTypeProvider<ZodTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  server.removeContentTypeParser('text/plain')
  server.decorateRequest('keyRow', unmetered)
  answerErrors(server, parts.log, (request, error) => parts.meter.refusal(request, error))
  server.addHook('onRequest', (request, reply, done) => {
    markAnswer(request, reply)
    if (parts.isLeaving()) reply.header('connection', 'close')
    done()
  })
  await server.register(swagger, { openapi: openApiHead, transform: jsonSchemaTransform })
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // The page must also work where the server is reached without TLS.
    transformStaticCSP: (policy) => policy.replace(/\s*upgrade-insecure-requests;?/, ''),
    theme: { title: 'Trinity API', css: [{ filename: 'theme.css', content: '.swagger-ui .topbar { display: none }' }] },
  })
  addPriceRoutes(server, parts)
  addStatusRoutes(server, parts.control)
  addStreamRoutes(server, parts)
  addPageRoutes(server, parts)
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger())
  return server
}

/** In place of the framework's own compilers, which it would load, some 2 MB in every serving thread: the routes have those of zod. */
function unusedCompiler(): never {
  throw new TrinityError('TRN_INTERNAL', 'A route was added before its compilers were set.')
}

function createHttpServer(answer: RequestListener): Server {
  const limits = { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 30_000, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 }
  return createServer({ ...limits, shouldUpgradeCallback: isStreamUpgrade }, answer)
}

const openApiHead = {
  openapi: '3.1.0',
  info: { title: 'Trinity price oracle', version: '1.0.0', description: 'Exact prices of six exchanges, honest about their age.' },
  components: { securitySchemes: { apiKey: { type: 'http' as const, scheme: 'bearer', description: 'Authorization: Bearer KEY' } } },
}
