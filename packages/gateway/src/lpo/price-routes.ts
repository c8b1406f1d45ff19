import { type KeyStore, TrinityError, isTrinityError } from '@trinity/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { authenticate } from '../access/authenticate.ts'
import { type PriceFailure, priceBody, pricesBody } from './price-body.ts'
import type { PriceQuestion, PriceService, ServedPrice } from './price-service.ts'
import { errorAnswer, priceAnswer, priceQuery, pricesAnswer, pricesRequest } from './schemas.ts'
import type { LpoServer } from './lpo-server.ts'

/** What the price routes work with. */
export interface PriceRouteParts {
  readonly keys: KeyStore
  readonly prices: PriceService
  readonly node: string
  isVenue(name: string): boolean
}

const failures = { '4xx': errorAnswer, '5xx': errorAnswer }
const jsonType = 'application/json; charset=utf-8'

/** `GET /price` and `POST /prices`. */
export function addPriceRoutes(server: LpoServer, { keys, prices, node, isVenue }: PriceRouteParts): void {
  const security = [{ apiKey: [] }]
  const checkKey = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      authenticate(keys, request.headers.authorization)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  server.route({
    method: 'GET',
    url: '/price',
    onRequest: checkKey,
    schema: { summary: 'The newest trade price of one asset', security, querystring: priceQuery, response: { 200: priceAnswer, ...failures } },
    handler(request, reply) {
      const startedAt = performance.now()
      const { asset, quote, source, max_age: maxAgeSeconds } = request.query
      if (source !== undefined && !isVenue(source))
        throw new TrinityError('TRN_BAD_REQUEST', `source: '${source}' is no venue; /exchanges lists them.`)
      const question: PriceQuestion = { asset, quote, venue: source, maxAgeSeconds }
      const send = (price: ServedPrice): void => {
        const latencyMs = performance.now() - startedAt
        sendText(reply, priceBody(price, { node, latencyMs, durationMs: performance.now() - startedAt }))
      }
      const price = prices.find(question)
      if (price !== undefined) send(price)
      else void prices.fetch(question).then(send, (error) => sendError(reply, error))
    },
  })

  server.route({
    method: 'POST',
    url: '/prices',
    onRequest: checkKey,
    schema: { summary: 'The newest trade prices of up to 30 assets', security, body: pricesRequest, response: { 200: pricesAnswer, ...failures } },
    async handler(request, reply) {
      const startedAt = performance.now()
      const answers = await Promise.all(request.body.assets.map((asset) => answerOne(prices, asset)))
      const latencyMs = performance.now() - startedAt
      const found = answers.filter((answer) => 'price' in answer)
      const failed = answers.filter((answer) => 'code' in answer)
      sendText(reply, pricesBody(found, failed, { node, latencyMs, durationMs: performance.now() - startedAt }))
      return reply
    },
  })
}

/** Sends ready JSON text; the schemas describe it, but a serializer could not keep the digits of a price. */
function sendText(reply: Pick<FastifyReply, 'type' | 'send'>, body: string): void {
  void reply.type(jsonType).send(body)
}

/** Hands an error to the server's error handler. */
function sendError(reply: Pick<FastifyReply, 'send'>, error: unknown): void {
  void reply.send(error)
}

async function answerOne(prices: PriceService, asset: string): Promise<ServedPrice | PriceFailure> {
  if (!/^[A-Z0-9]{1,15}$/.test(asset)) return { asset, code: 'TRN_ASSET_UNKNOWN', message: 'A ticker has 1 to 15 letters and digits.' }
  try {
    return prices.find({ asset }) ?? (await prices.fetch({ asset }))
  } catch (error) {
    if (!isTrinityError(error)) throw error
    return { asset, code: error.code, message: error.message }
  }
}
