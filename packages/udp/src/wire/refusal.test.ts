import { describe, expect, test } from 'vitest'
import { keys } from '../../test-support/codecs.ts'
import { mac16, readClockRefusal, readRefusal, refusalCode, wireSize, writeClockRefusal, writeRefusal } from '../index.ts'

const { error, taggedError, clockError } = wireSize
const sizes = [error, taggedError, clockError]

/** The sizes in which an ERROR with this code is read. */
function sizesReadOf(code: number): readonly number[] {
  const bytes = new Uint8Array(64)
  writeRefusal(bytes, 0, 1, code, 0)
  return Array.from(bytes, (_, length) => length).filter((length) => readRefusal(bytes, 0, length) !== undefined)
}

describe('an ERROR', () => {
  test('has one size for each code', () => {
    expect(Object.values(refusalCode).map(sizesReadOf)).toEqual([[error], [taggedError], [taggedError], [taggedError], [taggedError], [clockError]])
  })

  test('with a code that nobody has given out is malformed in any size', () => {
    for (const code of [0, 7, 8, 127, 128, 255]) expect(sizesReadOf(code)).toEqual([])
  })

  test.each([9, 10, 11])('with byte %i not zero is malformed', (at) => {
    for (const [index, code] of [refusalCode.noSession, refusalCode.limited, refusalCode.clock].entries()) {
      const bytes = new Uint8Array(64)
      writeRefusal(bytes, 0, 1, code, 0)
      expect(readRefusal(bytes, 0, sizes[index] ?? 0)).toMatchObject({ code })
      bytes[at] = 1
      expect(readRefusal(bytes, 0, sizes[index] ?? 0)).toBeUndefined()
    }
  })
})

describe('an ERROR 6', () => {
  const timeMs = 1_790_000_000_000
  const read = (change: (bytes: Uint8Array) => void, length: number = clockError): number | undefined => {
    const bytes = new Uint8Array(64)
    writeClockRefusal(bytes, 0, 7, timeMs, keys.macKey, keys.clientNonce)
    change(bytes)
    bytes.set(mac16(keys.macKey, bytes.subarray(0, 24), keys.clientNonce), 24)
    return readClockRefusal(bytes, 0, length, keys.macKey, keys.clientNonce)
  }

  test('holds the time of the server', () => {
    expect(read(() => {})).toBe(timeMs)
  })

  test('of another code, with a byte that should be zero, or of another size is none, whatever its MAC', () => {
    expect(read((bytes) => (bytes[8] = refusalCode.limited))).toBeUndefined()
    expect(read((bytes) => (bytes[8] = refusalCode.limited), taggedError)).toBeUndefined()
    expect(read((bytes) => (bytes[9] = 1))).toBeUndefined()
    expect(read(() => {}, clockError + 1)).toBeUndefined()
  })

  test('under another key or for another HELLO is none', () => {
    const bytes = new Uint8Array(64)
    writeClockRefusal(bytes, 0, 7, timeMs, keys.macKey, keys.clientNonce)
    expect(readClockRefusal(bytes, 0, clockError, keys.keyId, keys.clientNonce)).toBeUndefined()
    expect(readClockRefusal(bytes, 0, clockError, keys.macKey, keys.serverNonce)).toBeUndefined()
  })
})
