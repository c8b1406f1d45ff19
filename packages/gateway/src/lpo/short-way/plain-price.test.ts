import { ratePlan } from '@trinity/core'
import { expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../../test-support/fake-market.fixture.ts'
import { sendRaw } from '../../../test-support/gateway-rig.fixture.ts'
import { testConnector } from '../../../test-support/test-connector.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../../gateway.ts'
import { defaultParameters } from '../../settings/parameters.ts'

const limitedKey = 'trn_test_limited_key_0000000000000000'
const limited = keyEntry(limitedKey, { plan: ratePlan(1, 2) })

async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const connectors = [testConnector({ name: 'alpha' })]
  const market = await openFakeMarket({ connectors, assets: { alpha: ['BTC', 'ETH'] }, keys: testKeyStore(limited), ...options })
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '83421.57')
  return market
}

/** The answer to a question as it stands on the wire, with what differs from one to the next cut out. */
async function askRaw(market: FakeMarket, path: string, key = testKey): Promise<string> {
  const answer = await sendRaw(market.url, `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`)
  return answer
    .replace(/(x-request-id): [\w-]{36}/, '$1: ID')
    .replace(/Date: .*/, 'Date: NOW')
    .replace(/content-length: \d+/, 'content-length: N')
    .replace(/_ms":[\d.]+/g, '_ms":0')
}

/** The same question with a trailing separator, which the short way does not take. */
const longWay = '/price?asset=btc&'

test.each([
  ['a partner', {}, testKey],
  ['a key with limits', {}, limitedKey],
  ['a replay', { mode: 'replay' }, testKey],
  ['a node outside ASCII', { node: 'Knöten €' }, testKey],
] as const)('answers byte for byte as the route does: %s', async (_, options, key) => {
  const [short, long] = [await openMarket(options), await openMarket(options)]
  const answer = await askRaw(short, '/price?asset=btc', key)
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\nx-request-id: ID\r\n/)
  expect(answer).toBe((await askRaw(long, longWay, key)).replaceAll(String(long.clock.now()), String(short.clock.now())))
})

/** Answers to questions that come in one turn of the event loop, since they are one piece of a connection. */
async function askTogether(market: FakeMarket, paths: readonly string[], key = testKey): Promise<readonly string[]> {
  const requests = paths.map((path, i) => {
    const close = i === paths.length - 1 ? 'Connection: close\r\n' : ''
    return `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-${i}\r\nAuthorization: Bearer ${key}\r\n${close}\r\n`
  })
  const answers = await sendRaw(market.url, requests.join(''))
  return answers.split(/(?=HTTP\/1\.1 )/).map((answer) => answer.replace(/Date: .*/, 'Date: NOW'))
}

/** Only the first of a turn is answered. */
const noTime = { parameters: { ...defaultParameters, shedAfterMs: 0 } }

test.each([
  ['of live prices', {}, testKey],
  ['of a replay', { mode: 'replay' }, testKey],
  ['a key with limits', {}, limitedKey],
] as const)('refuses byte for byte as the route does when the turn is over: %s', async (_, options, key) => {
  const market = await openMarket({ ...noTime, ...options })
  const [first, kept, last] = await askTogether(market, ['/price?asset=btc', '/price?asset=btc', '/price?asset=btc'], key)
  expect(first).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  const body = {
    status_code: 503,
    endpoint: '/price',
    error: { code: 'TRN_OVERLOADED', message: expect.stringMatching(/again/) as string },
    request_id: 'id-1',
  }
  expect(JSON.parse(kept?.split('\r\n\r\n')[1] ?? '')).toEqual(body)
  expect(kept).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\nx-request-id: id-1\r\n[^]*retry-after: 1\r\n[^]*\r\nConnection: keep-alive\r\n/)
  expect(last).toMatch(/\r\nConnection: close\r\n/)
  expect([first, kept, last].map((answer) => answer?.includes('\r\ntrinity-mode: replay\r\n'))).toEqual(Array(3).fill('mode' in options))
  expect([first, kept, last].map((answer) => /\r\nratelimit: "default";r=1;t=1\r\n/.test(answer ?? ''))).toEqual(Array(3).fill(key === limitedKey))
  const other = await openMarket({ ...noTime, ...options })
  expect([kept, last]).toEqual((await askTogether(other, [longWay, longWay, longWay], key)).slice(1))
})

test.each(['/price?asset=btc', longWay])('a refusal for want of time costs the key nothing, and is metered: %s', async (path) => {
  const market = await openMarket(noTime)
  const statusesOf = (answers: readonly string[]): readonly string[] => answers.map((answer) => answer.slice(9, 12))
  // The key has a burst of two.
  expect(statusesOf(await askTogether(market, [path, path, path, path], limitedKey))).toEqual(['200', '503', '503', '503'])
  // Nor does it keep from a limited one that it is limited.
  expect(statusesOf(await askTogether(market, [path, path], limitedKey))).toEqual(['200', '429'])
  const { requests, counters } = market.gateway.readTotals()
  expect([...requests].filter(({ status }) => status === 503).map((row) => row.requests)).toEqual([3])
  expect(counters.get('overloaded')).toBe(3)
})

test('announces the length that the body has', async () => {
  const { get } = await openMarket({ node: 'Knöten €' })
  const answer = await get('/price?asset=btc')
  expect(answer.body.node).toBe('Knöten €')
  expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(answer.text)))
})

test('keeps the id of the caller', async () => {
  const { get } = await openMarket()
  const headers = { authorization: `Bearer ${testKey}`, 'X-Request-Id': 'mine-7' }
  expect((await get('/price?asset=btc', headers)).headers.get('x-request-id')).toBe('mine-7')
})

test('meters each answer once, and a refused one as refused', async () => {
  const market = await openMarket()
  const headers = { authorization: `Bearer ${limitedKey}` }
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) statuses.push((await market.get('/price?asset=btc', headers)).status)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2)
  for (const path of ['/price?asset=eth', '/price?asset=nope']) statuses.push((await market.get(path)).status)
  const byNumber = (a: number, b: number): number => a - b
  const counted = [...market.gateway.readTotals().requests].flatMap(({ status, requests }) => Array<number>(requests).fill(status))
  expect(counted.toSorted(byNumber)).toEqual(statuses.toSorted(byNumber))
})

test('leaves to the route what it can not answer', async () => {
  const market = await openMarket()
  const codeOf = async (path: string, headers?: Record<string, string>): Promise<unknown> => (await market.get(path, headers)).body.error
  expect(await codeOf('/price?asset=btc', {})).toMatchObject({ code: 'TRN_KEY_MISSING' })
  expect(await codeOf('/price?asset=btc', { authorization: 'Bearer wrong' })).toMatchObject({ code: 'TRN_KEY_INVALID' })
  expect(await codeOf('/price?asset=eth')).toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE' })
  market.clock.advance(300_001)
  expect(await codeOf('/price?asset=btc')).toMatchObject({ code: 'TRN_PRICE_STALE' })
})
