import fc from 'fast-check'
import { assetsMost, cacheTiers, currencies, messageType, refusalCode, reportGroup, reportKind } from '../src/index.ts'

/** Fields of one datagram in the form of vectors.json. */
export interface Sample {
  readonly name: string
  readonly type: number
  // Each type has fields of its own.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly fields: fc.Arbitrary<any>
}

const bytes = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Buffer.from(value).toString('hex'))
const uint = (bits: number): fc.Arbitrary<number> => fc.maxSafeNat().map((value) => value % 2 ** bits)
const requestId = uint(32)
const session = bytes(8)
const time = uint(48)
const symbol = fc.stringMatching(/^[0-9A-Za-z.-]{1,15}$/)
const price = fc.stringMatching(/^(?:0|[1-9]\d{0,11})(?:\.\d{1,11})?$/)

const priced = fc.record({
  asset: symbol.map((text) => text.toUpperCase()),
  status: fc.constantFrom('fresh', 'stale'),
  price,
  currency: fc.constantFrom(...currencies, 'other'),
  source: fc.option(fc.integer({ min: 0, max: 254 })),
  cacheTier: fc.constantFrom(...cacheTiers),
  tradedAt: fc.option(time.map((value) => value + 1 - Math.floor((value + 1) / 2 ** 48))),
  ageMs: uint(32),
})
const empty = fc.record({ asset: symbol.map((text) => text.toUpperCase()), status: fc.constantFrom('unknown', 'unavailable') })

/** Every kind of datagram with any fields it can carry. */
export const samples: readonly Sample[] = [
  {
    name: 'HELLO',
    type: messageType.hello,
    fields: fc.record({ requestId, keyId: bytes(8), clientTimeMs: fc.maxSafeNat(), clientNonce: bytes(16) }),
  },
  {
    name: 'WELCOME',
    type: messageType.welcome,
    fields: fc.record({ requestId, session, serverTimeMs: fc.maxSafeNat(), lifetimeSeconds: uint(32), maxAssets: uint(8), serverNonce: bytes(16) }),
  },
  {
    name: 'QUERY',
    type: messageType.query,
    fields: fc.record({ requestId, session, assets: fc.array(symbol, { minLength: 1, maxLength: assetsMost, size: 'max' }) }),
  },
  {
    name: 'QUOTE',
    type: messageType.quote,
    fields: fc.record({
      requestId,
      serverTimeMs: time,
      quotes: fc.array(fc.oneof(priced, empty), { minLength: 1, maxLength: assetsMost, size: 'max' }),
    }),
  },
  {
    name: 'REPORT',
    type: messageType.report,
    fields: fc.record({
      requestId,
      session,
      report: fc.constantFrom(...Object.values(reportKind)),
      group: fc.constantFrom(...Object.values(reportGroup)),
      fromMs: time,
      toMs: time,
      size: fc.integer({ min: 38, max: 1200 }),
    }),
  },
  {
    name: 'REPORT DATA',
    type: messageType.reportData,
    fields: fc.record({
      requestId,
      totalRows: fc.integer({ min: 100, max: 65_535 }),
      rows: uint(6),
      json: fc.json({ maxDepth: 2 }).filter((text) => Buffer.byteLength(text) < 1000),
    }),
  },
  { name: 'PING', type: messageType.ping, fields: fc.record({ requestId, session }) },
  { name: 'PONG', type: messageType.pong, fields: fc.record({ requestId, session }) },
  {
    name: 'ERROR in a session',
    type: messageType.error,
    fields: fc.record({
      requestId,
      code: fc.constantFrom(refusalCode.limited, refusalCode.overloaded, refusalCode.malformed, refusalCode.wrongPort),
      retryAfterMs: uint(32),
    }),
  },
  {
    name: 'ERROR 6',
    type: messageType.error,
    fields: fc.record({ requestId, code: fc.constant(refusalCode.clock), retryAfterMs: fc.constant(0), serverTimeMs: fc.maxSafeNat() }),
  },
]
