import { timingSafeEqual } from 'node:crypto'
import { TrinityError, hashKey } from '@trinity/core'
import fastify, { type FastifyInstance } from 'fastify'
import { answerErrors } from '../lpo/error-answers.ts'
import type { Log } from '../log.ts'

/** What the admin port shows. */
export interface AdminParts {
  readonly log: Log
  /** Bearer token that `/metrics` asks for; without one it answers everybody who reaches the port. */
  readonly metricsToken: string | undefined
  /** Content type and text of the metrics. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
}

/** The operators' port, not listening yet. */
export function createAdminServer({ log, metricsToken, metrics }: AdminParts): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: 16_384,
    requestTimeout: 10_000,
    connectionTimeout: 60_000,
    forceCloseConnections: true,
    return503OnClosing: false,
    http: { headersTimeout: 5000, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 },
  })
  answerErrors(server, log)
  server.get('/metrics', async (request, reply) => {
    if (metricsToken !== undefined && !isToken(metricsToken, request.headers.authorization))
      throw new TrinityError('TRN_KEY_INVALID', 'The metrics need their bearer token; see TRINITY_METRICS_TOKEN.')
    const { type, text } = await metrics()
    return reply.type(type).send(text)
  })
  return server
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function isToken(token: string, authorization: string | undefined): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(Buffer.from(hashKey(given)), Buffer.from(hashKey(token)))
}
