import { connect } from 'node:net'
import { FakeClock } from '@trinity/core/testing'
import { PriceClient } from '@trinity/udp'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { exchangeRaw } from '../../test-support/raw-http.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../gateway-options.ts'
import { maxUnanswered } from '../http/pipeline.ts'
import { maxWaiting } from '../shedding/request-queue.ts'

async function open(options: Partial<GatewayOptions> = {}, clock = new FakeClock()): Promise<FakeMarket> {
  const admin = { host: '127.0.0.1', port: 0 }
  const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] }, admin, ...options }, {}, clock)
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5')
  return market
}

/** The lines of a metric at the operators' port, without its name. */
async function read({ open: { adminUrl } }: FakeMarket, metric: string): Promise<readonly string[]> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text()
  return text.split('\n').flatMap((line) => (line.startsWith(`trinity_${metric}_total`) ? [line.slice(`trinity_${metric}_total`.length).trim()] : []))
}

const withKey = `Host: a\r\nAuthorization: Bearer ${testKey}\r\n`

test('what is no HTTP, too long, too slow or ambiguous is counted by its reason, once a connection', { timeout: 15_000 }, async () => {
  const market = await open()
  const lines = (...counts: readonly number[]): readonly string[] =>
    ['malformed', 'too_long', 'too_slow', 'ambiguous'].map((reason, i) => `{reason="${reason}"} ${counts[i]}`)
  expect(await read(market, 'http_rejections')).toEqual(lines(0, 0, 0, 0))
  await exchangeRaw(market.url, ['noise\r\n\r\n', 'noise\r\n\r\n'])
  await exchangeRaw(market.url, ['CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'])
  await exchangeRaw(market.url, [`GET /live HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`])
  await exchangeRaw(market.url, ['GET /live HTTP/1.1\r\n\r\nGET /live HTTP/1.1\r\n\r\n'])
  await exchangeRaw(market.url, [`GET /stream HTTP/1.1\r\nHost: a\r\n${withKey}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`])
  // A caller who just goes is none of these.
  const leaver = connect(Number(new URL(market.url).port), '127.0.0.1')
  leaver.write('GET /live HTT', () => leaver.resetAndDestroy())
  await exchangeRaw(market.url, ['GET /live HTTP/1.1\r\nHost: a\r\n'], 8000)
  expect(await read(market, 'http_rejections')).toEqual(lines(2, 1, 1, 2))
})

test('connections beyond the share, and beyond all, are counted', async () => {
  const keys = Array.from({ length: 4 }, (_, i) => `trn_customer_${i}`)
  const market = await open({ maxConnections: 16, keys: testKeyStore(...keys.map((key) => keyEntry(key))) })
  const sockets = Array.from({ length: 12 }, () => connect(Number(new URL(market.url).port), '127.0.0.1'))
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  await exchangeRaw(market.url, ['GET /live HTTP/1.1\r\nHost: a\r\n\r\n'])
  expect(await read(market, 'connections_refused')).toEqual(['1'])
  for (const key of keys) {
    const socket = connect(Number(new URL(market.url).port), '127.0.0.1')
    sockets.push(socket)
    socket.write(`GET /price?asset=btc HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
  }
  await exchangeRaw(market.url, [`GET /price?asset=btc HTTP/1.1\r\n${withKey}\r\n`])
  expect(await read(market, 'connections_refused')).toEqual(['2'])
})

test('wrong keys that were slowed are counted, others are failures of authentication', async () => {
  const market = await open()
  for (let i = 0; i < 23; i++) await market.get('/price?asset=btc', { authorization: 'Bearer trn_guess_1' })
  expect([await read(market, 'wrong_keys_slowed'), await read(market, 'auth_failures')]).toEqual([['3'], ['20']])
})

test('questions without a servable price are counted', async () => {
  const market = await open()
  await market.get('/price?asset=nope')
  await market.post('/prices', { assets: ['btc', 'nope', 'nix'] })
  expect(await read(market, 'price_misses')).toEqual(['3'])
})

test('what a thread has no time for is counted by its protocol', async () => {
  const market = await open({ parameters: { shedAfterMs: 0 }, udp: { transport: 'dgram', textMode: false } }, new FakeClock(Date.now()))
  await exchangeRaw(market.url, [`GET /price?asset=btc HTTP/1.1\r\n${withKey}\r\n`.repeat(4)])
  expect(await read(market, 'overloaded')).toEqual(['{protocol="http"} 3', '{protocol="udp"} 0'])
  const client = await PriceClient.connect({ apiKey: testKey, port: Number(market.open.udpLpo?.split(':')[1]) })
  onTestFinished(() => client.close())
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => client.query(['BTC'])))
  const refused = outcomes.filter(({ status }) => status === 'rejected').length
  expect(refused).toBeGreaterThan(0)
  expect(await read(market, 'overloaded')).toEqual(['{protocol="http"} 3', `{protocol="udp"} ${refused}`])
})

test('so is what finds no place among those that wait', async () => {
  const market = await open({ parameters: { shedAfterMs: 0.2 }, maxConnections: 1000 })
  const port = Number(new URL(market.url).port)
  const sockets = Array.from({ length: 2 * Math.ceil(maxWaiting / maxUnanswered) }, () => connect(port, '127.0.0.1'))
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  for (const socket of sockets) socket.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(maxUnanswered))
  await vi.waitFor(async () => expect(await read(market, 'overloaded')).not.toContain('{protocol="http"} 0'), 5000)
})
