import { connect, createServer } from 'node:net'
import { nodeTransport, ratePlan } from '@trinity/core'
import { PriceClient } from '@trinity/udp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayRig, ask, keyHeaders, openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { LoopbackVenue } from '../../test-support/loopback-venue.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'
import { defaultParameters } from '../settings/parameters.ts'
import { loadNativeAddon } from '../udp/transport/native-transport.ts'

const udp = { transport: 'auto', textMode: true } as const

/** A gateway with workers whose only venue shows BTC at 83421.5700. */
async function openWorkers(serveWorkers: number, options: Partial<GatewayOptions> = {}): Promise<GatewayRig> {
  const venue = await new LoopbackVenue().open()
  onTestFinished(() => venue.close())
  venue.listed.set('BTC-USD', true)
  const connector = testConnector({ name: 'alpha', url: `ws://${venue.host}/ws`, restUrl: `http://${venue.host}` })
  const rig = await openGateway({
    connectors: [connector],
    assets: { alpha: ['BTC'] },
    transport: nodeTransport(),
    serveWorkers,
    udp,
    udpPort: 0,
    ...options,
  })
  onTestFinished(rig.stop)
  await vi.waitFor(() => expect(venue.received.length).toBeGreaterThan(0), { timeout: 5000 })
  venue.trade('BTC-USD', '83421.5700')
  await vi.waitFor(async () => expect((await rig.get('/price?asset=btc')).status).toBe(200), { timeout: 5000 })
  return rig
}

async function openClient({ open }: GatewayRig, apiKey = testKey): Promise<PriceClient> {
  const [host = '', port] = (open.udpLpo ?? '').split(':')
  const client = await PriceClient.connect({ host, port: Number(port), apiKey })
  onTestFinished(() => client.close())
  return client
}

describe.each([0, 1, 2])('with %i serving workers', (workers) => {
  test('HTTP and UDP give the same digits', async () => {
    const rig = await openWorkers(workers)
    expect((await rig.get('/price?asset=btc')).body).toMatchObject({ price_text: '83421.5700', source: 'alpha-ws', cache_tier: 'L1_MEMORY' })
    const client = await openClient(rig)
    expect(await client.query(['btc', 'nosuch'])).toMatchObject([
      { asset: 'BTC', status: 'fresh', price: '83421.5700', currency: 'USD' },
      { asset: 'NOSUCH', status: 'unknown' },
    ])
    expect((await rig.get('/ready')).status).toBe(200)
    expect((await rig.get('/exchanges')).body).toMatchObject({ count: 1 })
  })

  test('a limit holds over HTTP and UDP together, and tells when to come again', async () => {
    const rig = await openWorkers(workers, { keys: testKeyStore(keyEntry('slow-key', { plan: ratePlan(1, 3) })) })
    const client = await openClient(rig, 'slow-key')
    const headers = { authorization: 'Bearer slow-key' }
    expect((await rig.get('/price?asset=btc', headers)).headers.get('ratelimit')).toMatch(/^"default";r=2;t=\d$/)
    await client.query(['btc'])
    expect((await rig.get('/price?asset=btc', headers)).status).toBe(200)
    await expect(client.query(['btc'])).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    const refused = await rig.get('/price?asset=btc', headers)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  })

  test('each answered request is counted once', async () => {
    const rig = await openWorkers(workers)
    const before = countOf(rig)
    const client = await openClient(rig)
    await Promise.all([
      ...Array.from({ length: 40 }, () => rig.get('/price?asset=btc')),
      ...Array.from({ length: 40 }, () => client.query(['btc'])),
      rig.get('/price?asset=nosuch'),
      rig.get('/price?asset=btc', { authorization: 'Bearer wrong' }),
    ])
    expect(countOf(rig) - before).toBe(82)
  })
})

test.for(['dgram', 'native'] as const)('a turn that is full at one door leaves the other its own: %s', async (transport, { skip }) => {
  skip(transport === 'native' && loadNativeAddon().addon === undefined, 'there is no native addon')
  const parameters = { ...defaultParameters, shedAfterMs: 0 }
  const rig = await openWorkers(0, { parameters, udp: { transport, textMode: false } })
  const client = await openClient(rig)
  const { hostname, port } = new URL(rig.url)
  const caller = connect(Number(port), hostname)
  onTestFinished(() => void caller.destroy())
  let heard = ''
  caller.setEncoding('latin1').on('data', (part: string) => (heard += part))
  const question = `GET /price?asset=btc HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${testKey}\r\n\r\n`
  const statuses = (): readonly string[] => [...heard.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)
  caller.write(question)
  await vi.waitFor(() => expect(statuses()).toEqual(['200']))
  for (let turn = 0; turn < 3; turn++) {
    heard = ''
    // Caller, client and server share this thread, so the server finds all four in the same turn.
    caller.write(question + question)
    const quotes = await Promise.allSettled([client.query(['btc']), client.query(['btc'])])
    expect(quotes).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'OVERLOADED' } }])
    await vi.waitFor(() => expect(statuses()).toEqual(['200', '503']))
  }
})

test('a worker that is lost takes no counter along, is replaced, and the others go on', async () => {
  const rig = await openWorkers(2)
  const before = countOf(rig, 200)
  let answered = 0
  const until = Date.now() + 3000
  const load = Array.from({ length: 16 }, async () => {
    while (Date.now() < until) {
      // A connection that dies with its worker is no answer; the next request takes another one.
      const answer = await ask(`${rig.url}/price?asset=btc`, { headers: { ...keyHeaders, connection: 'close' } }).catch(() => undefined)
      if (answer?.status === 200) answered++
    }
  })
  await new Promise((resolve) => setTimeout(resolve, 700))
  const atKill = answered
  await rig.gateway.pool?.workers[0]?.terminate()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(answered).toBeGreaterThan(atKill)
  await Promise.all(load)
  expect(rig.gateway.pool?.size).toBe(2)
  // What was counted but cut off before its answer left is at most one request for each connection.
  const counted = countOf(rig, 200) - before
  expect(counted).toBeGreaterThanOrEqual(answered)
  expect(counted - answered).toBeLessThanOrEqual(16)
}, 30_000)

test('a port in use is refused although workers share theirs', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as { port: number }
  await expect(openGateway({ serveWorkers: 1, lpoPort: port })).rejects.toMatchObject({
    code: 'TRN_PORT_UNAVAILABLE',
    message: expect.stringMatching(new RegExp(`${port}.*TCP_PORT_LPO`)) as string,
  })
  const first = await openGateway({ serveWorkers: 1, udp, udpPort: 0 })
  onTestFinished(first.stop)
  const lpoPort = Number(new URL(first.url).port)
  await expect(openGateway({ serveWorkers: 1, lpoPort })).rejects.toMatchObject({ code: 'TRN_PORT_UNAVAILABLE' })
  const udpPort = Number(first.open.udpLpo?.split(':')[1])
  await expect(openGateway({ serveWorkers: 1, udp, udpPort })).rejects.toMatchObject({
    code: 'TRN_PORT_UNAVAILABLE',
    message: expect.stringContaining('UDP_PORT_LPO') as string,
  })
})

function countOf(rig: GatewayRig, wanted?: number): number {
  const counts = [...rig.gateway.readTotals().requests].filter(({ status }) => wanted === undefined || status === wanted)
  return counts.reduce((sum, { requests }) => sum + requests, 0)
}
