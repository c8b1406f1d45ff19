import { assetStatus, cacheTiers, currencies, messageType, noSource, otherCurrency, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf } from './header.ts'
import { isZero, readUint32, readUint48 } from './integers.ts'
import { hasPrice, quoteEntryOffset, quoteOffset } from './quote.ts'

/** An asset with a price. */
export interface PricedQuote {
  /** As asked for, in upper case. */
  readonly asset: string
  /** `stale`: the newest evidence is older than the server's limit for this asset. */
  readonly status: 'fresh' | 'stale'
  /** Decimal text with exactly the digits of the exchange. */
  readonly price: string
  /** What the price is quoted in. */
  readonly currency: (typeof currencies)[number] | 'other'
  /** The wire number of the exchange as its `/exchanges` entry shows it; null where the price is not from one alone. */
  readonly source: number | null
  /** Where the evidence came from. */
  readonly cacheTier: (typeof cacheTiers)[number]
  /** The trade's own time in epoch milliseconds; null where it is not known. */
  readonly tradedAt: number | null
  /** How long ago the price was last confirmed, by the clock of the server. */
  readonly ageMs: number
}

/** An asset without one: not known to the server, or known but without a price it may serve now. */
export interface EmptyQuote {
  readonly asset: string
  readonly status: 'unknown' | 'unavailable'
}

/** What a server says of one asset. */
export type Quote = PricedQuote | EmptyQuote

/** A QUOTE by its fields. */
export interface QuoteAnswer {
  readonly requestId: number
  /** Epoch milliseconds by the clock of the server. */
  readonly serverTimeMs: number
  readonly quotes: readonly Quote[]
}

/**
 * A QUOTE by its fields, for the assets asked for in their order; undefined where it is malformed or answers another number
 * of assets. Its tag is checked apart.
 */
export function readQuote(bytes: Uint8Array, offset: number, length: number, assets: readonly string[]): QuoteAnswer | undefined {
  if (messageTypeOf(bytes, offset, length) !== messageType.quote || length > wireSize.datagramMost) return undefined
  if (bytes[offset + quoteOffset.count] !== assets.length || bytes[offset + quoteOffset.zero] !== 0) return undefined
  const end = offset + length - wireSize.tag
  const quotes: Quote[] = []
  let at = offset + quoteOffset.entries
  for (const asset of assets) {
    const next = at + quoteEntryOffset.price + (bytes[at + quoteEntryOffset.priceLength] ?? 0)
    if (at + quoteEntryOffset.price > end || next > end) return undefined
    const quote = readEntry(bytes, at, next, asset.toUpperCase())
    if (quote === undefined) return undefined
    quotes.push(quote)
    at = next
  }
  if (at !== end) return undefined
  return { requestId: requestIdOf(bytes, offset), serverTimeMs: readUint48(bytes, offset + quoteOffset.time), quotes }
}

function readEntry(bytes: Uint8Array, at: number, next: number, asset: string): Quote | undefined {
  const status = bytes[at] ?? 0
  return hasPrice(status) ? readPriced(bytes, at, next, asset, status) : readEmpty(bytes, at, next, asset, status)
}

function readPriced(bytes: Uint8Array, at: number, next: number, asset: string, status: number): PricedQuote | undefined {
  const cacheTier = cacheTiers[(bytes[at + quoteEntryOffset.tier] ?? 0) - 1]
  const currency = currencyOf(bytes[at + quoteEntryOffset.currency] ?? 0)
  const price = String.fromCharCode(...bytes.subarray(at + quoteEntryOffset.price, next))
  if (cacheTier === undefined || currency === undefined || price.length > wireSize.priceMost || !decimalText.test(price)) return undefined
  const source = bytes[at + quoteEntryOffset.source] ?? 0
  return {
    asset,
    status: status === assetStatus.fresh ? 'fresh' : 'stale',
    price,
    currency,
    source: source === noSource ? null : source,
    cacheTier,
    tradedAt: readUint48(bytes, at + quoteEntryOffset.tradeTime) || null,
    ageMs: readUint32(bytes, at + quoteEntryOffset.age),
  }
}

function readEmpty(bytes: Uint8Array, at: number, next: number, asset: string, status: number): EmptyQuote | undefined {
  const zero =
    bytes[at + quoteEntryOffset.tier] === 0 &&
    bytes[at + quoteEntryOffset.source] === noSource &&
    isZero(bytes, at + quoteEntryOffset.currency, next) &&
    next === at + quoteEntryOffset.price
  if (!zero || (status !== assetStatus.unknown && status !== assetStatus.unavailable)) return undefined
  return { asset, status: status === assetStatus.unknown ? 'unknown' : 'unavailable' }
}

function currencyOf(code: number): PricedQuote['currency'] | undefined {
  return code === otherCurrency ? 'other' : currencies[code]
}

/** The form of a JSON number without sign: what an exchange may write as a price. */
const decimalText = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
