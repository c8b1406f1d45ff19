import { isMac16, mac16, type MacKey } from '../keys.ts'
import { messageType, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf, sessionHighOf, sessionLowOf, writeHeader, writeSession } from './header.ts'
import { isZero, readUint32, readUint64, writeUint32, writeUint64 } from './integers.ts'

const timeAt = 16
const lifetimeAt = 24
const maxAssetsAt = 28
const zeroAt = 29
const nonceAt = 32
const macAt = 48

/** A server opens a session. */
export interface Welcome {
  /** That of the HELLO. */
  readonly requestId: number
  /** The two halves of the session id, as signed integers. */
  readonly sessionHigh: number
  readonly sessionLow: number
  /** Epoch milliseconds by the clock of the server. */
  readonly serverTimeMs: number
  /** How long the session lives after its last valid datagram. */
  readonly lifetimeSeconds: number
  /** Assets a QUERY may ask for. */
  readonly maxAssets: number
  /** 16 random bytes. */
  readonly serverNonce: Uint8Array
}

/** Writes the 64 bytes of a WELCOME, its MAC over them and the nonce of the HELLO included. */
export function writeWelcome(bytes: Uint8Array, offset: number, welcome: Welcome, macKey: MacKey, clientNonce: Uint8Array): number {
  writeHeader(bytes, offset, messageType.welcome, welcome.requestId)
  writeSession(bytes, offset, welcome.sessionHigh, welcome.sessionLow)
  writeUint64(bytes, offset + timeAt, welcome.serverTimeMs)
  writeUint32(bytes, offset + lifetimeAt, welcome.lifetimeSeconds)
  bytes[offset + maxAssetsAt] = welcome.maxAssets
  bytes.fill(0, offset + zeroAt, offset + nonceAt)
  bytes.set(welcome.serverNonce, offset + nonceAt)
  bytes.set(mac16(macKey, bytes.subarray(offset, offset + macAt), clientNonce), offset + macAt)
  return wireSize.welcome
}

/** A WELCOME by its fields, copied; undefined unless its shape and its MAC are right. */
export function readWelcome(bytes: Uint8Array, offset: number, length: number, macKey: MacKey, clientNonce: Uint8Array): Welcome | undefined {
  if (length !== wireSize.welcome || messageTypeOf(bytes, offset, length) !== messageType.welcome) return undefined
  if (!isZero(bytes, offset + zeroAt, offset + nonceAt)) return undefined
  const signed = bytes.subarray(offset, offset + macAt)
  if (!isMac16(bytes.subarray(offset + macAt, offset + wireSize.welcome), macKey, signed, clientNonce)) return undefined
  return {
    requestId: requestIdOf(bytes, offset),
    sessionHigh: sessionHighOf(bytes, offset),
    sessionLow: sessionLowOf(bytes, offset),
    serverTimeMs: readUint64(bytes, offset + timeAt),
    lifetimeSeconds: readUint32(bytes, offset + lifetimeAt),
    maxAssets: bytes[offset + maxAssetsAt] ?? 0,
    serverNonce: bytes.slice(offset + nonceAt, offset + macAt),
  }
}
