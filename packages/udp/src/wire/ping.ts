import { messageType, wireSize } from '../protocol.ts'
import { messageTypeOf, requestIdOf, sessionHighOf, sessionLowOf, writeHeader, writeSession } from './header.ts'

/** PING, or PONG that answers it. */
export interface Ping {
  readonly requestId: number
  readonly sessionHigh: number
  readonly sessionLow: number
}

/** Whether a PING of `length` bytes, tag included, is well formed: it has no body. */
export function isPing(length: number): boolean {
  return length === wireSize.ping
}

/** Writes a PING without its tag and returns its length so far. */
export function writePing(bytes: Uint8Array, offset: number, requestId: number, sessionHigh: number, sessionLow: number): number {
  return writeBeat(bytes, offset, messageType.ping, requestId, sessionHigh, sessionLow)
}

/** Writes a PONG without its tag and returns its length so far. */
export function writePong(bytes: Uint8Array, offset: number, requestId: number, sessionHigh: number, sessionLow: number): number {
  return writeBeat(bytes, offset, messageType.pong, requestId, sessionHigh, sessionLow)
}

/** A PING or PONG by its fields, undefined where it is neither; its tag is checked apart. */
export function readPing(bytes: Uint8Array, offset: number, length: number, type: 7 | 8): Ping | undefined {
  if (messageTypeOf(bytes, offset, length) !== type || !isPing(length)) return undefined
  return { requestId: requestIdOf(bytes, offset), sessionHigh: sessionHighOf(bytes, offset), sessionLow: sessionLowOf(bytes, offset) }
}

function writeBeat(bytes: Uint8Array, offset: number, type: number, requestId: number, sessionHigh: number, sessionLow: number): number {
  writeHeader(bytes, offset, type, requestId)
  writeSession(bytes, offset, sessionHigh, sessionLow)
  return wireSize.ping - wireSize.tag
}
