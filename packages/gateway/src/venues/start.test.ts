import { PriceClient } from '@trinity/udp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askText } from '../../test-support/ask-text.fixture.ts'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { type Answer, openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { testKey } from '../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta' })

async function openMarket(rest: Readonly<Record<string, unknown>>, options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket(
    { connectors: [alpha, beta], assets: { alpha: ['BTC'] }, udp: { transport: 'dgram', textMode: true }, udpPort: 0, ...options },
    rest,
  )
  onTestFinished(market.stop)
  return market
}

const codeOf = ({ status, body }: Pick<Answer, 'status' | 'body'>): string => `${status} ${String((body.error as { code?: unknown })?.code)}`

describe('while the listing of a venue has not been read since the start', () => {
  const listed = { 'http://alpha.test/list': { rows: [{ s: 'BTC-USD', on: true }] } }

  test('an asset that no read listing has is not unknown for 60 s, then it is, and the venue is named', async () => {
    const market = await openMarket(listed)
    for (const seconds of [0, 30, 29]) {
      await market.clock.advanceAsync(seconds * 1000)
      const answer = await market.get('/price?asset=rare')
      expect(codeOf(answer)).toBe('503 TRN_PRICE_UNAVAILABLE')
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(codeOf({ status: 503, body: await askText(market, 'rare') })).toBe('503 TRN_PRICE_UNAVAILABLE')
    }
    await market.clock.advanceAsync(2000)
    const answer = await market.get('/price?asset=rare')
    expect(codeOf(answer)).toBe('404 TRN_ASSET_UNKNOWN')
    expect(answer.text).toMatch(/beta/)
    expect(answer.text).not.toMatch(/alpha/)
    expect(codeOf({ status: 404, body: await askText(market, 'rare') })).toBe('404 TRN_ASSET_UNKNOWN')
  })

  test('the wait is over as soon as all are read', async () => {
    const market = await openMarket({ ...listed, 'http://beta.test/list': { rows: [{ s: 'ETH-USD', on: true }] } })
    expect(codeOf(await market.get('/price?asset=rare'))).toBe('404 TRN_ASSET_UNKNOWN')
    expect((await market.get('/price?asset=rare')).text).not.toMatch(/beta/)
  })

  test('nobody waits with REST off', async () => {
    const market = await openMarket({}, { rest: false })
    const answer = await market.get('/price?asset=rare')
    expect(codeOf(answer)).toBe('404 TRN_ASSET_UNKNOWN')
    expect(answer.text).not.toMatch(/alpha|beta/)
  })

  test('a configured asset is known although nothing answers', async () => {
    const market = await openMarket({})
    expect(codeOf(await market.get('/price?asset=btc'))).toBe('503 TRN_PRICE_UNAVAILABLE')
    market.trade('alpha', 'BTC-USD', '5')
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '5' })
  })
})

test('with workers a configured asset is known from the first request on, over HTTP and UDP, although no venue answers', async () => {
  const rig = await openGateway({
    connectors: [alpha, beta],
    assets: { alpha: ['BTC'] },
    // Neither opens nor answers: as a network that swallows everything.
    transport: {
      connect: () => ({ send: () => undefined, close: () => undefined, terminate: () => undefined }),
      request: () => new Promise(() => undefined),
    },
    serveWorkers: 2,
    parameters: { shedAfterMs: 60_000 },
    udp: { transport: 'dgram', textMode: false },
    udpPort: 0,
  })
  onTestFinished(rig.stop)
  const [host = '', port] = (rig.open.udpLpo ?? '').split(':')
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(Array.from({ length: 4 }, () => rig.get('/price?asset=btc')))
    expect(answers.map(codeOf)).toEqual(Array(4).fill('503 TRN_PRICE_UNAVAILABLE'))
  }
  for (let round = 0; round < 4; round++) {
    const client = await PriceClient.connect({ host, port: Number(port), apiKey: testKey })
    onTestFinished(() => client.close())
    expect(await client.query(['btc'])).toMatchObject([{ asset: 'BTC', status: 'unavailable' }])
  }
})
