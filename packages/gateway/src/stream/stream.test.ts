import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { ask, keyHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { type StreamClient, openSse, openWebSocket, waitFor } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import type { GatewayOptions } from '../gateway.ts'

async function openMarket(options: Partial<GatewayOptions> = {}): Promise<FakeMarket> {
  const rows = ['BTC-USD', 'ETH-USD'].map((s) => ({ s, on: true }))
  const connectors = [testConnector({ name: 'alpha' })]
  const market = await openFakeMarket({ connectors, assets: { alpha: ['BTC', 'ETH'] }, ...options }, { 'http://alpha.test/list': { rows } })
  onTestFinished(market.stop)
  return market
}

const open = { sse: openSse, websocket: openWebSocket } as const

/** Kinds and prices of what came, comments left out. */
const story = ({ messages }: StreamClient): unknown[] =>
  messages.filter(({ kind }) => kind !== '').map(({ kind, body }) => [kind, body.price_text ?? body.state ?? body.count ?? body.reason])

describe.each(['sse', 'websocket'] as const)('a stream over %s', (protocol) => {
  test('starts with a snapshot and tells each change with the fields and digits of /price', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '83421.570')
    const reader = await open[protocol](`${market.url}/stream?assets=btc,ETH,btc`)
    const snapshot = await reader.next('snapshot')
    const { body } = await market.get('/price?asset=btc')
    const { status_code: _s, endpoint: _e, latency_ms: _l, duration_ms: _d, node: _n, ...fields } = body
    expect(snapshot).toMatchObject({ count: 1, prices: [fields], errors: [{ asset: 'ETH', code: 'TRN_PRICE_UNAVAILABLE' }] })
    market.clock.advance(100)
    market.trade('alpha', 'BTC-USD', '83421.580')
    await waitFor(() => story(reader).length === 2)
    market.clock.advance(1)
    market.trade('alpha', 'BTC-USD', '83421.590')
    market.trade('alpha', 'ETH-USD', '0.10')
    await waitFor(() => story(reader).length === 5)
    expect(story(reader)).toEqual([
      ['snapshot', 1],
      ['price', '83421.580'],
      ['price', '83421.590'],
      ['status', 'fresh'],
      ['price', '0.10'],
    ])
    expect(Object.keys(reader.messages[1]?.body ?? {})).toEqual(Object.keys(fields))
  })

  test('tells when an asset turns stale, can no longer be shown, and is fresh again', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    const reader = await open[protocol](`${market.url}/stream?assets=btc`)
    await reader.next('snapshot')
    market.clock.advance(30_000)
    expect(reader.messages.filter(({ kind }) => kind === 'status')).toEqual([])
    market.clock.advance(1000)
    const status = await reader.next('status')
    expect(status).toMatchObject({ asset: 'BTC', state: 'stale', stale: true, freshness_limit_seconds: 30 })
    expect(status.cache_age_seconds).toBeGreaterThan(30)
    expect(status.cache_age_seconds).toBeLessThanOrEqual(31)
    // Real time in between lets pings out; a fake clock alone would make the reader look stuck.
    for (let second = 31; second <= 301; second++) await market.clock.advanceAsync(1000)
    market.trade('alpha', 'BTC-USD', '6')
    await waitFor(() => story(reader).length === 5)
    expect(story(reader)).toEqual([
      ['snapshot', 1],
      ['status', 'stale'],
      ['status', 'unavailable'],
      ['status', 'fresh'],
      ['price', '6'],
    ])
  })

  test('says goodbye after 24 hours and when the server stops', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    const old = await open[protocol](`${market.url}/stream?assets=btc`)
    await old.next('snapshot')
    for (let hour = 0; hour < 24; hour++) {
      expect(old.closed).toBeUndefined()
      for (let step = 0; step < 450; step++) {
        // Letting promises settle after each single timer would take far longer.
        market.clock.advance(8000)
        await market.clock.advanceAsync(0)
      }
    }
    await old.ended()
    expect(await old.next('goodbye')).toMatchObject({ reason: 'lifetime' })
    const late = await open[protocol](`${market.url}/stream?assets=btc`)
    await late.next('snapshot')
    await market.stop()
    await late.ended()
    expect(story(late).at(-1)).toEqual(['goodbye', 'stopping'])
    expect([old.closed, late.closed]).toEqual(protocol === 'sse' ? [-1, -1] : [1001, 1001])
  })

  test('is opened once by a ticket, within a minute', async () => {
    const market = await openMarket()
    const issue = async (): Promise<string> => {
      const { status, body } = await ask(`${market.url}/stream/ticket`, {
        method: 'POST',
        headers: keyHeaders,
      })
      expect([status, body.expires_in_seconds]).toEqual([200, 60])
      return String(body.ticket)
    }
    const refused = async (ticket: string): Promise<void> => {
      const reader = await open[protocol](`${market.url}/stream?assets=btc&ticket=${ticket}`, {})
      if (protocol === 'sse') return expect(reader.head).toMatch(/^HTTP\/1.1 401 /)
      await reader.ended()
      expect(reader.closed).toBe(4401)
      expect(await reader.next('error')).toMatchObject({ error: { code: 'TRN_KEY_INVALID' } })
    }
    const ticket = await issue()
    const reader = await open[protocol](`${market.url}/stream?assets=btc&ticket=${ticket}`, {})
    await reader.next('snapshot')
    await refused(ticket)
    const late = await issue()
    market.clock.advance(60_000)
    await refused(late)
    await refused('no-such-ticket')
  })

  test('has a sign of life each 15 s and carries the request id and the mode', async () => {
    const market = await openMarket({ mode: 'simulated' })
    const reader = await open[protocol](`${market.url}/stream?assets=btc`)
    await reader.next('snapshot')
    expect(reader.head).toMatch(/trinity-mode"?: ?"?simulated/i)
    market.clock.advance(15_500)
    if (protocol === 'sse') {
      await waitFor(() => reader.messages.some(({ kind }) => kind === ''))
      expect(reader.head).toMatch(/x-request-id: \S+/)
      expect(reader.head).toMatch(/content-type: text\/event-stream/)
      expect(reader.head).not.toMatch(/transfer-encoding/i)
    }
    expect(reader.closed).toBeUndefined()
  })
})

describe('GET /stream', () => {
  const refusals: readonly [string, Readonly<Record<string, string>> | undefined, number, string][] = [
    ['/stream?assets=btc', {}, 401, 'TRN_KEY_MISSING'],
    ['/stream?assets=btc', { authorization: 'Bearer wrong' }, 401, 'TRN_KEY_INVALID'],
    ['/stream', undefined, 400, 'TRN_BAD_REQUEST'],
    ['/stream?assets=', undefined, 400, 'TRN_BAD_REQUEST'],
    // A letter whose upper case is ours.
    ['/stream?assets=%C5%BFol', undefined, 400, 'TRN_BAD_REQUEST'],
    ['/stream?assets=btc,e-th', undefined, 400, 'TRN_BAD_REQUEST'],
    ['/stream?assets=btc&assets=eth', undefined, 400, 'TRN_BAD_REQUEST'],
    [`/stream?assets=${Array.from({ length: 101 }, (_, i) => `A${i}`).join(',')}`, undefined, 400, 'TRN_BAD_REQUEST'],
    ['/stream?assets=nosuch,other', undefined, 404, 'TRN_ASSET_UNKNOWN'],
  ]
  test.each(refusals)('%s is refused as any request (%j: %i %s)', async (path, headers, status, code) => {
    const market = await openMarket()
    const answer = await market.get(path, headers)
    expect(answer.body).toMatchObject({ status_code: status, endpoint: '/stream', error: { code } })
    expect(answer.status).toBe(status)
  })

  test('forgets a reader that has gone', async () => {
    const market = await openMarket()
    const timers = market.clock.pending
    const reader = await openSse(`${market.url}/stream?assets=btc`)
    await reader.next('snapshot')
    expect(market.clock.pending).toBe(timers + 1)
    reader.close()
    await waitFor(() => market.clock.pending === timers)
  })
})

describe('a WebSocket client', () => {
  test.each([
    [{}, 'TRN_KEY_MISSING'],
    [{ authorization: 'Bearer wrong' }, 'TRN_KEY_INVALID'],
  ])('without a good key (%j) is closed with 4401', async (headers, code) => {
    const market = await openMarket()
    const client = await openWebSocket(`${market.url}/stream?assets=btc`, headers)
    await client.ended()
    expect(client.closed).toBe(4401)
    expect(client.messages).toMatchObject([{ kind: 'error', body: { error: { code } } }])
  })

  test('subscribes and unsubscribes, and is told what is wrong with a message', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    market.trade('alpha', 'ETH-USD', '7')
    const client = await openWebSocket(`${market.url}/stream`)
    expect(await client.next('snapshot')).toEqual({ count: 0, prices: [], errors: [] })
    client.send({ type: 'subscribe', assets: ['btc'] })
    expect(await client.next('snapshot', 1)).toMatchObject({ count: 1, prices: [{ asset: 'BTC', price_text: '5' }] })
    client.send({ type: 'subscribe', assets: ['eth'] })
    expect(await client.next('snapshot', 2)).toMatchObject({ count: 1, prices: [{ asset: 'ETH' }] })
    client.send({ type: 'unsubscribe', assets: ['BTC'] })
    const wrong = [
      '{',
      '[]',
      '{"type":"shout","assets":["btc"]}',
      '{"type":"subscribe","assets":["e-th"]}',
      '{"type":"subscribe","assets":["nosuch"]}',
    ]
    for (const text of wrong) client.send(text)
    await waitFor(() => client.messages.length === 8)
    expect(client.messages.slice(3).map(({ body }) => (body.error as { code: string }).code)).toEqual([
      'TRN_BAD_REQUEST',
      'TRN_BAD_REQUEST',
      'TRN_BAD_REQUEST',
      'TRN_BAD_REQUEST',
      'TRN_ASSET_UNKNOWN',
    ])
    market.clock.advance(100)
    market.trade('alpha', 'BTC-USD', '6')
    market.trade('alpha', 'ETH-USD', '8')
    expect(await client.next('price')).toMatchObject({ asset: 'ETH', price_text: '8' })
    expect(client.closed).toBeUndefined()
  })

  test('that sends too much is closed with 4429', async () => {
    const market = await openMarket()
    const client = await openWebSocket(`${market.url}/stream`)
    for (let i = 0; i < 21; i++) client.send({ type: 'unsubscribe', assets: ['btc'] })
    await client.ended()
    expect(client.closed).toBe(4429)
  })

  test('can be upgraded at /stream only; elsewhere the header changes nothing', async () => {
    const market = await openMarket()
    const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
    const other = await openSse(`${market.url}/live`, headers)
    expect(other.head).toMatch(/^HTTP\/1.1 200 /)
    const broken = await openSse(`${market.url}/stream?assets=btc`, { ...headers, 'sec-websocket-key': 'short' })
    expect(broken.head).toMatch(/^HTTP\/1.1 400 /)
  })
})
