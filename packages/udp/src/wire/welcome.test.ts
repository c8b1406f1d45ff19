import { describe, expect, test } from 'vitest'
import { codecs, keys, memory, out } from '../../test-support/codecs.ts'
import { mac16, messageType, readWelcome } from '../index.ts'

const fields = {
  requestId: 1,
  session: '0123456789abcdef',
  serverTimeMs: 1_790_000_000_000,
  lifetimeSeconds: 600,
  maxAssets: 30,
  serverNonce: '00112233445566778899aabbccddeeff',
}

/** A WELCOME with a change under a MAC that is right all the same. */
function welcome(change: (bytes: Uint8Array) => void, length?: number): unknown {
  const bytes = new Uint8Array(80)
  bytes.set(memory.subarray(out, out + codecs[messageType.welcome]!.write(fields)))
  change(bytes)
  bytes.set(mac16(keys.macKey, bytes.subarray(0, 48), keys.clientNonce), 48)
  return readWelcome(bytes, 0, length ?? 64, keys.macKey, keys.clientNonce)
}

describe('a WELCOME under a right MAC', () => {
  test('is read', () => {
    expect(welcome(() => {})).toMatchObject({ requestId: 1, lifetimeSeconds: 600, maxAssets: 30 })
  })

  test.each([29, 30, 31])('with byte %i not zero is malformed', (at) => {
    expect(welcome((bytes) => (bytes[at] = 1))).toBeUndefined()
  })

  test.each([
    ['another type', (bytes: Uint8Array) => (bytes[3] = messageType.pong), undefined],
    ['a byte too many', () => {}, 65],
    ['a byte too few', () => {}, 63],
  ])('with %s is none', (_, change, length) => {
    expect(welcome(change, length)).toBeUndefined()
  })
})
