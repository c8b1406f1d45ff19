import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { openSse } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { exchangesAnswer } from './schemas.ts'

const alpha = testConnector({ name: 'alpha' })
const list = 'http://alpha.test/list'

const listing = (states: Readonly<Record<string, string>>): object => ({ rows: Object.entries(states).map(([s, state]) => ({ s, state })) })

/** BTC trades, ETH is halted; since something wanted is halted, the listing is read again within minutes. */
async function openMarket(): Promise<FakeMarket> {
  const rows = listing({ 'BTC-USD': 'trading', 'ETH-USD': 'halted' })
  const market = await openFakeMarket({ connectors: [alpha], assets: { alpha: ['BTC', 'ETH'] } }, { [list]: rows })
  onTestFinished(market.stop)
  return market
}

const marketsOf = async (market: FakeMarket): Promise<unknown> => {
  const { exchanges } = exchangesAnswer.parse((await market.get('/exchanges')).body)
  return exchanges[0]?.listings.map(({ asset, market: state }) => `${asset} ${state}`)
}

describe('a halted market', () => {
  test('keeps its price, says so wherever it is shown, and takes a price that ages in the end', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    await market.clock.advanceAsync(100_000)
    market.trade('alpha', 'BTC-USD', '5')
    // The long way and the short way, whose prepared text must not outlive the state.
    for (const path of ['/price?asset=btc', '/price?asset=btc&']) expect((await market.get(path)).body).toMatchObject({ market: 'trading' })
    market.rest.set(list, listing({ 'BTC-USD': 'halted', 'ETH-USD': 'halted' }))
    await market.clock.advanceAsync(100_000)
    for (const path of ['/price?asset=btc', '/price?asset=btc&'])
      expect((await market.get(path)).body).toMatchObject({ price_text: '5', market: 'halted', stale: true, cache_age_seconds: 100 })
    expect((await market.post('/prices', { assets: ['btc'] })).body.prices).toMatchObject([{ asset: 'BTC', market: 'halted' }])
    expect(await marketsOf(market)).toEqual(['BTC halted', 'ETH halted'])
    await market.clock.advanceAsync(200_001)
    const late = await market.get('/price?asset=btc')
    const message = expect.stringMatching(/^The market of BTC is halted at alpha\. The newest price of BTC was confirmed 300\.0 s ago/) as string
    expect(late.body).toMatchObject({ status_code: 503, error: { code: 'TRN_PRICE_STALE', message } })
    expect((await market.post('/prices', { assets: ['btc'] })).body.errors).toEqual([{ asset: 'BTC', code: 'TRN_PRICE_STALE', message }])
  })

  test('shows in a stream that it is halted, and that it trades again', async () => {
    const market = await openMarket()
    market.trade('alpha', 'BTC-USD', '5')
    const reader = await openSse(`${market.url}/stream?assets=btc`)
    expect((await reader.next('snapshot')).prices).toMatchObject([{ market: 'trading' }])
    market.rest.set(list, listing({ 'BTC-USD': 'halted', 'ETH-USD': 'halted' }))
    for (let second = 0; second < 200; second++) await market.clock.advanceAsync(1000)
    expect(await reader.next('price')).toMatchObject({ price_text: '5', market: 'halted' })
    const heard = reader.messages.length
    market.trade('alpha', 'BTC-USD', '5')
    expect(await reader.next('price', heard)).toMatchObject({ price_text: '5', market: 'trading', stale: false })
  })

  test('without a price says that it is halted, until its first trade', async () => {
    const market = await openMarket()
    expect((await market.get('/price?asset=eth')).body).toMatchObject({
      status_code: 503,
      error: { code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringMatching(/^The market of ETH is halted at alpha/) as string },
    })
    market.clock.advance(1000)
    market.trade('alpha', 'ETH-USD', '2')
    expect((await market.get('/price?asset=eth')).body).toMatchObject({ price_text: '2', market: 'trading', stale: false })
    expect(await marketsOf(market)).toEqual(['BTC trading', 'ETH trading'])
  })
})
