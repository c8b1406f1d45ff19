import { plans, ratePlan } from '@trinity/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { openSse, openWebSocket } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { keyEntry, testKeyStore } from '../../test-support/test-keys.fixture.ts'

const open = { sse: openSse, websocket: openWebSocket } as const

/** Keys: `spare` has two requests a month, `quick` one request a minute's time, `gone` is revoked when the store says so. */
async function openMarket(): Promise<{ market: FakeMarket; revoke(): void }> {
  const entries = [
    keyEntry('spare', { plan: { ...plans.partner, monthlyQueries: 2 } }),
    keyEntry('quick', { plan: ratePlan(1, 1) }),
    keyEntry('gone'),
  ]
  let onChange: () => void = () => undefined
  const store = testKeyStore(...entries)
  let revoked = false
  const market = await openFakeMarket({
    connectors: [testConnector({ name: 'alpha' })],
    assets: { alpha: ['BTC'] },
    keys: {
      load: async () => (await store.load()).map((entry) => (revoked && entry.id === 'gone' ? { ...entry, revoked } : entry)),
      watch(listener) {
        onChange = listener
        return () => undefined
      },
    },
  })
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5')
  return {
    market,
    revoke() {
      revoked = true
      onChange()
    },
  }
}

const headers = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

function streamRequests({ gateway }: FakeMarket): number {
  return [...gateway.readTotals().requests].filter(({ protocol }) => protocol === 2).reduce((sum, { requests }) => sum + requests, 0)
}

describe.each(['sse', 'websocket'] as const)('a stream over %s', (protocol) => {
  test('counts one request a minute, and ends when the month has no more', async () => {
    const { market } = await openMarket()
    const reader = await open[protocol](`${market.url}/stream?assets=btc`, headers('spare'))
    await reader.next('snapshot')
    if (protocol === 'sse') expect(reader.head).toMatch(/^ratelimit: .*"month";r=1;/im)
    expect(streamRequests(market)).toBe(1)
    await market.clock.advanceAsync(59_000)
    expect(streamRequests(market)).toBe(1)
    await market.clock.advanceAsync(2000)
    expect(streamRequests(market)).toBe(2)
    await market.clock.advanceAsync(61_000)
    expect(await reader.next('goodbye')).toMatchObject({ reason: 'quota' })
    await reader.ended()
    expect(reader.closed).toBe(protocol === 'sse' ? -1 : 4429)
    expect(streamRequests(market)).toBe(2)
  })

  test('ends within a second when its key is revoked', async () => {
    const { market, revoke } = await openMarket()
    const reader = await open[protocol](`${market.url}/stream?assets=btc`, headers('gone'))
    await reader.next('snapshot')
    revoke()
    await vi.waitFor(async () => expect((await market.get('/price?asset=btc', headers('gone'))).status).toBe(403))
    await market.clock.advanceAsync(1000)
    expect(await reader.next('goodbye')).toMatchObject({ reason: 'revoked' })
    await reader.ended()
    expect(reader.closed).toBe(protocol === 'sse' ? -1 : 4403)
  })

  test('is refused to a key that asks too fast, and to a revoked one', async () => {
    const { market, revoke } = await openMarket()
    await market.get('/price?asset=btc', headers('quick'))
    revoke()
    await vi.waitFor(async () => expect((await market.get('/price?asset=btc', headers('gone'))).status).toBe(403))
    for (const [key, status] of [
      ['quick', 429],
      ['gone', 403],
    ] as const) {
      const reader = await open[protocol](`${market.url}/stream?assets=btc`, headers(key))
      if (protocol === 'sse') {
        expect(reader.head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
        expect(/^ratelimit: .*$/im.exec(reader.head)?.[0]).toBe(key === 'quick' ? 'ratelimit: "default";r=0;t=1' : undefined)
      } else {
        await reader.ended()
        expect(reader.closed).toBe(4000 + status)
      }
    }
  })
})
