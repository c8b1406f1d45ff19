import { isTrinityError } from '@trinity/core'
import type { FastifyReply } from 'fastify'
import type { CallerDoor } from '../access/caller-door.ts'
import type { Connections } from '../http/connections/connections.ts'
import type { LoadShedder } from '../shedding/load-shedder.ts'
import { admitCallers } from './caller-hook.ts'
import { errorFacts } from '../http/error-facts.ts'
import type { LpoMeter } from './lpo-meter.ts'
import type { LpoServer } from './lpo-server.ts'
import { type PriceFailure, priceBody, pricesBody } from './price-body.ts'
import { readPriceQuestion } from './price-query.ts'
import type { PriceService, ServedPrice } from './price-service.ts'
import { errorAnswer, priceAnswer, priceQuery, pricesAnswer, pricesRequest } from './schemas.ts'

/** What the price routes work with. */
export interface PriceRouteParts {
  readonly door: CallerDoor
  readonly shedder: LoadShedder
  readonly connections: Pick<Connections, 'noteKey' | 'slowDown'>
  readonly prices: PriceService
  readonly meter: LpoMeter
  readonly node: string
  isVenue(name: string): boolean
}

const failures = { '4xx': errorAnswer, '5xx': errorAnswer }
const jsonType = 'application/json; charset=utf-8'

/** `GET /price` and `POST /prices`. */
export function addPriceRoutes(server: LpoServer, { door, shedder, connections, prices, meter, node, isVenue }: PriceRouteParts): void {
  const security = [{ apiKey: [] }]
  const onRequest = admitCallers(door, shedder, connections)

  server.route({
    method: 'GET',
    url: '/price',
    onRequest,
    schema: { summary: 'The newest trade price of one asset', security, querystring: priceQuery, response: { 200: priceAnswer, ...failures } },
    // The handler reads the query itself, most often without the schema.
    validatorCompiler: () => () => true,
    handler(request, reply) {
      const startedAt = performance.now()
      const question = readPriceQuestion(request.query, isVenue)
      const send = (price: ServedPrice): void => {
        const latencyMs = performance.now() - startedAt
        const body = priceBody(price, { node, latencyMs, durationMs: performance.now() - startedAt })
        meter.price(request.keyRow, price, latencyMs)
        sendText(reply, body)
      }
      const price = prices.find(question)
      if (price !== undefined) send(price)
      else void prices.fetch(question).then(send, (error) => sendError(reply, error))
    },
  })

  server.route({
    method: 'POST',
    url: '/prices',
    onRequest,
    schema: { summary: 'The newest trade prices of up to 30 assets', security, body: pricesRequest, response: { 200: pricesAnswer, ...failures } },
    async handler(request, reply) {
      const startedAt = performance.now()
      const answers = await Promise.all(request.body.assets.map((asset) => answerOne(prices, asset)))
      const latencyMs = performance.now() - startedAt
      const found = answers.filter((answer) => 'price' in answer)
      const failed = answers.filter((answer) => 'code' in answer)
      const body = pricesBody(found, failed, { node, latencyMs, durationMs: performance.now() - startedAt })
      meter.prices(request.keyRow, found, failed.length, latencyMs)
      sendText(reply, body)
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
    return { asset, ...errorFacts(error) }
  }
}
