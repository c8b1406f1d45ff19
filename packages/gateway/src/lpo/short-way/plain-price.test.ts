import { ratePlan } from '@trinity/core'
import { expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../../test-support/fake-market.fixture.ts'
import { sendRaw } from '../../../test-support/gateway-rig.fixture.ts'
import { testConnector } from '../../../test-support/test-connector.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../../gateway.ts'

const limitedKey = 'trn_test_limited_key_0000000000000000'
const limited = keyEntry(limitedKey, { plan: ratePlan(50, 2) })

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
