import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallerDoor } from '../access/caller-door.ts'
import type { Budget } from './caller-hook.ts'
import type { LpoMeter } from './lpo-meter.ts'
import { priceBody } from './price-body.ts'
import type { PriceService, ServedPrice } from './price-service.ts'
import { requestIdOf } from './request-id.ts'

/** What the short way works with. */
export interface PlainPriceParts {
  readonly door: CallerDoor
  readonly budget: Budget
  readonly prices: PriceService
  readonly meter: LpoMeter
  readonly node: string
  readonly mode?: string | undefined
}

const plainQuestion = /^\/price\?asset=([A-Za-z0-9]{1,15})$/

/**
 * A short way for the question that nearly all callers ask: `GET /price` with an asset and nothing else, a price on the board, and a
 * key within its limits. It answers that as the route does, at half of its cost. Of everything else it keeps its hands off, before
 * anything is counted, and the route has it.
 */
export function plainPriceAnswerer({ door, budget, prices, meter, node, mode }: PlainPriceParts): (request: IncomingMessage, response: ServerResponse) => boolean {
  const modeFields = mode === undefined ? [] : ['trinity-mode', mode]

  function admit(request: IncomingMessage): number {
    try {
      const keyRow = door.identify(request.headers.authorization)
      return budget.take() && door.admit(keyRow) === undefined ? keyRow : -1
    } catch {
      return -1
    }
  }

  function find(asset: string): ServedPrice | undefined {
    try {
      return prices.find({ asset })
    } catch {
      return undefined
    }
  }

  return (request, response) => {
    const startedAt = performance.now()
    const asset = request.method === 'GET' ? plainQuestion.exec(request.url ?? '')?.[1] : undefined
    const price = asset === undefined ? undefined : find(asset.toUpperCase())
    if (price === undefined) return false
    const keyRow = admit(request)
    if (keyRow < 0) return false
    const limits = door.headers(keyRow)
    const latencyMs = performance.now() - startedAt
    const body = priceBody(price, { node, latencyMs, durationMs: latencyMs })
    meter.price(keyRow, price, latencyMs)
    const fields = ['x-request-id', requestIdOf(request.headers['x-request-id']), ...modeFields]
    if (limits !== undefined) fields.push('ratelimit-policy', limits['ratelimit-policy'], 'ratelimit', limits.ratelimit)
    fields.push('content-type', 'application/json; charset=utf-8', 'content-length', String(Buffer.byteLength(body)))
    response.writeHead(200, fields)
    response.end(body)
    return true
  }
}
