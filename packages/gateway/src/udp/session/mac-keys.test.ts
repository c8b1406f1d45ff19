import { expect, test } from 'vitest'
import type { UdpKeys } from '../parts.ts'
import { MacKeys } from './mac-keys.ts'

/** A table in which each row's MAC key is its number, read so many times. */
function createKeys() {
  const reads: number[] = []
  const keys: Pick<UdpKeys, 'macKey'> = {
    macKey: (row, into, offset) => {
      reads.push(row)
      into.fill(row & 255, offset, offset + 32)
      return row !== 13
    },
  }
  return { reads, macKeys: new MacKeys(keys) }
}

test('a MAC key is read once per epoch, and never where there is none', () => {
  const { reads, macKeys } = createKeys()
  expect(macKeys.of(5, 1)?.export()).toEqual(Buffer.alloc(32, 5))
  macKeys.of(5, 1)
  expect(reads).toEqual([5])
  macKeys.of(5, 2)
  expect(reads).toEqual([5, 5])
  expect(macKeys.of(13, 1)).toBeUndefined()
})

test('of very many keys the first are dropped and read again', () => {
  const { reads, macKeys } = createKeys()
  for (let row = 100; row < 100 + 4097; row++) macKeys.of(row, 1)
  macKeys.of(4196, 1)
  macKeys.of(101, 1)
  expect(reads).toHaveLength(4097)
  macKeys.of(100, 1)
  expect(reads).toHaveLength(4098)
})
