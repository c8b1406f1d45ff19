import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { openSse } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'

const connectors = [testConnector({ name: 'alpha' }), testConnector({ name: 'beta' })]
const last = { alpha: 'http://alpha.test/last', beta: 'http://beta.test/last' }

/** BTC is alpha's; beta lists it in the same currency, and can be read. */
async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const list = { rows: [{ s: 'BTC-USD', on: true }] }
  const market = await openFakeMarket(
    { connectors, assets: { alpha: ['BTC'] }, ...options },
    { 'http://alpha.test/list': list, 'http://beta.test/list': list, [last.beta]: { rows: [{ s: 'BTC-USD', p: '5.10' }] } },
  )
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5.00')
  return market
}

const readings = (market: FakeMarket, url: string): number => market.transport.requests.filter(({ what }) => what.url === url).length

describe('when a price turns stale that another venue has', () => {
  // The long way and the short one.
  test.each(['/price?asset=btc&', '/price?asset=btc'])('the caller gets that one, and the next has it at once: %s', async (path) => {
    const market = await openMarket()
    await market.clock.advanceAsync(30_000)
    expect((await market.get(path)).body).toMatchObject({ source: 'alpha-ws', stale: false })
    expect(readings(market, last.beta)).toBe(0)
    await market.clock.advanceAsync(1)
    expect((await market.get(path)).body).toMatchObject({ price_text: '5.10', source: 'beta-ws', stale: false, cached: false })
    expect((await market.get(path)).body).toMatchObject({ price_text: '5.10', source: 'beta-ws', cached: true })
    expect(readings(market, last.beta)).toBe(1)
    market.trade('alpha', 'BTC-USD', '5.20')
    await market.clock.advanceAsync(10_000)
    expect((await market.get(path)).body).toMatchObject({ price_text: '5.20', source: 'alpha-ws' })
  })

  test('so do callers of POST /prices', async () => {
    const market = await openMarket()
    await market.clock.advanceAsync(30_001)
    expect((await market.post('/prices', { assets: ['btc'] })).body.prices).toMatchObject([{ price_text: '5.10', source: 'beta-ws', stale: false }])
  })

  test('a stream gets it without asking', async () => {
    const market = await openMarket()
    const reader = await openSse(`${market.url}/stream?assets=btc`)
    await reader.next('snapshot')
    await market.clock.advanceAsync(31_000)
    expect(await reader.next('status')).toMatchObject({ state: 'stale', source: 'alpha-ws', market: 'trading' })
    expect(await reader.next('price')).toMatchObject({ price_text: '5.10', source: 'beta-ws', stale: false })
  })

  test('a venue that does not answer costs one caller two seconds, and nobody the stale price', async () => {
    const market = await openMarket()
    await market.clock.advanceAsync(30_001)
    market.transport.answer = () => new Promise(() => undefined)
    let isAnswered = false
    const waiting = market.get('/price?asset=btc').finally(() => (isAnswered = true))
    await expect.poll(() => readings(market, last.beta)).toBe(1)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ source: 'alpha-ws', stale: true })
    await market.clock.advanceAsync(1999)
    await market.get('/live')
    expect(isAnswered).toBe(false)
    await market.clock.advanceAsync(1)
    expect((await waiting).body).toMatchObject({ price_text: '5.00', source: 'alpha-ws', stale: true })
  })
})
