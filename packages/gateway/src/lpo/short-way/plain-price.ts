import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { TrinityError } from '@trinity/core'
import type { CallerDoor } from '../../access/caller-door.ts'
import type { LimitHeaders } from '../../access/limit-headers.ts'
import type { Connections } from '../../http/connections/connections.ts'
import { headerOf } from '../../http/header.ts'
import type { LoadShedder } from '../../shedding/load-shedder.ts'
import { overloaded } from '../caller-hook.ts'
import { errorBody, jsonType, retryAfterOf } from '../../http/error-body.ts'
import type { LpoMeter } from '../lpo-meter.ts'
import { priceBody } from '../price-body.ts'
import type { PriceService } from '../price-service.ts'
import { watchStall } from '../stall.ts'
import type { KnownCallers } from './known-callers.ts'
import { requestIdOf } from '../../http/request-id.ts'

/** What the short way works with. */
export interface PlainPriceParts {
  readonly door: CallerDoor
  readonly callers: KnownCallers
  readonly connections: Pick<Connections, 'noteKey'>
  readonly shedder: LoadShedder
  readonly prices: PriceService
  readonly meter: LpoMeter
  readonly node: string
  readonly mode?: string | undefined
}

/** Answers a request, or says that it did nothing about it. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse) => boolean

/** Most paths remembered; with one more, all are forgotten. */
const mostPaths = 4096
const plainQuestion = /^\/price\?asset=([A-Za-z0-9]{1,15})$/

/**
 * The short way for what nearly all callers ask: `GET /price` of an asset and nothing else, with a key within its limits and a price on
 * the board. It answers as the route does and spares it the framework. Everything else it leaves to the route, before it counts anything.
 */
export function createShortWay({ door, callers, connections, shedder, prices, meter, node, mode }: PlainPriceParts): ShortWay {
  /** By the path of a question that had an answer. */
  const assets = new Map<string, string>()

  function answer(request: IncomingMessage, response: ServerResponse, asset: string): boolean {
    const startedAt = performance.now()
    const keyRow = callers.rowOf(headerOf(request, 'authorization'))
    connections.noteKey(request, keyRow)
    if (!shedder.admit()) return refuse(request, response, keyRow, door.look(keyRow) ?? overloaded)
    const price = prices.find({ asset })
    if (price === undefined) return false
    const refusal = door.admit(keyRow)
    if (refusal !== undefined) return refuse(request, response, keyRow, refusal)
    const latencyMs = performance.now() - startedAt
    const body = priceBody(price, { node, latencyMs, durationMs: latencyMs })
    meter.price(keyRow, price, latencyMs)
    const fields = headerFields(requestIdOf(request.rawHeaders), door.headers(keyRow), body.length)
    if (mode !== undefined) fields.splice(2, 0, 'trinity-mode', mode)
    response.writeHead(200, fields)
    response.end(body, 'latin1')
    watchStall(request.socket)
    return true
  }

  /** As the route would, at a fraction of the cost: under a flood it is what most of the time would go into. */
  function refuse(request: IncomingMessage, response: ServerResponse, keyRow: number, error: TrinityError): boolean {
    // A key that was just revoked, which the route finds once more.
    if (error.code === 'TRN_KEY_REVOKED') return false
    const requestId = requestIdOf(request.rawHeaders)
    const body = errorBody('/price', error, requestId)
    meter.refusal({ keyRow }, error)
    const fields = headerFields(requestId, door.headers(keyRow), body.length)
    fields.splice(-4, 0, 'retry-after', retryAfterOf(error))
    if (mode !== undefined) fields.splice(2, 0, 'trinity-mode', mode)
    response.writeHead(error.status, fields)
    response.end(body, 'latin1')
    watchStall(request.socket)
    return true
  }

  /** Names and values in turn, in one piece, since they are made for each answer. */
  function headerFields(requestId: string, limits: LimitHeaders, length: number): string[] {
    const bytes = String(length)
    if (limits === undefined) return ['x-request-id', requestId, 'content-type', jsonType, 'content-length', bytes]
    const { 'ratelimit-policy': policy, ratelimit } = limits
    return ['x-request-id', requestId, 'ratelimit-policy', policy, 'ratelimit', ratelimit, 'content-type', jsonType, 'content-length', bytes]
  }

  function keep(path: string, asset: string): void {
    if (assets.size === mostPaths) assets.clear()
    assets.set(path, asset)
  }

  return (request, response) => {
    const { method, url = '' } = request
    if (method !== 'GET') return false
    const known = assets.get(url)
    const asset = known ?? plainQuestion.exec(url)?.[1]?.toUpperCase()
    if (asset === undefined) return false
    try {
      if (!answer(request, response, asset)) return false
      if (known === undefined) keep(url, asset)
      return true
    } catch {
      // A bad key or an old price: the route says so.
      return false
    }
  }
}
