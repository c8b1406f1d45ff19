import { isMac16, mac16, type MacKey } from '../keys.ts'
import { messageType, wireSize } from '../protocol.ts'
import { requestIdOf, requestTypeOf, writeHeader } from './header.ts'
import { readUint64, writeUint64 } from './integers.ts'

const keyIdAt = 8
const timeAt = 16
const nonceAt = 24
const zeroAt = 40
const macAt = 48

/** A client asks for a session. */
export interface Hello {
  readonly requestId: number
  /** 8 bytes: {@link keyIdOf}. */
  readonly keyId: Uint8Array
  /** Epoch milliseconds by the clock of the client. */
  readonly clientTimeMs: number
  /** 16 random bytes. */
  readonly clientNonce: Uint8Array
}

/** Writes the 64 bytes of a HELLO, its MAC included. */
export function writeHello(bytes: Uint8Array, offset: number, hello: Hello, macKey: MacKey): number {
  writeHeader(bytes, offset, messageType.hello, hello.requestId)
  bytes.set(hello.keyId, offset + keyIdAt)
  writeUint64(bytes, offset + timeAt, hello.clientTimeMs)
  bytes.set(hello.clientNonce, offset + nonceAt)
  bytes.fill(0, offset + zeroAt, offset + macAt)
  bytes.set(mac16(macKey, bytes.subarray(offset, offset + macAt)), offset + macAt)
  return wireSize.hello
}

/** A HELLO by its fields, copied; its MAC is checked apart, since the key is only known by the key id. */
export function readHello(bytes: Uint8Array, offset: number, length: number): Hello | undefined {
  if (requestTypeOf(bytes, offset, length) !== messageType.hello) return undefined
  return {
    requestId: requestIdOf(bytes, offset),
    keyId: bytes.slice(offset + keyIdAt, offset + timeAt),
    clientTimeMs: readUint64(bytes, offset + timeAt),
    clientNonce: bytes.slice(offset + nonceAt, offset + zeroAt),
  }
}

/** Whether the MAC of a HELLO at `offset` is right under the key. */
export function isHelloSigned(bytes: Uint8Array, offset: number, macKey: MacKey): boolean {
  return isMac16(bytes.subarray(offset + macAt, offset + wireSize.hello), macKey, bytes.subarray(offset, offset + macAt))
}
