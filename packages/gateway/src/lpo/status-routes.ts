import type { Clock } from '@trinity/core'
import type { FastifyReply } from 'fastify'
import { jsonType } from '../http/error-body.ts'
import { type ReadyResponse, keepReady, shareMaking } from '../http/ready-bytes.ts'
import { errorAnswer, exchangesAnswer, statusAnswer } from './schemas.ts'
import type { LpoServer } from './lpo-server.ts'

/** How the service stands, in words that are safe for everybody. */
export interface ServiceHealth {
  readonly state: 'ok' | 'degraded' | 'down'
  readonly reasons: readonly string[]
}

/** A venue as `/exchanges` shows it. */
export type Exchange = (typeof exchangesAnswer)['_output']['exchanges'][number]

/** What the status routes show. */
export interface StatusRouteParts {
  /** Why the service is not ready; empty when it is. */
  unready(): Promise<readonly string[]>
  health(): Promise<ServiceHealth>
  exchanges(): Promise<readonly Exchange[]>
}

/** The public routes that tell how the service stands. */
export function addStatusRoutes(server: LpoServer, { unready, health, exchanges }: StatusRouteParts, clock: Clock): void {
  const readyHealth = keepReady(clock, async () => {
    const { state, reasons } = await health()
    const code = state === 'down' ? 503 : 200
    return response(code, statusAnswer.parse({ status_code: code, endpoint: '/health', status: state, reasons: [...reasons] }))
  })
  const readyExchanges = keepReady(clock, async () => {
    const list = await exchanges()
    return response(200, exchangesAnswer.parse({ status_code: 200, endpoint: '/exchanges', count: list.length, exchanges: list }))
  })

  const readUnready = shareMaking(unready)

  server.get('/live', { schema: { summary: 'Whether the process is up', response: { 200: statusAnswer } } }, () => ({
    status_code: 200,
    endpoint: '/live',
    status: 'live',
    reasons: [],
  }))

  server.get(
    '/ready',
    { schema: { summary: 'Whether requests should be sent here', response: { 200: statusAnswer, 503: statusAnswer } } },
    async (_request, reply) => {
      const reasons = [...(await readUnready())]
      const code = reasons.length === 0 ? 200 : 503
      if (code === 503) reply.header('retry-after', '1')
      return reply.code(code).send({ status_code: code, endpoint: '/ready', status: code === 200 ? 'ready' : 'not ready', reasons })
    },
  )

  server.get(
    '/health',
    { schema: { summary: 'How the service stands', response: { 200: statusAnswer, 503: statusAnswer } } },
    async (_request, reply) => sendReady(reply, await readyHealth()),
  )

  server.get(
    '/exchanges',
    { schema: { summary: 'Venues, their state and their listings', response: { 200: exchangesAnswer, '5xx': errorAnswer } } },
    async (_request, reply) => sendReady(reply, await readyExchanges()),
  )
}

function response(status: number, body: unknown): ReadyResponse {
  return { status, bytes: Buffer.from(JSON.stringify(body)) }
}

/** The schemas describe such a response; it needs no serializer any more. */
function sendReady(reply: Pick<FastifyReply, 'code' | 'headers' | 'send'>, { status, bytes }: ReadyResponse): void {
  void reply.code(status).headers({ 'content-type': jsonType }).send(bytes)
}
