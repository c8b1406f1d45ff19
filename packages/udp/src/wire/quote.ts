import { assetsMost, assetStatus, messageType, noSource, wireSize } from '../protocol.ts'
import { writeHeader } from './header.ts'
import { writeUint16, writeUint32 } from './integers.ts'

export const quoteOffset = { time: 8, count: 14, zero: 15, entries: wireSize.quoteHead } as const

/** Offsets in the entry of one asset. */
export const quoteEntryOffset = {
  status: 0,
  tier: 1,
  source: 2,
  currency: 3,
  tradeTime: 4,
  age: 10,
  priceLength: 14,
  price: wireSize.quoteEntryHead,
} as const

/**
 * Begins a QUOTE and returns where its first entry goes. The server time is given as its upper 16 and lower 32 bits
 * ({@link upperWord}, {@link lowerWord}), which a batch computes once: small integers are never put on the heap.
 */
export function writeQuoteHead(bytes: Uint8Array, offset: number, requestId: number, timeHigh: number, timeLow: number, count: number): number {
  writeHeader(bytes, offset, messageType.quote, requestId)
  writeUint16(bytes, offset + quoteOffset.time, timeHigh)
  writeUint32(bytes, offset + quoteOffset.time + 2, timeLow)
  bytes[offset + quoteOffset.count] = count
  bytes[offset + quoteOffset.zero] = 0
  return offset + quoteOffset.entries
}

/**
 * Writes the entry of an asset with a price and returns where the next one goes, or the tag. The trade time is given as its
 * upper 16 and lower 32 bits (both 0 = unknown), `ageMs` in 32 bits, the price as `priceLength` (0–24) bytes of `price`.
 */
export function writeQuoteEntry(
  bytes: Uint8Array,
  at: number,
  status: number,
  tier: number,
  source: number,
  currency: number,
  tradeHigh: number,
  tradeLow: number,
  ageMs: number,
  price: Uint8Array,
  priceAt: number,
  priceLength: number,
): number {
  writeEntryHead(bytes, at, status, tier, source, currency, tradeHigh, tradeLow, ageMs, priceLength)
  const start = at + quoteEntryOffset.price
  for (let i = 0; i < priceLength; i++) bytes[start + i] = price[priceAt + i] ?? 0
  return start + priceLength
}

/** As {@link writeQuoteEntry}, for a price kept in words of four bytes, the first in the lowest bits. */
export function writeQuoteEntryWords(
  bytes: Uint8Array,
  at: number,
  status: number,
  tier: number,
  source: number,
  currency: number,
  tradeHigh: number,
  tradeLow: number,
  ageMs: number,
  price: Int32Array,
  priceAt: number,
  priceLength: number,
): number {
  writeEntryHead(bytes, at, status, tier, source, currency, tradeHigh, tradeLow, ageMs, priceLength)
  const start = at + quoteEntryOffset.price
  for (let i = 0; i < priceLength; i++) bytes[start + i] = (price[priceAt + (i >> 2)] ?? 0) >>> ((i & 3) << 3)
  return start + priceLength
}

/** Writes the entry of an asset without price (unknown or unavailable) and returns where the next one goes. */
export function writeEmptyQuoteEntry(bytes: Uint8Array, at: number, status: number): number {
  writeEntryHead(bytes, at, status, 0, noSource, 0, 0, 0, 0, 0)
  return at + quoteEntryOffset.price
}

/** The longest QUOTE fits into one datagram whatever the prices. */
export const quoteMost = wireSize.quoteHead + assetsMost * (wireSize.quoteEntryHead + wireSize.priceMost) + wireSize.tag

/** Whether a status comes with a price. */
export function hasPrice(status: number): boolean {
  return status === assetStatus.fresh || status === assetStatus.stale
}

function writeEntryHead(
  bytes: Uint8Array,
  at: number,
  status: number,
  tier: number,
  source: number,
  currency: number,
  tradeHigh: number,
  tradeLow: number,
  ageMs: number,
  priceLength: number,
): void {
  bytes[at] = status
  bytes[at + quoteEntryOffset.tier] = tier
  bytes[at + quoteEntryOffset.source] = source
  bytes[at + quoteEntryOffset.currency] = currency
  writeUint16(bytes, at + quoteEntryOffset.tradeTime, tradeHigh)
  writeUint32(bytes, at + quoteEntryOffset.tradeTime + 2, tradeLow)
  writeUint32(bytes, at + quoteEntryOffset.age, ageMs)
  bytes[at + quoteEntryOffset.priceLength] = priceLength
}
