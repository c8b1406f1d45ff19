import { createHash, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { wireSize } from './protocol.ts'

/** A MAC key as bytes, or as a KeyObject, which `node:crypto` of Node 24 uses several times faster. */
export type MacKey = Uint8Array | KeyObject

/** The 32 bytes a server keeps in place of the API key: HMAC-SHA256 of it under a fixed text. */
export function macKeyOf(apiKey: string): Uint8Array {
  return createHmac('sha256', 'trinity-udp-v8').update(apiKey, 'utf8').digest()
}

/** The 8 bytes that name a key on the wire: the beginning of its SHA-256. */
export function keyIdOf(apiKey: string): Uint8Array {
  return createHash('sha256').update(apiKey, 'utf8').digest().subarray(0, wireSize.keyId)
}

/** The 16 bytes that authenticate HELLO, WELCOME and a clock error: the beginning of an HMAC-SHA256 over all parts in a row. */
export function mac16(macKey: MacKey, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', macKey)
  for (const part of parts) mac.update(part)
  return mac.digest().subarray(0, wireSize.mac16)
}

/** Whether 16 bytes are the MAC of the parts; the time it takes doesn't tell how nearly they are. */
export function isMac16(mac: Uint8Array, macKey: MacKey, ...parts: readonly Uint8Array[]): boolean {
  return mac.length === wireSize.mac16 && timingSafeEqual(mac, mac16(macKey, ...parts))
}

/** The 16 bytes under which all datagrams of a session are tagged. */
export function sessionKeyOf(macKey: MacKey, clientNonce: Uint8Array, serverNonce: Uint8Array): Uint8Array {
  return mac16(macKey, sessionLabel, clientNonce, serverNonce)
}

const sessionLabel = Buffer.from('v8 session', 'utf8')
