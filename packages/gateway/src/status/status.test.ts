import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AssetNames, connectorInRegion } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { ask } from '../../test-support/gateway-rig.fixture.ts'
import { openSse, waitFor } from '../../test-support/stream-client.fixture.ts'
import { frames, testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'
import type { StatusVenue } from './status-view.ts'

async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const connectors = [testConnector({ name: 'alpha' }), testConnector({ name: 'beta', quotes: ['USDT'] })]
  const market = await openFakeMarket({ connectors, assets: { alpha: ['BTC', 'ETH'], beta: ['SOL'] }, ...options })
  onTestFinished(market.stop)
  return market
}

const venuesOf = (body: unknown): readonly StatusVenue[] => (body as { venues: readonly StatusVenue[] }).venues

describe('/status/stream', () => {
  test('tells everybody all venues and listings first, and then what changes', async () => {
    const market = await openMarket({ mode: 'replay', node: 'one' })
    market.trade('alpha', 'BTC-USD', '83421.570')
    market.clock.advance(2000)
    const reader = await openSse(`${market.url}/status/stream`, {})
    const snapshot = await reader.next('snapshot')
    expect(snapshot).toMatchObject({ node: 'one', mode: 'replay', at: new Date(market.clock.now()).toISOString() })
    expect(venuesOf(snapshot)).toMatchObject([
      {
        id: 'alpha',
        name: 'ALPHA',
        state: 'ok',
        listings: [
          { asset: 'BTC', currency: 'USD', state: 'live', price: '83421.570', age_seconds: 2 },
          { asset: 'ETH', state: 'pending', price: null, age_seconds: null },
        ],
      },
      { id: 'beta', listings: [{ asset: 'SOL', currency: 'USDT', state: 'pending' }] },
    ])
    market.trade('beta', 'SOL-USDT', '150.10')
    market.socket('alpha').deliver(frames.reject('ETH-USD', 'no such product'))
    market.clock.advance(1000)
    expect(venuesOf(await reader.next('update'))).toMatchObject([
      { id: 'alpha', state: 'degraded', listings: [{ asset: 'ETH', state: 'rejected', why: 'no such product' }] },
      { id: 'beta', listings: [{ asset: 'SOL', state: 'live', price: '150.10', age_seconds: 1 }] },
    ])
  })

  test('tells aliases and regions, and when a market is halted though nothing else has changed', async () => {
    const list = 'http://alpha.test/list'
    const rows = (ton: string): object => ({
      rows: [
        { s: 'GRAM-USD', state: ton },
        { s: 'ETH-USD', state: 'halted' },
      ],
    })
    const eea = { urls: ['ws://eea.alpha.test/ws'] }
    const market = await openFakeMarket(
      {
        connectors: [connectorInRegion(testConnector({ name: 'alpha', regions: { eea } }), 'eea')],
        assets: { alpha: ['TON', 'ETH'] },
        names: new AssetNames([{ asset: 'TON', aliases: ['GRAM'] }]),
      },
      { [list]: rows('trading') },
    )
    onTestFinished(market.stop)
    const reader = await openSse(`${market.url}/status/stream`, {})
    const aliases = ['GRAM']
    expect(venuesOf(await reader.next('snapshot'))).toMatchObject([
      {
        region: 'eea',
        listings: [
          { asset: 'ETH', aliases: [], market: 'halted' },
          { asset: 'TON', aliases, market: 'trading' },
        ],
      },
    ])
    market.rest.set(list, rows('halted'))
    for (let second = 0; second < 200; second++) await market.clock.advanceAsync(1000)
    const changed = (): readonly unknown[] =>
      reader.messages.filter(({ kind }) => kind === 'update').flatMap(({ body }) => venuesOf(body)[0]?.listings ?? [])
    await waitFor(() => changed().length > 0)
    expect(changed()).toMatchObject([{ asset: 'TON', market: 'halted', state: 'pending', price: null }])
  })

  test('shows the machine’s own time, and ages that do not follow it', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    market.clock.advance(1000)
    market.clock.stepWall(-3_600_000)
    const reader = await openSse(`${market.url}/status/stream`, {})
    const snapshot = await reader.next('snapshot')
    // The price is stale since the step, to the millisecond: a limit of 30 s.
    expect(snapshot.at).toBe(new Date(market.clock.now() - 3_600_000).toISOString())
    expect(venuesOf(snapshot)[0]?.listings[0]).toMatchObject({ asset: 'BTC', age_seconds: 30.001 })
  })

  test('tells at most once a second, and at least every five', async () => {
    const market = await openMarket()
    const reader = await openSse(`${market.url}/status/stream`, {})
    await reader.next('snapshot')
    for (let i = 1; i <= 40; i++) {
      market.trade('alpha', 'BTC-USD', String(i))
      await market.clock.advanceAsync(100)
    }
    await waitFor(() => reader.messages.length === 5)
    expect(venuesOf(reader.messages[4]?.body)[0]?.listings).toMatchObject([{ price: '40' }])
    await market.clock.advanceAsync(10_000)
    await waitFor(() => reader.messages.length === 7)
    expect(venuesOf(reader.messages[6]?.body).flatMap(({ listings }) => listings)).toEqual([])
  })

  test('shows a stale price as such, and none that is too old to be served', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    const shown = async (): Promise<unknown> => {
      const reader = await openSse(`${market.url}/status/stream`, {})
      const found = venuesOf(await reader.next('snapshot'))[0]?.listings[0]
      reader.close()
      return [found?.state, found?.price]
    }
    market.clock.advance(31_000)
    expect(await shown()).toEqual(['stale', '5'])
    market.clock.advance(270_000)
    expect(await shown()).toEqual(['stale', null])
  })

  test('says goodbye when the server stops, and costs nothing when nobody watches', async () => {
    const market = await openMarket()
    const timers = market.clock.pending
    const first = await openSse(`${market.url}/status/stream`, {})
    await first.next('snapshot')
    expect(market.clock.pending).toBe(timers + 1)
    first.close()
    await waitFor(() => market.clock.pending === timers)
    const second = await openSse(`${market.url}/status/stream`, {})
    await second.next('snapshot')
    await market.stop()
    await second.ended()
    expect(second.messages.at(-1)).toMatchObject({ kind: 'goodbye', body: { reason: 'stopping' } })
  })
})

describe('the status page', () => {
  test('is a page whose parts all come from this server, under a strict policy', async () => {
    const market = await openMarket()
    const page = await ask(`${market.url}/`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(page.text).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|https?:/)
    const wanted = [...page.text.matchAll(/(?:src|href)="(\/status\/[^"]+)"/g)].map(([, path = '']) => path)
    const seen = new Set<string>()
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      const part = await ask(`${market.url}${path}`)
      expect(part.status, path).toBe(200)
      expect(part.headers.get('content-type'), path).toMatch(/^(text\/(css|javascript); charset=utf-8|image\/svg\+xml)$/)
      expect(part.headers.get('x-content-type-options')).toBe('nosniff')
      if (path.endsWith('.js')) for (const [, name = ''] of part.text.matchAll(/from ?['"]\.\/([\w.-]+)['"]/g)) wanted.push(`/status/assets/${name}`)
    }
    expect([...seen].map((path) => path.split('/').at(-1) ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      'board.js',
      'feed.js',
      'icon.svg',
      'main.js',
      'preact.js',
      'status.css',
      'view.js',
      'words.js',
    ])
  })

  test('is not sent again while it is the same', async () => {
    const market = await openMarket()
    const first = await ask(`${market.url}/status/assets/main.js`)
    const again = await ask(`${market.url}/status/assets/main.js`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    expect([again.status, again.text]).toEqual([304, ''])
  })

  test.each(['/status/assets/tsconfig.json', '/status/assets/preact.d.ts', '/status/assets/..%2f..%2fpackage.json', '/status/assets/'])(
    'has no file %s',
    async (path) => {
      const market = await openMarket()
      expect((await ask(`${market.url}${path}`)).body).toMatchObject({ error: { code: 'TRN_NOT_FOUND' } })
    },
  )

  test('has scripts whose types hold', () => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url))
    const tsc = `${root}node_modules/@typescript/native/bin/tsc`
    execFileSync(process.execPath, [tsc, '-p', `${root}packages/gateway/web/status`], { encoding: 'utf8' })
  })
})
