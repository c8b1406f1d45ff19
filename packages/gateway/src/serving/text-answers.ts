import { TrinityError, isTrinityError } from '@trinity/core'
import { randomUUID } from 'node:crypto'
import type { CallerDoor } from '../access/caller-door.ts'
import { noCaller } from '../lpo/caller-hook.ts'
import { errorBody } from '../http/error-body.ts'
import type { LpoMeter } from '../lpo/lpo-meter.ts'
import { priceBody } from '../lpo/price-body.ts'
import { readPriceQuestion } from '../lpo/price-query.ts'
import type { PriceService } from '../lpo/price-service.ts'
import type { AnswerText } from '../udp/text-mode.ts'

/** What text mode works with. */
export interface TextAnswerParts {
  readonly door: CallerDoor
  readonly prices: PriceService
  readonly meter: LpoMeter
  readonly node: string
}

/** Answers people who ask over UDP in JSON as `/price` would; an asset that has to be fetched first is there when they ask again. */
export function createTextAnswers({ door, prices, meter, node }: TextAnswerParts): AnswerText {
  return (request) => {
    const startedAt = performance.now()
    let keyRow = noCaller
    try {
      if (request === undefined) throw new TrinityError('TRN_BAD_REQUEST', 'The datagram must hold a JSON object such as {"asset":"btc","key":"…"}.')
      keyRow = door.identify(request.key === undefined ? undefined : `Bearer ${request.key}`)
      const refusal = door.admit(keyRow)
      if (refusal !== undefined) throw refusal
      const { asset } = readPriceQuestion({ asset: request.asset }, () => false)
      const price = prices.peek(asset)
      if (price === undefined) throw prices.missOf(asset)
      const latencyMs = performance.now() - startedAt
      meter.price(keyRow, price)
      return { status: 200, body: priceBody(price, { node, latencyMs, durationMs: performance.now() - startedAt }) }
    } catch (error) {
      const known = isTrinityError(error) ? withoutHeaders(error) : new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again.')
      meter.refusal({ keyRow }, known)
      return { status: known.status, body: errorBody('/price', known, randomUUID()) }
    }
  }
}

/** What the texts for HTTP say of its headers, for those who have none. */
function withoutHeaders(error: TrinityError): TrinityError {
  const { code, retryAfterMs } = error
  if (code === 'TRN_KEY_MISSING') return new TrinityError(code, 'An API key is needed; send it along as {"asset":"btc","key":"KEY"}.')
  if (code !== 'TRN_RATE_LIMITED' || retryAfterMs === undefined) return error
  return new TrinityError(code, `The key asks faster than its plan allows; ask again in ${Math.ceil(retryAfterMs)} ms.`, { retryAfterMs })
}
