import * as udp from '../src/index.ts'
import { type MessageVector, vectors } from './vectors.ts'

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
/** The keys of vectors.json as bytes. */
export const keys = Object.fromEntries(
  Object.entries(vectors.keys).map(([name, hex]) => [name, name === 'apiKey' ? new Uint8Array() : fromHex(hex)]),
) as Record<'macKey' | 'keyId' | 'clientNonce' | 'serverNonce' | 'sessionKey', Uint8Array>

export const sip = udp.createSipHash({ bytes: 4096 })
sip.memory.set(keys.sessionKey)
/** Where {@link Codec.write} writes. */
export const out = 1024

/** Both directions of one type, with its tag or MAC, under the keys of vectors.json. */
export interface Codec {
  /** Fields as vectors.json writes them; undefined = refused. */
  readonly read: (bytes: Uint8Array, fields: MessageVector['fields']) => unknown
  /** Writes at `out` of the memory and returns the length, tag included. */
  readonly write: (fields: MessageVector['fields']) => number
}

const bytesOf = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' && /nonce|keyId/i.test(name) ? fromHex(value) : value,
    ]),
  )

/** The session id is one number in the file and two halves in the code. */
function halved({ session, ...fields }: { session: string }): never {
  return {
    ...bytesOf(fields),
    sessionHigh: Number.parseInt(session.slice(0, 8), 16) | 0,
    sessionLow: Number.parseInt(session.slice(8), 16) | 0,
  } as never
}

function tagged(length: number): number {
  sip.tag(0, out, length)
  return length + 8
}

function isTagged(bytes: Uint8Array): boolean {
  if (bytes.length < 16) return false
  sip.memory.set(bytes, out)
  return sip.verify(0, out, bytes.length - 8)
}

export const { memory } = sip

/** Fields of vectors.json as the codec reads them. */
export function meaningOf(fields: MessageVector['fields']): object {
  return 'session' in fields ? halved(fields) : bytesOf(fields)
}

const session = <Fields>(read: (bytes: Uint8Array, offset: number, length: number) => Fields, write: (fields: never) => number): Codec => ({
  read: (bytes) => (isTagged(bytes) ? read(bytes, 0, bytes.length) : undefined),
  write: (fields) => tagged(write(halved(fields))),
})

function writeQuote(fields: { requestId: number; serverTimeMs: number; quotes: readonly udp.Quote[] }): number {
  let at = udp.writeQuoteHead(
    memory,
    out,
    fields.requestId,
    udp.upperWord(fields.serverTimeMs),
    udp.lowerWord(fields.serverTimeMs),
    fields.quotes.length,
  )
  for (const quote of fields.quotes) {
    if (!('price' in quote)) at = udp.writeEmptyQuoteEntry(memory, at, udp.assetStatus[quote.status])
    else {
      const { status, source, cacheTier, currency, tradedAt, ageMs, price } = quote
      const code = currency === 'other' ? udp.otherCurrency : udp.currencies.indexOf(currency)
      const numbers = [udp.assetStatus[status], udp.cacheTiers.indexOf(cacheTier) + 1, source ?? udp.noSource, code] as const
      const times = [udp.upperWord(tradedAt ?? 0), udp.lowerWord(tradedAt ?? 0), ageMs] as const
      at = udp.writeQuoteEntry(memory, at, ...numbers, ...times, Buffer.from(`?${price}`), 1, price.length)
    }
  }
  return at - out
}

const pingOf =
  (type: 7 | 8): Codec['read'] =>
  (bytes) =>
    isTagged(bytes) ? udp.readPing(bytes, 0, bytes.length, type) : undefined

/** By type. */
export const codecs: Readonly<Record<number, Codec>> = {
  [udp.messageType.hello]: {
    read: (bytes) => (udp.isHelloSigned(bytes, 0, keys.macKey) ? udp.readHello(bytes, 0, bytes.length) : undefined),
    write: (fields) => udp.writeHello(memory, out, bytesOf(fields) as udp.Hello, keys.macKey),
  },
  [udp.messageType.welcome]: {
    read: (bytes) => udp.readWelcome(bytes, 0, bytes.length, keys.macKey, keys.clientNonce),
    write: (fields) => udp.writeWelcome(memory, out, halved(fields), keys.macKey, keys.clientNonce),
  },
  [udp.messageType.query]: session(udp.readQuery, (fields) => udp.writeQuery(memory, out, fields)),
  [udp.messageType.quote]: {
    read: (bytes, { quotes }) =>
      isTagged(bytes)
        ? udp.readQuote(
            bytes,
            0,
            bytes.length,
            quotes.map(({ asset }: udp.Quote) => asset.toLowerCase()),
          )
        : undefined,
    write: (fields) => tagged(writeQuote(fields)),
  },
  [udp.messageType.report]: session(udp.readReport, (fields) => udp.writeReport(memory, out, fields)),
  [udp.messageType.reportData]: {
    read: (bytes) => (isTagged(bytes) ? udp.readReportData(bytes, 0, bytes.length) : undefined),
    write: ({ requestId, totalRows, rows, json }) => {
      const at = udp.writeReportDataHead(memory, out, requestId, totalRows, rows)
      memory.set(Buffer.from(json), at)
      return tagged(at + Buffer.byteLength(json) - out)
    },
  },
  [udp.messageType.ping]: {
    read: pingOf(7),
    write: (fields) => {
      const { requestId, sessionHigh, sessionLow } = halved(fields) as udp.Ping
      return tagged(udp.writePing(memory, out, requestId, sessionHigh, sessionLow))
    },
  },
  [udp.messageType.pong]: {
    read: pingOf(8),
    write: (fields) => {
      const { requestId, sessionHigh, sessionLow } = halved(fields) as udp.Ping
      return tagged(udp.writePong(memory, out, requestId, sessionHigh, sessionLow))
    },
  },
  [udp.messageType.error]: {
    read: (bytes) => {
      const refusal = udp.readRefusal(bytes, 0, bytes.length)
      if (bytes.length === udp.wireSize.error) return refusal
      if (bytes.length === udp.wireSize.taggedError) return isTagged(bytes) ? refusal : undefined
      const serverTimeMs = udp.readClockRefusal(bytes, 0, bytes.length, keys.macKey, keys.clientNonce)
      return serverTimeMs === undefined ? undefined : { ...refusal, serverTimeMs }
    },
    write: ({ requestId, code, retryAfterMs, serverTimeMs }) => {
      if (code === udp.refusalCode.clock) return udp.writeClockRefusal(memory, out, requestId, serverTimeMs, keys.macKey, keys.clientNonce)
      const length = udp.writeRefusal(memory, out, requestId, code, retryAfterMs)
      return code === udp.refusalCode.noSession ? length : tagged(length)
    },
  },
}
