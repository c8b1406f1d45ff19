import { describe, expect, test } from 'vitest'
import { codecs, fromHex, keys, meaningOf, memory, out, toHex } from '../test-support/codecs.ts'
import { vectors } from '../test-support/vectors.ts'
import * as udp from './index.ts'

describe('keys', () => {
  test('derive from the API key and the nonces', () => {
    const { apiKey, macKey, keyId, sessionKey } = vectors.keys
    expect(toHex(udp.macKeyOf(apiKey))).toBe(macKey)
    expect(toHex(udp.keyIdOf(apiKey))).toBe(keyId)
    expect(toHex(udp.sessionKeyOf(keys.macKey, keys.clientNonce, keys.serverNonce))).toBe(sessionKey)
  })

  test('MAC16 of bytes, in one part and in several', () => {
    for (const { message, mac } of vectors.mac16) {
      const bytes = fromHex(message)
      expect(toHex(udp.mac16(keys.macKey, bytes))).toBe(mac)
      expect(udp.isMac16(fromHex(mac), keys.macKey, bytes.subarray(0, 5), bytes.subarray(5))).toBe(true)
      expect(udp.isMac16(fromHex(mac), keys.keyId, bytes)).toBe(false)
    }
  })
})

const cases = vectors.messages.map((vector) => ({ ...vector, codec: codecs[vector.type]! }))

describe.each(cases)('$name', ({ hex, type, length, fields, codec }) => {
  const bytes = fromHex(hex)

  test('decodes to its meaning', () => {
    expect(bytes).toHaveLength(length)
    expect(udp.messageTypeOf(bytes, 0, length)).toBe(type)
    expect(codec.read(bytes, fields)).toEqual(meaningOf(fields))
  })

  test('is what its meaning encodes to, over any bytes that were there before', () => {
    memory.fill(0xee, out)
    const written = codec.write(fields)
    expect(toHex(memory.subarray(out, out + written))).toBe(hex)
  })
})

test('there is a vector of every type and of every error', () => {
  expect(new Set(vectors.messages.map(({ type }) => type))).toEqual(new Set(Object.values(udp.messageType)))
  const codes = vectors.messages.filter(({ type }) => type === udp.messageType.error).map(({ fields }) => fields.code as number)
  expect(codes).toEqual(Object.values(udp.refusalCode))
})
