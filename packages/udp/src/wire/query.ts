import { assetsMost, messageType, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf, sessionHighOf, sessionLowOf, writeHeader, writeSession } from './header.ts'

const countAt = 16
const zeroAt = 17
const assetsAt = 18

/** A client asks for prices. */
export interface Query {
  readonly requestId: number
  readonly sessionHigh: number
  readonly sessionLow: number
  /** Symbols in any case, in the order in which they are to be answered. */
  readonly assets: readonly string[]
}

/**
 * Whether the `length` bytes of a QUERY, tag included, are well formed: as many assets as counted, each of 1 to 15 ASCII bytes,
 * and nothing else before the tag. The header is {@link requestTypeOf}'s business.
 */
export function isQuery(bytes: Uint8Array, offset: number, length: number): boolean {
  const count = bytes[offset + countAt] ?? 0
  if (length < wireSize.queryLeast || count === 0 || count > assetsMost || bytes[offset + zeroAt] !== 0) return false
  const end = offset + length - wireSize.tag
  let at = offset + assetsAt
  let seen = 0
  for (let i = 0; i < count; i++) {
    const next = at + 1 + (bytes[at] ?? 0)
    if (at >= end || next > end || next === at + 1 || next > at + 1 + wireSize.symbolMost) return false
    for (at++; at < next; at++) seen |= bytes[at] ?? 0
  }
  return at === end && seen < 0x80
}

/** How many assets a QUERY asks for. */
export function assetCountOf(bytes: Uint8Array, offset: number): number {
  return bytes[offset + countAt] ?? 0
}

/**
 * Where the first asset of a QUERY stands. There stands the length of the symbol ({@link symbolLengthAt}), behind it the symbol;
 * {@link nextAssetAt} leads to the next. Only for a QUERY that {@link isQuery}.
 */
export function firstAssetAt(offset: number): number {
  return offset + assetsAt
}

/** The length of the symbol of the asset at `at`, whose first byte is at `at + 1`. */
export function symbolLengthAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

/** Where the asset behind that at `at` stands. */
export function nextAssetAt(bytes: Uint8Array, at: number): number {
  return at + 1 + (bytes[at] ?? 0)
}

/** Writes a QUERY without its tag and returns its length so far. The symbols are taken to be 1 to 15 ASCII characters. */
export function writeQuery(bytes: Uint8Array, offset: number, query: Query): number {
  writeHeader(bytes, offset, messageType.query, query.requestId)
  writeSession(bytes, offset, query.sessionHigh, query.sessionLow)
  bytes[offset + countAt] = query.assets.length
  bytes[offset + zeroAt] = 0
  let at = offset + assetsAt
  for (const asset of query.assets) {
    bytes[at++] = asset.length
    for (let i = 0; i < asset.length; i++) bytes[at++] = asset.charCodeAt(i)
  }
  return at - offset
}

/** A QUERY by its fields, undefined where it is malformed; its tag is checked apart. */
export function readQuery(bytes: Uint8Array, offset: number, length: number): Query | undefined {
  if (messageTypeOf(bytes, offset, length) !== messageType.query || !isQuery(bytes, offset, length)) return undefined
  const assets: string[] = []
  let at = firstAssetAt(offset)
  for (let i = assetCountOf(bytes, offset); i > 0; i--) {
    const next = nextAssetAt(bytes, at)
    assets.push(String.fromCharCode(...bytes.subarray(at + 1, next)))
    at = next
  }
  return { requestId: requestIdOf(bytes, offset), sessionHigh: sessionHighOf(bytes, offset), sessionLow: sessionLowOf(bytes, offset), assets }
}
