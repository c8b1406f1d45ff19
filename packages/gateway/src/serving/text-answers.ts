import { type AssetReader, TrinityError, type UsageRecorder, isTrinityError, noWireId, usageProtocols } from '@trinity/core'
import { randomUUID } from 'node:crypto'
import type { CallerDoor } from '../access/caller-door.ts'
import { errorBody } from '../lpo/error-answers.ts'
import { priceBody } from '../lpo/price-body.ts'
import { readPriceQuestion } from '../lpo/price-query.ts'
import type { PriceService } from '../lpo/price-service.ts'
import type { AnswerText } from '../udp/text-mode.ts'

/** What text mode works with. */
export interface TextAnswerParts {
  readonly door: CallerDoor
  readonly prices: PriceService
  readonly usage: UsageRecorder
  readonly assets: AssetReader
  readonly node: string
}

/** Answers people who ask over UDP in JSON as `/price` would; an asset that has to be fetched first is there when they ask again. */
export function createTextAnswers({ door, prices, usage, assets, node }: TextAnswerParts): AnswerText {
  return (request) => {
    const startedAt = performance.now()
    let keyRow = -1
    try {
      if (request === undefined) throw new TrinityError('TRN_BAD_REQUEST', 'The datagram must hold a JSON object such as {"asset":"btc","key":"…"}.')
      keyRow = door.identify(request.key === undefined ? undefined : `Bearer ${request.key}`)
      const refusal = door.admit(keyRow)
      if (refusal !== undefined) throw refusal
      const question = readPriceQuestion({ asset: request.asset }, () => false)
      const price = prices.find(question)
      if (price === undefined) {
        prices.fetch(question).catch(() => undefined)
        throw prices.missOf(question)
      }
      const latencyMs = performance.now() - startedAt
      usage.record(keyRow, assets.entryOf(price.asset), price.wireId, price.tierNumber, usageProtocols.udp, 200)
      return { status: 200, body: priceBody(price, { node, latencyMs, durationMs: performance.now() - startedAt }) }
    } catch (error) {
      const known = isTrinityError(error) ? error : new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again.')
      usage.record(keyRow, -1, noWireId, 0, usageProtocols.udp, known.status)
      return { status: known.status, body: errorBody('/price', known, randomUUID()) }
    }
  }
}
