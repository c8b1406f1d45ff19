import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as udp from '../index.ts'

test('integers are written and read as a DataView does', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 7 }), (value, at) => {
      const bytes = new Uint8Array(16)
      const view = new DataView(bytes.buffer)
      udp.writeUint16(bytes, at, value % 2 ** 16)
      expect([view.getUint16(at), udp.readUint16(bytes, at)]).toEqual([value % 2 ** 16, value % 2 ** 16])
      udp.writeUint32(bytes, at, value % 2 ** 32)
      expect([view.getUint32(at), udp.readUint32(bytes, at), udp.readInt32(bytes, at)]).toEqual([value % 2 ** 32, value % 2 ** 32, value | 0])
      udp.writeUint48(bytes, at, value % 2 ** 48)
      expect([view.getUint16(at), view.getUint32(at + 2), udp.readUint48(bytes, at)]).toEqual([
        Math.floor(value / 2 ** 32) % 2 ** 16,
        value % 2 ** 32,
        value % 2 ** 48,
      ])
      udp.writeUint64(bytes, at, value)
      expect([view.getBigUint64(at), udp.readUint64(bytes, at)]).toEqual([BigInt(value), value])
      expect([udp.upperWord(value) >>> 0, udp.lowerWord(value) >>> 0]).toEqual([Math.floor(value / 2 ** 32), value % 2 ** 32])
    }),
  )
})

test('zero means every byte of the range', () => {
  const bytes = new Uint8Array(6)
  bytes[4] = 0x80
  expect([udp.isZero(bytes, 0, 4), udp.isZero(bytes, 0, 5), udp.isZero(bytes, 5, 6), udp.isZero(bytes, 3, 3)]).toEqual([true, false, true, true])
  expect([udp.isZero(bytes, 0, 6), udp.isZero(bytes, 4, 5)]).toEqual([false, false])
})
