import { isMac16, mac16, type MacKey } from '../keys.ts'
import { messageType, refusalCode, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf, writeHeader } from './header.ts'
import { isZero, readUint32, readUint64, writeUint32, writeUint64 } from './integers.ts'

const codeAt = 8
const zeroAt = 9
const retryAfterAt = 12
const clockAt = 16
const clockMacAt = 24

/** An ERROR. */
export interface Refusal {
  readonly requestId: number
  /** A number of {@link refusalCode}. */
  readonly code: number
  /** 0 where waiting doesn't help. */
  readonly retryAfterMs: number
}

/** Writes the 16 bytes of an ERROR and returns their number; in a session its tag follows. */
export function writeRefusal(bytes: Uint8Array, offset: number, requestId: number, code: number, retryAfterMs: number): number {
  writeHeader(bytes, offset, messageType.error, requestId)
  bytes[offset + codeAt] = code
  bytes[offset + zeroAt] = 0
  bytes[offset + zeroAt + 1] = 0
  bytes[offset + zeroAt + 2] = 0
  writeUint32(bytes, offset + retryAfterAt, retryAfterMs)
  return wireSize.error
}

/** Writes the 40 bytes of the ERROR 6 that answers a HELLO, its MAC over them and the nonce of the HELLO included. */
export function writeClockRefusal(
  bytes: Uint8Array,
  offset: number,
  requestId: number,
  serverTimeMs: number,
  macKey: MacKey,
  clientNonce: Uint8Array,
): number {
  writeRefusal(bytes, offset, requestId, refusalCode.clock, 0)
  writeUint64(bytes, offset + clockAt, serverTimeMs)
  bytes.set(mac16(macKey, bytes.subarray(offset, offset + clockMacAt), clientNonce), offset + clockMacAt)
  return wireSize.clockError
}

/**
 * An ERROR by its fields, undefined where it is malformed. Its size follows from its code: 16 bytes for 1, which has no session
 * whose key could tag it, 40 for 6 ({@link readClockRefusal}), and 24 for the others, whose tag is checked apart. So one that
 * needs a tag can't pass as one without.
 */
export function readRefusal(bytes: Uint8Array, offset: number, length: number): Refusal | undefined {
  if (messageTypeOf(bytes, offset, length) !== messageType.error || length !== sizeOf(bytes[offset + codeAt] ?? 0)) return undefined
  if (!isZero(bytes, offset + zeroAt, offset + retryAfterAt)) return undefined
  return { requestId: requestIdOf(bytes, offset), code: bytes[offset + codeAt] ?? 0, retryAfterMs: readUint32(bytes, offset + retryAfterAt) }
}

function sizeOf(code: number): number {
  if (code === refusalCode.noSession) return wireSize.error
  if (code === refusalCode.clock) return wireSize.clockError
  return code > refusalCode.noSession && code < refusalCode.clock ? wireSize.taggedError : 0
}

/** The server's time in epoch milliseconds from an ERROR 6 in 40 bytes; undefined unless its shape and its MAC are right. */
export function readClockRefusal(bytes: Uint8Array, offset: number, length: number, macKey: MacKey, clientNonce: Uint8Array): number | undefined {
  if (readRefusal(bytes, offset, length)?.code !== refusalCode.clock) return undefined
  const mac = bytes.subarray(offset + clockMacAt, offset + wireSize.clockError)
  if (!isMac16(mac, macKey, bytes.subarray(offset, offset + clockMacAt), clientNonce)) return undefined
  return readUint64(bytes, offset + clockAt)
}
