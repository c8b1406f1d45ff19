import { plans } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { keyEntry, testKeyStore } from '../../test-support/test-keys.fixture.ts'

const hour = 3_600_000
const paths = ['/price?asset=btc', '/price?asset=btc&']
const iso = (ms: number): string => new Date(ms).toISOString()

async function openMarket(): Promise<FakeMarket> {
  const keys = testKeyStore(keyEntry('monthly', { plan: { ...plans.partner, monthlyQueries: 1 } }))
  const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] }, keys, rest: false })
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5')
  return market
}

describe('after the machine’s clock was set', () => {
  test.each([-hour, -3000, hour * 24 * 3650])(
    'by %i ms a price is stale, or refused, until its next trades, and its age never shrinks',
    async (stepMs) => {
      const market = await openMarket()
      market.clock.advance(1000)
      market.clock.stepWall(stepMs)
      market.clock.advance(2000)
      for (const path of paths) {
        const { body } = await market.get(path)
        if (stepMs > 0) expect(body).toMatchObject({ error: { code: 'TRN_PRICE_STALE' } })
        else expect(body).toMatchObject({ stale: true })
      }
      // The venue goes on as before: its first trade shows that its time is still right.
      market.trade('alpha', 'BTC-USD', '5.5')
      market.clock.advance(300)
      const at = market.clock.now()
      market.trade('alpha', 'BTC-USD', '6', { at })
      market.clock.advance(2500)
      for (const path of paths) {
        expect((await market.get(path)).body).toMatchObject({
          price_text: '6',
          stale: false,
          cache_age_seconds: 2.5,
          timestamp: iso(at),
          confirmed_at: iso(at),
        })
      }
    },
  )

  test('a machine that slept shows the venue’s time with the first trade, and counts ages from there', async () => {
    const market = await openMarket()
    for (const path of paths) expect((await market.get(path)).body).toMatchObject({ cache_age_seconds: 0 })
    market.clock.stepWall(hour)
    const at = market.clock.now() + hour
    market.trade('alpha', 'BTC-USD', '5', { at, id: '9' })
    market.clock.advance(500)
    for (const path of paths)
      expect((await market.get(path)).body).toMatchObject({ confirmed_at: iso(at), timestamp: iso(at), cache_age_seconds: 0.5, stale: false })
  })
})

test('a month of a quota turns by the machine’s clock', async () => {
  const market = await openMarket()
  const headers = { authorization: 'Bearer monthly' }
  const statuses: number[] = []
  for (let i = 0; i < 2; i++) statuses.push((await market.get('/price?asset=btc', headers)).status)
  const refused = await market.get('/price?asset=btc', headers)
  expect([...statuses, refused.status]).toEqual([200, 429, 429])
  market.clock.stepWall(31 * 24 * hour)
  market.clock.advance(2000)
  market.trade('alpha', 'BTC-USD', '5.5')
  market.clock.advance(300)
  market.trade('alpha', 'BTC-USD', '6')
  const next = await market.get('/price?asset=btc', headers)
  expect(next.status).toBe(200)
  const spent = await market.get('/price?asset=btc', headers)
  const resetsAt = Date.parse(String((spent.body.error as Record<string, unknown>).resets_at))
  expect(resetsAt).toBeGreaterThan(market.clock.wall())
  expect(resetsAt).toBeLessThan(market.clock.wall() + 31 * 24 * hour)
})
