import { TrinityError } from '@trinity/core'
import { errorFacts } from '../http/error-facts.ts'
import { type PriceFailure, priceMembers } from '../lpo/price-body.ts'
import type { ServedPrice } from '../lpo/price-service.ts'
import { Message } from './message.ts'

/** How an asset stands: `unavailable` = without a price that may be served. */
export type AssetState = 'fresh' | 'stale' | 'unavailable'

/** A written price serves readers for so long; later ones get its age told anew. */
const sameAgeMs = 1000

/** What is known of one streamed asset, and the messages that tell it; written once, whoever reads them. */
export class Topic {
  readonly asset: string
  /** Rise with each change of the price and of the state. */
  priceVersion = 0
  statusVersion = 0
  #served: ServedPrice | undefined
  #state: AssetState = 'unavailable'
  #price: Message | undefined
  #writtenAt = 0
  #status: Message | undefined

  constructor(asset: string) {
    this.asset = asset
  }

  /** The price as it may be shown now, with its present age; undefined where there is none. */
  served(now: number): ServedPrice | undefined {
    return this.#state === 'unavailable' || this.#served === undefined ? undefined : aged(this.#served, now)
  }

  /** Takes over what the price service says now, undefined for nothing; true when readers have something to hear. */
  update(found: ServedPrice | undefined, now: number): boolean {
    const state = found === undefined ? 'unavailable' : found.stale ? 'stale' : 'fresh'
    const moved = found !== undefined && !isSame(found, this.#served)
    const turned = state !== this.#state
    if (found !== undefined && (moved || turned)) {
      this.#served = found
      this.#price = undefined
    }
    if (turned) {
      this.#state = state
      this.#status = new Message('status', this.#statusMembers(now))
      this.statusVersion++
    }
    if (moved) this.priceVersion++
    return moved || turned
  }

  /** The newest price as a message; undefined while none may be shown. */
  priceMessage(now: number): Message | undefined {
    if (this.#price === undefined || now - this.#writtenAt >= sameAgeMs) {
      const served = this.served(now)
      if (served === undefined) return undefined
      this.#price = new Message('price', priceMembers(served))
      this.#writtenAt = now
    }
    return this.#price
  }

  /** The newest turn of the state; undefined before the first. */
  get statusMessage(): Message | undefined {
    return this.#status
  }

  #statusMembers(now: number): string {
    const served = this.#served === undefined ? undefined : aged(this.#served, now)
    return JSON.stringify({
      asset: this.asset,
      state: this.#state,
      stale: this.#state !== 'fresh',
      source: served?.source ?? null,
      confirmed_at: served === undefined ? null : new Date(served.confirmedUtc).toISOString(),
      cache_age_seconds: served === undefined ? null : served.ageMs / 1000,
      freshness_limit_seconds: served === undefined ? null : served.freshnessLimitMs / 1000,
      market: served?.market ?? null,
    }).slice(1, -1)
  }
}

/** The first message of a stream: the prices there are, and why the others are missing. */
export function snapshotMessage(topics: readonly Topic[], misses: ReadonlyMap<string, TrinityError>, now: number): Message {
  const prices: string[] = []
  const errors: PriceFailure[] = []
  for (const topic of topics) {
    const served = topic.served(now)
    if (served !== undefined) prices.push(`{${priceMembers(served)}}`)
    else {
      const error = misses.get(topic.asset) ?? new TrinityError('TRN_PRICE_UNAVAILABLE', `There is no price of ${topic.asset} now.`)
      errors.push({ asset: topic.asset, ...errorFacts(error) })
    }
  }
  return new Message('snapshot', `"count":${prices.length},"prices":[${prices.join(',')}],"errors":${JSON.stringify(errors)}`)
}

function aged(served: ServedPrice, now: number): ServedPrice {
  const ageMs = Math.max(0, now - served.confirmedAt)
  return { ...served, ageMs, stale: ageMs > served.freshnessLimitMs }
}

function isSame(one: ServedPrice, other: ServedPrice | undefined): boolean {
  return (
    other !== undefined &&
    one.confirmedAt === other.confirmedAt &&
    one.confirmedUtc === other.confirmedUtc &&
    one.price === other.price &&
    one.source === other.source &&
    one.at === other.at &&
    one.market === other.market &&
    one.tier === other.tier
  )
}
