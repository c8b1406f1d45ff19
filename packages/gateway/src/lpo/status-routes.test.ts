import { connectorInRegion } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { ask } from '../../test-support/gateway-rig.fixture.ts'
import { frames, testConnector } from '../../test-support/test-connector.fixture.ts'
import { defaultConnectors } from '../connectors.ts'
import type { GatewayOptions } from '../gateway.ts'
import { prewarmedAssets } from '../settings/assets.ts'
import { exchangesAnswer } from './schemas.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT'] })

async function openMarket(options: Partial<GatewayOptions> = {}, rest: Record<string, unknown> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha, beta], assets: { alpha: ['BTC', 'ETH'], beta: ['SOL'] }, ...options }, rest)
  onTestFinished(market.stop)
  return market
}

/** The answer of a public path, asked for without a key. */
const open = async (market: FakeMarket, path: string): ReturnType<typeof ask> => ask(`${market.url}${path}`)

async function exchanges(market: FakeMarket): Promise<ReturnType<typeof exchangesAnswer.parse>['exchanges']> {
  return exchangesAnswer.parse((await open(market, '/exchanges')).body).exchanges
}

describe('/live', () => {
  test('says that the process is up, to everybody', async () => {
    const market = await openMarket()
    expect((await open(market, '/live')).body).toEqual({ status_code: 200, endpoint: '/live', status: 'live', reasons: [] })
  })
})

describe('/ready', () => {
  test('is 503 with a reason before any price, and 200 after the first', async () => {
    const market = await openMarket()
    const before = await open(market, '/ready')
    expect(before.body).toMatchObject({ status_code: 503, endpoint: '/ready', reasons: [expect.stringMatching(/price/)] })
    expect(before.status).toBe(503)
    expect(before.headers.get('retry-after')).toMatch(/^\d+$/)
    market.trade('beta', 'SOL-USDT', '150')
    const after = await open(market, '/ready')
    expect(after.status).toBe(200)
    expect(after.body).toMatchObject({ status_code: 200, status: 'ready', reasons: [] })
  })

  test('does not change with the outage of a venue, however long', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    market.trade('beta', 'SOL-USDT', '150')
    market.socket('alpha').close()
    for (let minute = 0; minute < 10; minute++) {
      await market.clock.advanceAsync(60_000)
      market.trade('beta', 'SOL-USDT', '150')
      expect((await open(market, '/ready')).status).toBe(200)
    }
    expect((await market.get('/price?asset=btc')).status).toBe(503)
  })

  test('is 503 while the server drains, which still answers', async () => {
    const market = await openMarket({ drainSeconds: 5 })
    market.trade('alpha', 'BTC-USD', '5')
    const stopped = market.stop()
    expect((await open(market, '/ready')).body).toMatchObject({ status_code: 503, reasons: [expect.stringMatching(/drain/)] })
    expect((await open(market, '/live')).status).toBe(200)
    expect((await market.get('/price?asset=btc')).status).toBe(200)
    market.clock.advance(5000)
    await stopped
    await expect(open(market, '/live')).rejects.toThrow()
  })
})

describe('/health', () => {
  const health = async (market: FakeMarket): Promise<readonly unknown[]> => {
    const { status, body } = await open(market, '/health')
    expect(Object.keys(body)).toEqual(['status_code', 'endpoint', 'status', 'reasons'])
    expect(body.status_code).toBe(status)
    return [status, body.status, body.reasons]
  }

  test('is ok, degraded with the venue in trouble, or down without a fresh price', async () => {
    const market = await openMarket()
    expect(await health(market)).toEqual([503, 'down', ['no asset has a fresh price']])
    market.trade('alpha', 'BTC-USD', '5')
    market.clock.advance(1000)
    expect(await health(market)).toEqual([200, 'ok', []])
    market.socket('beta').close(1006, 'secret.internal:5432 refused')
    market.clock.advance(1000)
    expect(await health(market)).toEqual([200, 'degraded', ['beta is down']])
    await market.openSockets()
    await market.clock.advanceAsync(30_001)
    await market.openSockets()
    expect((await health(market)).slice(0, 2)).toEqual([503, 'down'])
  })

  test('says in words by how much this machine’s clock is wrong, beyond 5 s', async () => {
    const market = await openMarket()
    const step = async (ms: number): Promise<readonly unknown[]> => {
      market.clock.stepWall(ms)
      // Whether a clock was set or the machine slept is open for a while, longest after a short jump ahead.
      for (let second = 0; second < 15; second++) {
        await market.clock.advanceAsync(1000)
        market.trade('alpha', 'BTC-USD', '5')
        market.trade('beta', 'BTC-USD', '5')
      }
      return health(market)
    }
    expect(await step(4000)).toEqual([200, 'ok', []])
    expect(await step(3_596_000)).toEqual([
      200,
      'degraded',
      ["clock: this machine's clock is 3600 s ahead of the time at the exchanges; synchronize it"],
    ])
    expect(await step(-3_610_000)).toEqual([
      200,
      'degraded',
      ["clock: this machine's clock is 10 s behind the time at the exchanges; synchronize it"],
    ])
    expect(await step(10_000)).toEqual([200, 'ok', []])
  })

  test('is degraded by a refused symbol', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    market.socket('alpha').deliver(frames.reject('ETH-USD', 'no such product'))
    expect(await health(market)).toEqual([200, 'degraded', ['alpha is degraded']])
  })
})

describe('/exchanges', () => {
  test('tells each venue, its numbers, and each listing with its state and age', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    await market.clock.advanceAsync(1500)
    const { status, body } = await open(market, '/exchanges')
    expect(status).toBe(200)
    expect(body).toMatchObject({ status_code: 200, endpoint: '/exchanges', count: 2 })
    const [first, second] = await exchanges(market)
    expect(first).toEqual({
      id: 'alpha',
      name: 'ALPHA',
      wire_id: testConnector({ name: 'alpha' }).wireId,
      endpoint: 'ws://alpha.test/ws',
      region: 'global',
      quotes: ['USD'],
      source: 'alpha-ws',
      state: 'ok',
      why: '',
      last_frame_age_seconds: 1.5,
      reconnects: 0,
      listings: [
        { asset: 'BTC', aliases: [], symbol: 'BTC-USD', currency: 'USD', market: 'trading', state: 'live', age_seconds: 1.5, why: '' },
        { asset: 'ETH', aliases: [], symbol: 'ETH-USD', currency: 'USD', market: 'trading', state: 'pending', age_seconds: null, why: '' },
      ],
    })
    expect(second).toMatchObject({
      id: 'beta',
      quotes: ['USDT'],
      last_frame_age_seconds: null,
      listings: [{ asset: 'SOL', symbol: 'SOL-USDT', currency: 'USDT' }],
    })
  })

  test('tells a stale listing, a refused one with the reason, and a connection that is down with its reason', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    market.socket('alpha').deliver(frames.reject('ETH-USD', 'no such product'))
    await market.clock.advanceAsync(31_000)
    market.socket('beta').close(1001, 'maintenance')
    const [first, second] = await exchanges(market)
    expect(first?.listings).toMatchObject([
      { asset: 'BTC', state: 'stale', age_seconds: 31 },
      { asset: 'ETH', state: 'rejected', why: 'no such product' },
    ])
    expect(first).toMatchObject({ state: 'degraded', why: expect.stringContaining('ETH-USD') as string })
    expect(second).toMatchObject({ state: 'down', why: expect.stringContaining('maintenance') as string, reconnects: 1 })
  })

  test('tells the region that was chosen, also where two share an address', async () => {
    const us = { urls: ['ws://us.alpha.test/ws'] }
    const venue = testConnector({ name: 'alpha', regions: { eea: { urls: ['ws://alpha.test/ws'], quotes: ['EUR'] }, west: us, us } })
    const regionIn = async (region: string): Promise<readonly unknown[]> => {
      const [first] = await exchanges(await openMarket({ connectors: [connectorInRegion(venue, region)] }))
      return [first?.region, first?.endpoint]
    }
    expect(await regionIn('global')).toEqual(['global', 'ws://alpha.test/ws'])
    expect(await regionIn('eea')).toEqual(['eea', 'ws://alpha.test/ws'])
    expect(await regionIn('us')).toEqual(['us', 'ws://us.alpha.test/ws'])
  })

  test('tells which listings are apart from the others of their asset, and what that means', async () => {
    const market = await openMarket({ connectors: [alpha, testConnector({ name: 'beta' })], assets: { alpha: ['BTC'], beta: ['BTC'] } })
    market.trade('alpha', 'BTC-USD', '5')
    market.trade('beta', 'BTC-USD', '0.003')
    const [first, second] = await exchanges(market)
    expect(first?.listings).toMatchObject([{ state: 'live', why: '' }])
    const why = 'its price is more than 20 % away from that of alpha: it answers only source=beta'
    expect(second?.listings).toMatchObject([{ state: 'live', why }])
  })

  test('tells which streams are silent while REST brings their prices', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    await market.clock.advanceAsync(15_000)
    market.rest.set('http://alpha.test/last', { rows: [{ s: 'BTC-USD', p: '6', at: market.clock.now(), id: '9' }] })
    await market.clock.advanceAsync(30_000)
    const [first] = await exchanges(market)
    expect(first).toMatchObject({ state: 'degraded', why: expect.stringContaining('stream silent, prices by REST: BTC-USD') as string })
    expect(first?.listings[0]).toMatchObject({ asset: 'BTC', state: 'live', why: 'stream silent, prices by REST' })
  })

  test('tells what the listing of the venue lacks or has closed, while the rest is live', async () => {
    const market = await openMarket(
      { assets: { alpha: ['BTC', 'ETH', 'SOL'] } },
      {
        'http://alpha.test/list': {
          rows: [
            { s: 'BTC-USD', on: true },
            { s: 'SOL-USD', on: false },
          ],
        },
        'http://beta.test/list': { rows: [{ s: 'SOL-USDT', on: true }] },
      },
    )
    market.trade('alpha', 'BTC-USD', '5')
    const [first] = await exchanges(market)
    expect(first?.listings.map(({ asset, state, why }) => [asset, state, why])).toEqual([
      ['BTC', 'live', ''],
      ['ETH', 'missing', "the venue's own listing does not have it"],
      ['SOL', 'missing', 'the venue has closed its market'],
    ])
    expect(first).toMatchObject({ state: 'degraded', why: expect.stringMatching(/ETH, SOL/) as string })
    expect(market.log.some((line) => line.includes('ETH,SOL'))).toBe(true)
    expect((await market.get('/price?asset=btc')).status).toBe(200)
    expect((await market.get('/price?asset=eth')).body).toMatchObject({ error: { code: 'TRN_ASSET_UNKNOWN' } })
  })

  test('tells the six default venues with their fixed numbers and 25 assets each', async () => {
    const market = await openFakeMarket({ connectors: defaultConnectors, assets: prewarmedAssets })
    onTestFinished(market.stop)
    const list = await exchanges(market)
    expect(list.map(({ id, wire_id, source, listings }) => [id, wire_id, source, listings.length])).toEqual([
      ['coinbase', 1, 'coinbase-ws', 25],
      ['gemini', 2, 'gemini-ws', 25],
      ['kraken', 3, 'kraken-ws', 25],
      ['gateio', 4, 'gateio-ws', 25],
      ['cryptocom', 5, 'cryptocom-ws', 25],
      ['okx', 6, 'okx-ws', 25],
    ])
    const symbols = list.flatMap(({ id, listings }) => listings.map(({ symbol }) => `${id} ${symbol}`))
    expect(new Set(symbols).size).toBe(150)
    expect(symbols).toEqual(
      expect.arrayContaining(['coinbase BTC-USD', 'gemini aaveusd', 'kraken CRO/USD', 'gateio S_USDT', 'cryptocom 1INCH_USDT', 'okx W-USDT']),
    )
  })
})
