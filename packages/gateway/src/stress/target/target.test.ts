import { isTrinityError } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { type Resolve, readHttpTargets, readUdpTargets, resolveTarget } from './target.ts'

/** Addresses in digits are their own, as for the system; names are looked up here. */
const resolverOf =
  (names: Readonly<Record<string, readonly string[]>>): Resolve =>
  async (host) =>
    (names[host] ?? [host]).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

async function resolveHttp(url: string, names: Readonly<Record<string, readonly string[]>> = {}, anyAddress = false): Promise<readonly string[]> {
  const [target] = readHttpTargets(url)
  const { addresses } = await resolveTarget(target!, resolverOf(names), anyAddress)
  return addresses.map(({ address }) => address)
}

function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isTrinityError(error) && error.code === 'TRN_SETTING_INVALID') return error.message
    throw error
  }
  return 'no error'
}

describe('HTTP targets', () => {
  test('are base addresses, with or without a path in front of /price', () => {
    const targets = readHttpTargets('http://127.0.0.1:8080, https://LocalHost/,http://[::1]:81/beast/,http://10.0.0.1/price')
    expect(targets.map(({ label, host, port, priceUrl }) => [label, host, port, priceUrl?.href])).toEqual([
      ['http://127.0.0.1:8080', '127.0.0.1', 8080, 'http://127.0.0.1:8080/price'],
      ['https://localhost', 'localhost', 443, 'https://localhost/price'],
      ['http://[::1]:81/beast', '::1', 81, 'http://[::1]:81/beast/price'],
      ['http://10.0.0.1', '10.0.0.1', 80, 'http://10.0.0.1/price'],
    ])
  })

  test.each(['nonsense', '127.0.0.1:8080', 'ftp://127.0.0.1', 'http://', 'http://1.2.3.4.5', 'http://127.0.0.1:99999', '', 'http://a,,http://b'])(
    'are not %j',
    (text) => expect(refusalOf(() => readHttpTargets(text))).toMatch(/^--http/),
  )

  test('have no secrets, and none is repeated', () => {
    const message = refusalOf(() => readHttpTargets('http://ann:secret@127.0.0.1:8080'))
    expect(message).toMatch(/^--http http:\/\/127\.0\.0\.1:8080/)
    expect(message).not.toContain('secret')
    expect(refusalOf(() => readHttpTargets('http://127.0.0.1/?key=1'))).toMatch(/query/)
  })

  test('are named once', () => expect(refusalOf(() => readHttpTargets('http://a:80,http://A/'))).toMatch(/http:\/\/a twice/))
})

describe('UDP targets', () => {
  test('are HOST:PORT, addresses written in any way', () => {
    expect(readUdpTargets('127.0.0.1:2679,[::1]:80,0x7f.1:443,Gateway:9').map(({ label, host, port }) => [label, host, port])).toEqual([
      ['127.0.0.1:2679', '127.0.0.1', 2679],
      ['[::1]:80', '::1', 80],
      ['127.0.0.1:443', '127.0.0.1', 443],
      ['gateway:9', 'gateway', 9],
    ])
  })

  test.each([
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    ':2679',
    'a b:1',
    'ann@127.0.0.1:1',
    '127.0.0.1/x:1',
    '::1:2679',
    'a:1:2',
    'udp://a:1',
    '',
  ])('are not %j', (text) => expect(refusalOf(() => readUdpTargets(text))).toMatch(/^--udp/))
})

describe('the addresses of a target', () => {
  test('must all be own ones; IPv4 comes first', async () => {
    expect(await resolveHttp('http://gateway', { gateway: ['::1', '127.0.0.1', '10.0.0.1'] })).toEqual(['127.0.0.1', '10.0.0.1', '::1'])
    await expect(resolveHttp('http://gateway', { gateway: ['10.0.0.1', '93.184.216.34'] })).rejects.toThrow(
      /gateway has the address 93\.184\.216\.34, which is neither/,
    )
    await expect(resolveHttp('http://gateway', { gateway: [] })).rejects.toThrow(/no address/)
    await expect(
      resolveTarget(readHttpTargets('http://gateway')[0]!, async () => Promise.reject(new Error('ENOTFOUND')), false),
    ).rejects.toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringMatching(/gateway.*ENOTFOUND/) as string })
  })

  test.each([
    ['http://0177.0.0.1', '127.0.0.1'],
    ['http://0x7f000001', '127.0.0.1'],
    ['http://2130706433', '127.0.0.1'],
    ['http://127.1', '127.0.0.1'],
    ['http://[::ffff:192.168.1.1]', '::ffff:c0a8:101'],
  ])('of %s are those that it really means', async (url, address) => expect(await resolveHttp(url)).toEqual([address]))

  test.each(['http://010.0.0.1', 'http://0310.0250.1', 'http://134744072', 'http://[::ffff:8.8.8.8]', 'http://0', 'http://169.254.169.254'])(
    'of %s are foreign, however it looks',
    async (url) => {
      await expect(resolveHttp(url)).rejects.toMatchObject({
        code: 'TRN_SETTING_INVALID',
        message: expect.stringMatching(/i-own-this-target/) as string,
      })
      expect(await resolveHttp(url, {}, true)).toHaveLength(1)
    },
  )
})
