import { FakeClock } from '@trinity/core/testing'
import { PriceClient } from '@trinity/udp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { testKey } from '../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'

/** BTC is configured at alpha and traded at beta too; nobody is configured for USDT, which beta trades in dollars. */
async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const rows = (...symbols: readonly string[]): object => ({ rows: symbols.map((s) => ({ s, on: true, p: '5' })) })
  const market = await openFakeMarket(
    {
      connectors: [testConnector({ name: 'alpha' }), testConnector({ name: 'beta', quotes: ['USD', 'EUR'] })],
      assets: { alpha: ['BTC'] },
      ...options,
    },
    {
      'http://alpha.test/list': rows('BTC-USD'),
      'http://beta.test/list': rows('BTC-USD', 'USDT-USD', 'ETH-EUR'),
      'http://beta.test/last': rows('BTC-USD', 'USDT-USD', 'ETH-EUR'),
    },
    // The client of the UDP test compares its clock with the server's.
    new FakeClock(Date.now()),
  )
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5')
  return market
}

async function problemOf(market: FakeMarket, query: string): Promise<unknown> {
  const { status, body } = await market.get(`/price?asset=${query}`)
  const { code, message } = body.error as { code: string; message: string }
  return [status, code, message]
}

describe('a quote that an asset does not have is refused as that', () => {
  test.each([
    ['usdt&quote=eur', 'usdt', 'USDT is not quoted in EUR here; leave out quote or see /exchanges.'],
    ['btc&source=beta&quote=eur', 'btc&source=beta', 'BTC is not quoted in EUR at beta; leave out quote or see /exchanges.'],
    ['usdt&source=beta&quote=eur', 'usdt', 'USDT is not quoted in EUR at beta; leave out quote or see /exchanges.'],
    ['btc&quote=eur', 'btc&source=beta', 'BTC is not quoted in EUR here; leave out quote or see /exchanges.'],
  ])('%s, before and after somebody has asked for %s', async (query, other, message) => {
    const market = await openMarket()
    const refused = [404, 'TRN_QUOTE_UNAVAILABLE', message]
    expect(await problemOf(market, query)).toEqual(refused)
    expect((await market.get(`/price?asset=${other}`)).body).toMatchObject({ price_text: '5' })
    expect(await problemOf(market, query)).toEqual(refused)
  })
})

test.each([
  ['nosuch&quote=eur', 'eth', 'No venue lists NOSUCH; /exchanges shows what there is.'],
  ['eth&source=alpha&quote=eur', 'eth', 'alpha does not list ETH; leave out source or see /exchanges.'],
  ['eth&source=alpha', 'eth', 'alpha does not list ETH; leave out source or see /exchanges.'],
])('%s is unknown, before and after somebody has asked for %s', async (query, other, message) => {
  const market = await openMarket()
  const refused = [404, 'TRN_ASSET_UNKNOWN', message]
  expect(await problemOf(market, query)).toEqual(refused)
  expect((await market.get(`/price?asset=${other}`)).body).toMatchObject({ price_text: '5' })
  expect(await problemOf(market, query)).toEqual(refused)
})

test('UDP, which asks for no quote, tells apart what no venue lists and what has to be fetched, as HTTP does', async () => {
  const market = await openMarket({ udp: { transport: 'dgram', textMode: false }, udpPort: 0 })
  const [host = '', port] = (market.open.udpLpo ?? '').split(':')
  const client = await PriceClient.connect({ host, port: Number(port), apiKey: testKey })
  onTestFinished(() => client.close())
  await market.get('/price?asset=usdt&quote=eur')
  const statuses = async (): Promise<unknown> => (await client.query(['usdt', 'nosuch', 'btc'])).map(({ status }) => status)
  expect(await statuses()).toEqual(['unavailable', 'unknown', 'fresh'])
  await vi.waitFor(async () => expect(await statuses()).toEqual(['fresh', 'unknown', 'fresh']))
})
