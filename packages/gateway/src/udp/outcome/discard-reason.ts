import { magic, messageType, messageTypeOf, protocolVersion, readUint16, wireSize } from '@trinity/udp'
import { type Outcome, outcome } from './outcome.ts'

/** Why a datagram is none that a client sends; asked only of those whose request type is 0. */
export function discardReason(bytes: Uint8Array, at: number, length: number): Outcome {
  if (length < wireSize.header) return outcome.short
  if (readUint16(bytes, at) !== magic) return outcome.magic
  if (bytes[at + 2] !== protocolVersion) return outcome.version
  const type = messageTypeOf(bytes, at, length)
  if (type === messageType.hello) {
    if (length === wireSize.hello) return outcome.nonzero
    return length < wireSize.hello ? outcome.short : outcome.long
  }
  const isRequest = type === messageType.query || type === messageType.report || type === messageType.ping
  return isRequest ? outcome.short : outcome.type
}
