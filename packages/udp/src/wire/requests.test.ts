import { describe, expect, test } from 'vitest'
import { codecs, memory, out } from '../../test-support/codecs.ts'
import * as udp from '../index.ts'

const session = '0123456789abcdef'
const at = 4096

/** The bytes of a datagram at an offset among bytes of an earlier one, as in a slot of a server. */
function inSlot(type: number, fields: object, change: (bytes: Uint8Array) => void = () => {}, length?: number): [Uint8Array, number, number] {
  const written = codecs[type]!.write(fields)
  const slot = new Uint8Array(8192).fill(0x42)
  slot.set(memory.subarray(out, out + written), at)
  change(slot.subarray(at))
  return [slot, at, length ?? written]
}

const query = { requestId: 1, session, assets: ['btc', 'ETH', 'x'] }
const report = { requestId: 1, session, report: 1, group: 4, fromMs: 1, toMs: 2, size: 50 }
const hello = { requestId: 1, keyId: '0102030405060708', clientTimeMs: 5, clientNonce: '00112233445566778899aabbccddeeff' }

describe('what a server takes a datagram for', () => {
  test.each([
    ['HELLO', udp.messageType.hello, hello],
    ['QUERY', udp.messageType.query, query],
    ['REPORT', udp.messageType.report, report],
    ['PING', udp.messageType.ping, { requestId: 1, session }],
  ])('a %s is one', (_, type, fields) => {
    expect(udp.requestTypeOf(...inSlot(type, fields))).toBe(type)
  })

  test.each([
    ['nothing', () => {}, 0],
    ['too short for a session and a tag', () => {}, 23],
    ['another magic', (bytes: Uint8Array) => (bytes[0] = 0x55), undefined],
    ['another magic, second byte', (bytes: Uint8Array) => (bytes[1] = 0x43), undefined],
    ['another version', (bytes: Uint8Array) => (bytes[2] = 7), undefined],
    ['type 0', (bytes: Uint8Array) => (bytes[3] = 0), undefined],
    ['an answer', (bytes: Uint8Array) => (bytes[3] = udp.messageType.quote), undefined],
    ['a PONG', (bytes: Uint8Array) => (bytes[3] = udp.messageType.pong), undefined],
    ['an ERROR', (bytes: Uint8Array) => (bytes[3] = udp.messageType.error), undefined],
    ['a type nobody has given out', (bytes: Uint8Array) => (bytes[3] = 99), undefined],
  ])('%s is none', (_, change, length) => {
    expect(udp.requestTypeOf(...inSlot(udp.messageType.query, query, change, length))).toBe(0)
  })

  test('a HELLO of another size, or with a byte that should be zero, is none', () => {
    expect([63, 65].map((length) => udp.requestTypeOf(...inSlot(udp.messageType.hello, hello, () => {}, length)))).toEqual([0, 0])
    for (let i = 40; i < 48; i++) expect(udp.requestTypeOf(...inSlot(udp.messageType.hello, hello, (bytes) => (bytes[i] = 1)))).toBe(0)
  })
})

describe('QUERY', () => {
  const isQuery = (change?: (bytes: Uint8Array) => void, length?: number): boolean =>
    udp.isQuery(...inSlot(udp.messageType.query, query, change, length))

  test('is walked in place', () => {
    const [slot, offset, length] = inSlot(udp.messageType.query, query)
    expect(udp.isQuery(slot, offset, length)).toBe(true)
    expect([udp.requestIdOf(slot, offset), udp.sessionHighOf(slot, offset), udp.sessionLowOf(slot, offset)]).toEqual([1, 0x01234567, 0x89abcdef | 0])
    const symbols: string[] = []
    let asset = udp.firstAssetAt(offset)
    for (let i = 0; i < udp.assetCountOf(slot, offset); i++) {
      symbols.push(Buffer.from(slot.subarray(asset + 1, asset + 1 + udp.symbolLengthAt(slot, asset))).toString())
      asset = udp.nextAssetAt(slot, asset)
    }
    expect(symbols).toEqual(query.assets)
    expect(asset).toBe(offset + length - udp.wireSize.tag)
  })

  test.each([
    ['a count of none', (bytes: Uint8Array) => (bytes[16] = 0)],
    ['one more than there are', (bytes: Uint8Array) => (bytes[16] = 4)],
    ['one less than there are', (bytes: Uint8Array) => (bytes[16] = 2)],
    ['a byte that should be zero', (bytes: Uint8Array) => (bytes[17] = 1)],
    ['a symbol that reaches into the tag', (bytes: Uint8Array) => (bytes[26] = 2)],
    ['a byte beyond ASCII', (bytes: Uint8Array) => (bytes[19] = 0x80)],
  ])('%s makes it malformed', (_, change) => {
    expect(isQuery()).toBe(true)
    expect(isQuery(change)).toBe(false)
  })

  test('30 assets of 15 characters are allowed, 31 or one of 16 are not', () => {
    const asked = (count: number, length: number): boolean =>
      udp.isQuery(...inSlot(udp.messageType.query, { ...query, assets: Array.from({ length: count }, () => 'a'.repeat(length)) }))
    expect([asked(30, 15), asked(31, 1), asked(1, 16), asked(1, 1)]).toEqual([true, false, false, true])
  })

  test('an empty symbol is malformed wherever it stands', () => {
    for (const assets of [
      ['', 'btc', 'eth'],
      ['btc', '', 'eth'],
      ['btc', 'ethereum', ''],
    ])
      expect(udp.isQuery(...inSlot(udp.messageType.query, { ...query, assets }))).toBe(false)
  })

  test('every length but its own is malformed', () => {
    const own = 18 + 4 + 4 + 2 + 8
    for (let length = 0; length < 600; length++) expect(isQuery(() => {}, length)).toBe(length === own)
  })
})

describe('REPORT', () => {
  const isReport = (change?: (bytes: Uint8Array) => void, length?: number): boolean =>
    udp.isReport(...inSlot(udp.messageType.report, report, change, length))

  test.each([
    ['report 0', (bytes: Uint8Array) => (bytes[16] = 0)],
    ['report 3', (bytes: Uint8Array) => (bytes[16] = 3)],
    ['group 5', (bytes: Uint8Array) => (bytes[17] = 5)],
    ['padding that is not zero', (bytes: Uint8Array) => (bytes[41] = 1)],
  ])('%s makes it malformed', (_, change) => {
    expect(isReport()).toBe(true)
    expect(isReport(change)).toBe(false)
  })

  test('has 38 to 1,200 bytes', () => {
    const sized = (size: number): boolean => udp.isReport(...inSlot(udp.messageType.report, { ...report, size }))
    expect([38, 1200, 1201].map(sized)).toEqual([true, true, false])
    expect(isReport(() => {}, 37)).toBe(false)
  })
})

test('REPORT DATA has 20 to 1,200 bytes, and no more rows than there are', () => {
  const bytes = new Uint8Array(1300).fill(0x20)
  udp.writeReportDataHead(bytes, 0, 7, 2, 2)
  expect([19, 20, 21, 1200, 1201].filter((length) => udp.readReportData(bytes, 0, length) !== undefined)).toEqual([20, 21, 1200])
  udp.writeReportDataHead(bytes, 0, 7, 2, 3)
  expect(udp.readReportData(bytes, 0, 100)).toBeUndefined()
})

test('PING has 24 bytes', () => {
  expect([23, 24, 25].map(udp.isPing)).toEqual([false, true, false])
})

test('each is read as what it is, and as nothing else', () => {
  const { messageType } = udp
  const ping = { requestId: 1, session }
  const answer = { requestId: 1, totalRows: 1, rows: 1, json: '[]' }
  const readers = [
    (...slot: ReturnType<typeof inSlot>) => udp.readHello(...slot),
    (...slot: ReturnType<typeof inSlot>) => udp.readQuery(...slot),
    (...slot: ReturnType<typeof inSlot>) => udp.readReport(...slot),
    (...slot: ReturnType<typeof inSlot>) => udp.readReportData(...slot),
    (...slot: ReturnType<typeof inSlot>) => udp.readPing(...slot, messageType.ping),
    (...slot: ReturnType<typeof inSlot>) => udp.readPing(...slot, messageType.pong),
  ]
  const types = [
    [messageType.hello, hello],
    [messageType.query, query],
    [messageType.report, report],
    [messageType.reportData, answer],
    [messageType.ping, ping],
    [messageType.pong, ping],
  ] as const
  for (const [index, [type, fields]] of types.entries()) {
    const readBy = (written: number): readonly number[] => {
      const slot = inSlot(type, fields, (bytes) => (bytes[3] = written))
      return [...readers.keys()].filter((reader) => readers[reader]?.(...slot) !== undefined)
    }
    expect(readBy(type)).toEqual([index])
    // A datagram of its shape that calls itself something else.
    for (const other of [0, 99, messageType.quote]) expect(readBy(other)).toEqual([])
    for (const [, [other]] of types.entries()) if (other !== type) expect(readBy(other)).not.toContain(index)
  }
})
