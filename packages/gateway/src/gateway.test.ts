import { nodeTransport } from '@trinity/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayRig, openGateway } from '../test-support/gateway-rig.fixture.ts'
import { lingeringCallers, openLingering } from '../test-support/lingering-callers.fixture.ts'
import { LoopbackVenue } from '../test-support/loopback-venue.fixture.ts'
import { type TestVenue, frames, testConnector } from '../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from './gateway.ts'
import { exchangesAnswer } from './lpo/schemas.ts'

interface Chain {
  readonly venue: LoopbackVenue
  readonly rig: GatewayRig
  price(query: string): Promise<Record<string, unknown>>
  /** What `/exchanges` tells of the venue. */
  exchange(): Promise<ReturnType<typeof exchangesAnswer.parse>['exchanges'][number]>
}

/** A gateway on real time and real sockets, fed by one venue on loopback; `prepare` sets the venue up before it is read. */
async function openChain(
  assets: readonly string[],
  prepare: (venue: LoopbackVenue) => void = () => undefined,
  facts: Partial<TestVenue> = {},
  options: Partial<GatewayOptions> = {},
): Promise<Chain> {
  const venue = await new LoopbackVenue().open()
  onTestFinished(() => venue.close())
  prepare(venue)
  const connector = testConnector({ name: 'alpha', url: `ws://${venue.host}/ws`, restUrl: `http://${venue.host}`, everyMs: 400, ...facts })
  const rig = await openGateway({ connectors: [connector], assets: { alpha: assets }, transport: nodeTransport(), random: () => 0, ...options })
  onTestFinished(rig.stop)
  await vi.waitFor(() => expect(venue.received.length).toBeGreaterThan(0))
  return {
    venue,
    rig,
    price: async (query) => (await rig.get(`/price?asset=${query}`)).body,
    async exchange() {
      const [first] = exchangesAnswer.parse((await rig.get('/exchanges')).body).exchanges
      if (first === undefined) throw new Error('There is no exchange.')
      return first
    },
  }
}

const soon = { timeout: 6000, interval: 20 }

/** The wall clock, by which the venue counts, may gain on the steady one. */
function expectTime(timestamp: unknown, at: number): void {
  expect(Math.abs(Date.parse(String(timestamp)) - at)).toBeLessThanOrEqual(5)
}

describe('the whole chain over real sockets', () => {
  test('brings a frame of the venue to the caller, digit for digit', async () => {
    const { venue, price } = await openChain(['BTC', 'PEPE'])
    for (const [asset, text] of [
      ['BTC', '83421.5700'],
      ['PEPE', '1.2e-05'],
      ['BTC', '83421.5'],
      ['PEPE', '0.000012345678901234567'],
    ] as const) {
      const { at } = venue.trade(`${asset}-USD`, text)
      await vi.waitFor(async () => {
        const body = await price(asset)
        expect(body).toMatchObject({ price_text: text, cache_tier: 'L1_MEMORY' })
        expectTime(body.timestamp, at)
      }, soon)
    }
  })

  test('asks the venue for all symbols of its listing, and for no other', async () => {
    const { venue, exchange } = await openChain(['BTC', 'DEAD', 'ETH'], ({ listed }) =>
      listed.set('BTC-USD', true).set('ETH-USD', true).set('SOL-USD', true),
    )
    await vi.waitFor(
      async () =>
        expect((await exchange()).listings.map(({ asset, state }) => `${asset} ${state}`)).toEqual(['BTC pending', 'ETH pending', 'DEAD missing']),
      soon,
    )
    const asked = new Set<string>()
    for (const { op, symbols } of venue.received.map((text) => JSON.parse(text) as { op: string; symbols: string[] })) {
      for (const symbol of symbols)
        if (op === 'subscribe') asked.add(symbol)
        else asked.delete(symbol)
    }
    expect(asked).toEqual(new Set(['BTC-USD', 'ETH-USD']))
  })

  test('serves the rest while a delisted symbol is missing', async () => {
    const { venue, price, exchange } = await openChain(['BTC', 'DEAD'], ({ listed, last }) => {
      listed.set('BTC-USD', true).set('DEAD-USD', false)
      last.set('DEAD-USD', { p: '9' })
    })
    venue.trade('BTC-USD', '5.0')
    await vi.waitFor(async () => expect(await price('btc')).toMatchObject({ price_text: '5.0' }), soon)
    expect(await price('dead')).toMatchObject({ error: { code: 'TRN_ASSET_UNKNOWN' } })
    expect(await exchange()).toMatchObject({ state: 'degraded', why: expect.stringContaining('DEAD') as string })
  })

  test('takes the next quote of the venue where the listing lacks the first, labelled as what it is', async () => {
    const { venue, price } = await openChain(['BTC', 'POL'], ({ listed }) => listed.set('BTC-USDT', true).set('POL-USD', true), {
      quotes: ['USDT', 'USD'],
    })
    await vi.waitFor(() => expect(venue.received.join()).toContain('POL-USD"'), soon)
    venue.trade('BTC-USDT', '5.0')
    venue.trade('POL-USD', '0.40')
    venue.trade('POL-USDT', '0.41')
    await vi.waitFor(async () => expect(await price('pol')).toMatchObject({ price_text: '0.40', currency: 'USD' }), soon)
    expect(await price('btc')).toMatchObject({ price_text: '5.0', currency: 'USDT' })
    expect(await price('pol&quote=USDT')).toMatchObject({ error: { code: 'TRN_QUOTE_UNAVAILABLE' } })
  })

  test('keeps a price confirmed by REST while the feed is cut, and takes up the feed again', async () => {
    const { venue, price, exchange } = await openChain(['BTC'], undefined, {}, { parameters: { cacheTtlSeconds: 0.2 } })
    venue.trade('BTC-USD', '5.10')
    await vi.waitFor(async () => expect(await price('btc')).toMatchObject({ price_text: '5.10', cache_tier: 'L1_MEMORY' }), soon)
    venue.cut()
    venue.last.set('BTC-USD', { p: '5.20' })
    await vi.waitFor(
      async () => expect(await price('btc')).toMatchObject({ price_text: '5.20', timestamp: null, cache_tier: 'L3_REST', stale: false }),
      soon,
    )
    expect(await exchange()).toMatchObject({ state: 'down', why: expect.stringMatching(/\S/) as string })
    venue.restore()
    await vi.waitFor(() => expect(venue.clients).toBe(1), soon)
    // The answer is made at most once a second.
    await vi.waitFor(async () => expect(await exchange()).toMatchObject({ state: 'ok' }), soon)
    const { at } = venue.trade('BTC-USD', '5.30')
    await vi.waitFor(async () => {
      const body = await price('btc')
      expect(body).toMatchObject({ price_text: '5.30', cache_tier: 'L1_MEMORY' })
      expectTime(body.timestamp, at)
    }, soon)
  })

  test('confirms an idle listing by REST while the feed is quiet', async () => {
    const { venue, price } = await openChain(['BTC'], undefined, {}, { parameters: { cacheTtlSeconds: 0.2 } })
    const { at } = venue.trade('BTC-USD', '5.10')
    await vi.waitFor(async () => {
      const body = await price('btc')
      expect(body).toMatchObject({ price_text: '5.10', cache_tier: 'L3_REST' })
      expectTime(body.timestamp, at)
      expect(Date.parse(String(body.confirmed_at))).toBeGreaterThan(at + 1000)
    }, soon)
  })

  test('serves a symbol that the feed refuses by REST, tells of it, and leaves the others alone', async () => {
    const { venue, price, exchange } = await openChain(['BTC', 'ETH'], undefined, {}, { parameters: { cacheTtlSeconds: 0.2 } })
    venue.send(frames.reject('BTC-USD', 'no such product'))
    venue.last.set('BTC-USD', { p: '5.10' })
    venue.trade('ETH-USD', '2')
    await vi.waitFor(async () => expect(await price('btc')).toMatchObject({ price_text: '5.10', cache_tier: 'L3_REST', stale: false }), soon)
    expect(await price('eth')).toMatchObject({ price_text: '2' })
    const { state, listings } = await exchange()
    expect(state).toBe('degraded')
    expect(listings.map(({ asset, state: listingState, why }) => [asset, listingState, why])).toEqual([
      ['BTC', 'rejected', 'no such product'],
      ['ETH', 'live', ''],
    ])
    expect(venue.clients).toBe(1)
  })

  test('corrects a trade that the feed did not show', async () => {
    const { venue, price } = await openChain(['BTC', 'ETH'], undefined, {}, { parameters: { cacheTtlSeconds: 0.2 } })
    venue.trade('BTC-USD', '5.10')
    venue.trade('ETH-USD', '2')
    await vi.waitFor(async () => expect(await price('btc')).toMatchObject({ price_text: '5.10' }), soon)
    venue.last.set('BTC-USD', { p: '5.40', at: Date.now(), id: '777' })
    await vi.waitFor(async () => expect(await price('btc')).toMatchObject({ price_text: '5.40', cache_tier: 'L3_REST' }), soon)
    expect(await price('eth')).toMatchObject({ price_text: '2' })
    expect(venue.clients).toBe(1)
  })

  test('lives on through frames that are no frames', async () => {
    const { venue, price } = await openChain(['BTC'])
    for (const frame of ['', '{', 'null', '[]', '{"t":"trades","rows":[null,1,{"s":1}]}', '{"t":"trades","rows":{}}', '\u0000', 'x'.repeat(100_000)])
      venue.send(frame)
    venue.send(frames.trade({ s: 'NOSUCH-USD', p: '1', at: Date.now() }))
    venue.trade('BTC-USD', '5.10')
    await vi.waitFor(async () => expect(await price('btc')).toMatchObject({ price_text: '5.10' }), soon)
    expect(venue.clients).toBe(1)
  })
})

describe('start and stop', () => {
  test('a port in use is a coded error that names port and variable', async () => {
    const rig = await openGateway({})
    onTestFinished(rig.stop)
    const port = Number(new URL(rig.url).port)
    await expect(openGateway({ lpoPort: port })).rejects.toMatchObject({
      code: 'TRN_PORT_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`${port} .*in use.*TCP_PORT_LPO`)) as string,
    })
  })

  test('stopping ends the connections to venues and can be asked for twice', async () => {
    const { venue, rig } = await openChain(['BTC'])
    await Promise.all([rig.stop(), rig.stop()])
    await vi.waitFor(() => expect(venue.clients).toBe(0), soon)
    const requests = venue.requests.length
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect([venue.clients, venue.requests.length]).toEqual([0, requests])
  })

  test.concurrent.each(Object.entries(lingeringCallers))('stopping takes less than 3 s while a caller %s', async (_name, bytes) => {
    const rig = await openGateway({})
    const end = openLingering(rig.url, bytes)
    await rig.get('/live')
    const stopped = rig.stop().then(() => 'stopped')
    const tooLate = new Promise<string>((resolve) => setTimeout(() => resolve('not within 3 s'), 3000))
    expect(await Promise.race([stopped, tooLate])).toBe('stopped')
    end()
  })
})
