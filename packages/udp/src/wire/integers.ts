/**
 * Big-endian integers at any offset of a byte array, without DataView and without allocation. Beyond the end of the array
 * zeros are read; check lengths first.
 */

const high = 0x1_0000_0000

/** Big-endian, as every integer of the protocol. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

/** 32 bits as a signed integer: for comparing and keeping, since it never becomes a number on the heap. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
}

/** Big-endian; 0 to 2³² − 1. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0
}

/** Big-endian; times in epoch milliseconds have this size. */
export function readUint48(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * high + readUint32(bytes, at + 2)
}

/** Exact up to 2⁵³, nearly right above. */
export function readUint64(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) * high + readUint32(bytes, at + 4)
}

/** Big-endian; higher bits of the value are cut off. */
export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

/** Takes signed values too and writes their 32 bits. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Big-endian; for whole numbers below 2⁴⁸. */
export function writeUint48(bytes: Uint8Array, at: number, value: number): void {
  writeUint16(bytes, at, upperWord(value))
  writeUint32(bytes, at + 2, lowerWord(value))
}

/** Big-endian; exact up to 2⁵³. */
export function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  writeUint32(bytes, at, upperWord(value))
  writeUint32(bytes, at + 4, lowerWord(value))
}

/** What of a number of milliseconds is above its 32 lower bits. */
export function upperWord(value: number): number {
  return Math.floor(value / high) | 0
}

/** The 32 lower bits of a number of milliseconds, as a signed integer. */
export function lowerWord(value: number): number {
  return value | 0
}

/** Whether all bytes from `from` up to before `to` are zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  let seen = 0
  for (let at = from; at < to; at++) seen |= bytes[at] ?? 0
  return seen === 0
}
