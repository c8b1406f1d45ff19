import type { MutatedFile } from '../mutation.ts'

const folder = 'packages/udp/src/wire'
const general = ['packages/udp/src/vectors.test.ts', `${folder}/round-trip.test.ts`]
const requests = [...general, `${folder}/requests.test.ts`]

/** How datagrams are read and written. */
export const udpWire: readonly MutatedFile[] = [
  {
    file: `${folder}/header.ts`,
    tests: requests,
    changes: [
      ['header: too short for session and tag', 'length < wireSize.sessionLeast ||', 'length < wireSize.sessionLeast - 1 ||'],
      ['header: a request of any version', ' || bytes[offset + 2] !== protocolVersion) return 0\n  const type', ') return 0\n  const type'],
      ['header: a datagram of any version', ' || bytes[offset + 2] !== protocolVersion) return 0\n  return', ') return 0\n  return'],
      ['header: a request with any magic', 'sessionLeast || readUint16(bytes, offset) !== magic', 'sessionLeast || bytes[offset] !== magic >> 8'],
      ['header: a HELLO of any size', ' && length === wireSize.hello', ''],
      ['header: a HELLO with anything where zeros should be', ' && isZero(bytes, offset + helloZeroAt, offset + helloZeroEnd)', ''],
      ['header: the last byte that should be zero may be anything', 'helloZeroEnd = 48', 'helloZeroEnd = 47'],
      ['header: a PING is no request', ' || type === messageType.ping', ''],
      ['header: an answer is a request', 'return type === messageType.hello &&', 'return type !== messageType.hello ? type :'],
      ['header: both halves of a session are one', 'offset + sessionAt + 4, sessionLow', 'offset + sessionAt, sessionLow'],
    ],
  },
  {
    file: `${folder}/hello.ts`,
    tests: requests,
    changes: [
      ['hello: bytes of an earlier datagram are sent', '  bytes.fill(0, offset + zeroAt, offset + macAt)\n', ''],
      [
        'hello: the nonce is not signed',
        'macKey, bytes.subarray(offset, offset + macAt))\n}',
        'macKey, bytes.subarray(offset, offset + nonceAt))\n}',
      ],
      ['hello: any datagram is one', 'requestTypeOf(bytes, offset, length) !== messageType.hello', 'requestTypeOf(bytes, offset, length) === 0'],
      ['hello: part of the nonce is lost', 'bytes.slice(offset + nonceAt, offset + zeroAt)', 'bytes.slice(offset + nonceAt, offset + zeroAt - 1)'],
    ],
  },
  {
    file: `${folder}/welcome.ts`,
    tests: [...general, `${folder}/welcome.test.ts`],
    changes: [
      ['welcome: anything where zeros should be', '  if (!isZero(bytes, offset + zeroAt, offset + nonceAt)) return undefined\n', ''],
      [
        'welcome: the last byte that should be zero may be anything',
        'isZero(bytes, offset + zeroAt, offset + nonceAt)',
        'isZero(bytes, offset + zeroAt, offset + nonceAt - 1)',
      ],
      ['welcome: any size', 'length !== wireSize.welcome || ', ''],
      [
        'welcome: any MAC',
        '  if (!isMac16(bytes.subarray(offset + macAt, offset + wireSize.welcome), macKey, signed, clientNonce)) return undefined\n',
        '',
      ],
      ['welcome: for the HELLO of somebody else', 'macKey, signed, clientNonce)', 'macKey, signed)'],
      ['welcome: any type', ' || messageTypeOf(bytes, offset, length) !== messageType.welcome', ''],
    ],
  },
  {
    file: `${folder}/integers.ts`,
    tests: [`${folder}/integers.test.ts`],
    changes: [
      ['integers: a high bit makes a time negative', 'return readInt32(bytes, at) >>> 0', 'return readInt32(bytes, at)'],
      ['integers: 48 bits lose the upper ones', 'readUint16(bytes, at) * high + ', ''],
      ['integers: 64 bits overlap', 'readUint32(bytes, at + 4)\n', 'readUint32(bytes, at + 3)\n'],
      ['integers: the upper word is rounded', 'Math.floor(value / high)', 'Math.round(value / high)'],
      ['integers: zero means every byte and one more', 'at < to; at++', 'at <= to; at++'],
      ['integers: zero means the last byte', 'seen |= bytes[at]', 'seen = bytes[at]'],
    ],
  },
  {
    file: `${folder}/ping.ts`,
    tests: requests,
    changes: [
      ['ping: any length', 'return length === wireSize.ping\n', 'return length >= wireSize.ping\n'],
      ['ping: a PONG is a PING', 'messageTypeOf(bytes, offset, length) !== type', 'messageTypeOf(bytes, offset, length) === 0'],
      ['ping: any size is read', ' || !isPing(length)', ''],
    ],
  },
  {
    file: `${folder}/query.ts`,
    tests: requests,
    changes: [
      ['query: 31 assets', 'count > assetsMost', 'count > assetsMost + 1'],
      ['query: 30 assets are too many', 'count > assetsMost', 'count >= assetsMost'],
      ['query: anything where a zero should be', ' || bytes[offset + zeroAt] !== 0', ''],
      ['query: an empty symbol', 'next === at + 1 || ', ''],
      ['query: a symbol of 16 characters', '> at + 1 + wireSize.symbolMost', '> at + 2 + wireSize.symbolMost'],
      ['query: a symbol of 15 characters is too long', '> at + 1 + wireSize.symbolMost', '>= at + 1 + wireSize.symbolMost'],
      ['query: bytes behind the last asset', 'return at === end && ', 'return at <= end && '],
      ['query: bytes beyond ASCII', ' && seen < 0x80', ''],
      ['query: any type is read', 'messageTypeOf(bytes, offset, length) !== messageType.query || ', ''],
      ['query: assets in the wrong order', 'assets.push(', 'assets.unshift('],
    ],
  },
  {
    file: `${folder}/quote.ts`,
    tests: [...general, `${folder}/quote.test.ts`],
    changes: [
      ['quote: bytes of an earlier datagram are sent', '  bytes[offset + quoteOffset.zero] = 0\n', ''],
      ['quote: a price begins elsewhere', 'price[priceAt + i] ?? 0', 'price[i] ?? 0'],
      ['quote: the upper bytes of a word are lost', '>>> ((i & 3) << 3)', '>>> ((i & 1) << 3)'],
      ['quote: a stale price is none', ' || status === assetStatus.stale', ''],
      ['quote: an asset without price has a source', 'status, 0, noSource,', 'status, 0, 0,'],
      ['quote: a trade time overwrites its upper half', 'quoteEntryOffset.tradeTime + 2, tradeLow', 'quoteEntryOffset.tradeTime, tradeLow'],
    ],
  },
  {
    file: `${folder}/quote-reader.ts`,
    tests: [...general, `${folder}/quote.test.ts`],
    changes: [
      ['quote reader: longer than a datagram', ' || length > wireSize.datagramMost', ''],
      ['quote reader: a byte longer than a datagram', 'length > wireSize.datagramMost', 'length > wireSize.datagramMost + 24'],
      ['quote reader: answers of another query', 'bytes[offset + quoteOffset.count] !== assets.length || ', ''],
      ['quote reader: anything where a zero should be', ' || bytes[offset + quoteOffset.zero] !== 0', ''],
      ['quote reader: bytes behind the last entry', '  if (at !== end) return undefined\n', ''],
      ['quote reader: a price of any length', 'price.length > wireSize.priceMost || ', ''],
      ['quote reader: a price of 25 digits', 'price.length > wireSize.priceMost', 'price.length > wireSize.priceMost + 1'],
      ['quote reader: any text is a price', ' || !decimalText.test(price)', ''],
      ['quote reader: a price with a sign', '/^(?:0|[1-9]', '/^-?(?:0|[1-9]'],
      ['quote reader: any tier', 'cacheTier === undefined || ', ''],
      ['quote reader: any currency', 'currency === undefined || ', ''],
      ['quote reader: no source is source 255', 'source === noSource ? null : source', 'source'],
      ['quote reader: an unknown trade time is 1970', ' || null,', ','],
      ['quote reader: an empty entry with a tier', '    bytes[at + quoteEntryOffset.tier] === 0 &&\n', ''],
      ['quote reader: an empty entry with a source', '    bytes[at + quoteEntryOffset.source] === noSource &&\n', ''],
      ['quote reader: an empty entry with times', '    isZero(bytes, at + quoteEntryOffset.currency, next) &&\n', ''],
      ['quote reader: any status', 'if (!zero || (status !== assetStatus.unknown && status !== assetStatus.unavailable))', 'if (!zero)'],
      ['quote reader: stale is fresh', "status === assetStatus.fresh ? 'fresh' : 'stale'", "status === assetStatus.fresh ? 'fresh' : 'fresh'"],
    ],
  },
  {
    file: `${folder}/refusal.ts`,
    tests: [...general, `${folder}/refusal.test.ts`],
    changes: [
      ['refusal: a code above those given out', 'code > refusalCode.noSession && code < refusalCode.clock ?', 'code > refusalCode.noSession ?'],
      ['refusal: code 0', 'code > refusalCode.noSession && code < refusalCode.clock ?', 'code < refusalCode.clock ?'],
      ['refusal: any size', ' || length !== sizeOf(bytes[offset + codeAt] ?? 0)', ''],
      ['refusal: a lost session needs a tag', 'return wireSize.error\n  if', 'return wireSize.taggedError\n  if'],
      ['refusal: anything where zeros should be', '  if (!isZero(bytes, offset + zeroAt, offset + retryAfterAt)) return undefined\n', ''],
      [
        'refusal: any MAC of a clock error',
        '  if (!isMac16(mac, macKey, bytes.subarray(offset, offset + clockMacAt), clientNonce)) return undefined\n',
        '',
      ],
      ['refusal: the clock error of another HELLO', 'offset + clockMacAt), clientNonce)) return', 'offset + clockMacAt))) return'],
      ['refusal: any ERROR is a clock error', '?.code !== refusalCode.clock', '?.code === undefined'],
      ['refusal: bytes of an earlier datagram are sent', '  bytes[offset + zeroAt + 1] = 0\n', ''],
    ],
  },
  {
    file: `${folder}/report.ts`,
    tests: requests,
    changes: [
      ['report: a byte too short', 'length >= wireSize.reportLeast &&', 'length >= wireSize.reportLeast - 1 &&'],
      ['report: longer than a datagram', '    length <= wireSize.datagramMost &&\n', ''],
      ['report: any kind', '    (kind === reportKind.summary || kind === reportKind.reportSummary) &&\n', ''],
      ['report: any group', '    (bytes[offset + groupAt] ?? 0) <= reportGroup.source &&\n', ''],
      ['report: padding with anything', ' &&\n    isZero(bytes, offset + paddingAt, offset + length - wireSize.tag)\n', '\n'],
      ['report: padding of an earlier datagram is sent', '  bytes.fill(0, offset + paddingAt, offset + length)\n', ''],
      ['report: more rows than there are', '  if (rows > totalRows) return undefined\n', ''],
      [
        'report: data of any length',
        '  if (length < wireSize.reportDataHead + wireSize.tag || length > wireSize.datagramMost) return undefined\n',
        '',
      ],
      ['report: data longer than a datagram', ' || length > wireSize.datagramMost) return', ') return'],
    ],
  },
  {
    file: 'packages/udp/src/keys.ts',
    tests: general,
    changes: [
      ['keys: a MAC of any length throws', 'mac.length === wireSize.mac16 && ', ''],
      ['keys: any MAC is right', '&& timingSafeEqual(mac, mac16(macKey, ...parts))', '&& mac16(macKey, ...parts) !== undefined'],
      ['keys: a session key does not depend on the server', 'sessionLabel, clientNonce, serverNonce)', 'sessionLabel, clientNonce)'],
      ['keys: the MAC key is the hash of the key', "createHmac('sha256', 'trinity-udp-v8')", "createHash('sha256')"],
    ],
  },
]
