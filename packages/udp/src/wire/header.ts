import { magic, messageType, protocolVersion, wireSize } from '../protocol.ts'
import { isZero, readInt32, readUint16, readUint32, writeUint16, writeUint32 } from './integers.ts'

const requestIdAt = 4
const sessionAt = 8
const helloZeroAt = 40
const helloZeroEnd = 48

/**
 * What a server should take a datagram for: HELLO, QUERY, REPORT or PING, or 0 for one to discard: not of this protocol, of a
 * type no client sends, a HELLO of another shape, or too short to hold a session and a tag. Whether the others are well
 * formed is to be asked after their tag was verified ({@link isQuery}, {@link isReport}, {@link isPing}).
 */
export function requestTypeOf(bytes: Uint8Array, offset: number, length: number): number {
  if (length < wireSize.sessionLeast || readUint16(bytes, offset) !== magic || bytes[offset + 2] !== protocolVersion) return 0
  const type = bytes[offset + 3] ?? 0
  if (type === messageType.query || type === messageType.ping || type === messageType.report) return type
  return type === messageType.hello && length === wireSize.hello && isZero(bytes, offset + helloZeroAt, offset + helloZeroEnd) ? type : 0
}

/** The type of a datagram of either side, or 0 where the header is not one of this protocol. */
export function messageTypeOf(bytes: Uint8Array, offset: number, length: number): number {
  if (length < wireSize.header || readUint16(bytes, offset) !== magic || bytes[offset + 2] !== protocolVersion) return 0
  return bytes[offset + 3] ?? 0
}

/** The request id, which an answer echoes. */
export function requestIdOf(bytes: Uint8Array, offset: number): number {
  return readUint32(bytes, offset + requestIdAt)
}

/** The first half of a session id, as a signed integer. */
export function sessionHighOf(bytes: Uint8Array, offset: number): number {
  return readInt32(bytes, offset + sessionAt)
}

/** The second half of a session id, as a signed integer. */
export function sessionLowOf(bytes: Uint8Array, offset: number): number {
  return readInt32(bytes, offset + sessionAt + 4)
}

/** Writes the eight bytes that every datagram begins with. */
export function writeHeader(bytes: Uint8Array, offset: number, type: number, requestId: number): void {
  writeUint16(bytes, offset, magic)
  bytes[offset + 2] = protocolVersion
  bytes[offset + 3] = type
  writeUint32(bytes, offset + requestIdAt, requestId)
}

/** Writes a session id, given as two 32-bit halves, behind the header. */
export function writeSession(bytes: Uint8Array, offset: number, sessionHigh: number, sessionLow: number): void {
  writeUint32(bytes, offset + sessionAt, sessionHigh)
  writeUint32(bytes, offset + sessionAt + 4, sessionLow)
}
