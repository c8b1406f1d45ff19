import { TrinityError } from '@trinity/core'
import type { PriceQuestion } from './price-service.ts'
import { priceQuery } from './schemas.ts'

const plainTicker = /^[A-Za-z0-9]{1,15}$/

/**
 * What a caller of `/price` asks for. The plain question, an asset and nothing else, is read without the schema: it is what nearly all
 * callers ask, and the schema costs as much as the answer.
 *
 * @throws TrinityError `TRN_BAD_REQUEST` naming the field
 */
export function readPriceQuestion(query: Readonly<Record<string, unknown>>, isVenue: (name: string) => boolean): PriceQuestion {
  const { asset } = query
  if (typeof asset === 'string' && plainTicker.test(asset) && hasOneField(query)) return { asset: asset.toUpperCase() }
  const { data, error } = priceQuery.safeParse(query)
  if (data === undefined) {
    const [issue] = error.issues
    throw new TrinityError('TRN_BAD_REQUEST', `${issue?.path.join('.') ?? 'asset'}: ${issue?.message ?? 'is not allowed'}.`)
  }
  const { source, quote, max_age: maxAgeSeconds } = data
  if (source !== undefined && !isVenue(source)) throw new TrinityError('TRN_BAD_REQUEST', `source: '${source}' is no venue; /exchanges lists them.`)
  return { asset: data.asset, quote, venue: source, maxAgeSeconds }
}

function hasOneField(query: object): boolean {
  let fields = 0
  for (const _ in query) fields++
  return fields === 1
}
