import { expect, test } from 'vitest'
import { keys } from '../../test-support/codecs.ts'
import { wireSize } from '../protocol.ts'
import { Seal } from './seal.ts'

const seal = new Seal(keys.sessionKey)

/** A datagram of so many bytes under a right tag. */
function tagged(length: number): Uint8Array {
  return seal.seal((bytes, offset) => {
    bytes.fill(0x54, offset, offset + length - wireSize.tag)
    return length - wireSize.tag
  })
}

test('a datagram is right from header and tag up to the most that there is, and no byte beyond, whatever its tag', () => {
  const lengths = [0, 1, 8, 15, 16, 17, 24, 1199, 1200, 1201, 1300, 3000]
  expect(lengths.filter((length) => seal.isRight(length < wireSize.tag ? new Uint8Array(length) : tagged(length)))).toEqual([16, 17, 24, 1199, 1200])
})

test('a datagram under the key of another session is wrong', () => {
  expect(new Seal(keys.clientNonce).isRight(tagged(24))).toBe(false)
})
